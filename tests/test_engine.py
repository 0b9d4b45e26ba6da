import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgpt.atomic import write_bytes
from kgpt.engine import Engine, Processes, Shard, counts_of, cut, engines, join, run_shards
from kgpt.errors import DataError

pytestmark = [  # Ray leaves files and sockets to the collector
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::FutureWarning", "ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

SETTINGS: dict[str, dict[str, object]] = {"processes": {"num_workers": 2}, "ray": {"num_workers": 2}}


class Upper:
    """A task: every line in upper case; a line that says `fail` is an error."""

    def __call__(self, shard: Shard, out: Path) -> dict[str, int]:
        lines = [line for _, line in shard.lines()]
        if any(b"fail" in line for line in lines):
            raise DataError(f"{shard.path}: shard {shard.number}: a line says fail; mend it")
        write_bytes(out, b"".join(lines).upper())
        return {"lines": len(lines), f"shard_{shard.number}": 1}


@pytest.fixture
def lines(tmp_path) -> Path:
    path = tmp_path / "lines.jsonl"
    path.write_text(
        "".join(f"{json.dumps({'n': number, 'é': 'ü' * (number % 4)}, ensure_ascii=False)}\n" for number in range(25))
    )
    return path


def joined(engine: Engine, path: Path, folder: Path, num_lines: int) -> bytes:
    parts = run_shards(engine, Upper(), cut(path, num_lines=num_lines), folder, what="upper")
    join(parts, folder / "whole")
    return (folder / "whole").read_bytes()


def test_every_engine_has_settings_here():
    assert set(engines.names()) == SETTINGS.keys()


@pytest.mark.parametrize("name", SETTINGS)
def test_every_engine_gives_the_same_bytes_and_counts(name, lines, tmp_path, ray_session):
    engine = engines.build({"type": name, **SETTINGS[name]})

    found = joined(engine, lines, tmp_path / "shards", num_lines=4)

    assert found == lines.read_bytes().upper()
    assert counts_of(tmp_path / "shards") == {"lines": 25} | {f"shard_{number}": 1 for number in range(7)}


@pytest.mark.parametrize("name", SETTINGS)
def test_an_error_comes_through_as_it_was_and_finished_shards_stay(name, lines, tmp_path, ray_session):
    engine = engines.build({"type": name, **SETTINGS[name]})
    text = lines.read_text()
    lines.write_text(text + '"fail"\n')
    with pytest.raises(DataError, match="shard 5: a line says fail; mend it"):
        joined(engine, lines, tmp_path / "shards", num_lines=5)
    before = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "shards").glob("0*")}

    lines.write_text(text + '"good"\n')
    found = joined(engine, lines, tmp_path / "shards", num_lines=5)

    assert found == (text + '"good"\n').encode().upper()
    after = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "shards").glob("0*")}
    assert before.items() <= after.items()
    assert "000000.part" in before


@given(st.lists(st.binary(max_size=8).map(lambda line: line.replace(b"\n", b"")), max_size=20), st.integers(1, 7))
def test_shards_are_the_lines_of_the_file(tmp_path_factory, content, num_lines):
    path = tmp_path_factory.mktemp("cut") / "lines"
    path.write_bytes(b"".join(line + b"\n" for line in content))

    shards = cut(path, num_lines=num_lines)

    assert [line for shard in shards for _, line in shard.lines()] == [line + b"\n" for line in content]
    assert [shard.number for shard in shards] == list(range(max(1, -(-len(content) // num_lines))))


def test_a_part_without_its_counts_is_made_again(lines, tmp_path):
    joined(Processes(num_workers=1), lines, tmp_path / "shards", num_lines=10)
    (tmp_path / "shards" / "000001.counts.json").unlink()
    (tmp_path / "shards" / "000001.part").write_text("half")

    assert joined(Processes(num_workers=1), lines, tmp_path / "shards", num_lines=10) == lines.read_bytes().upper()
