"""Curation on shards: whatever their size and the workers, the same bytes; a killed one goes on; any order of steps."""

import signal
import subprocess
import sys
import time
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest

from kgpt import engine
from kgpt.corpus import corpus_steps
from kgpt.corpus.dropping import read_dropped
from kgpt.corpus.passes import curate
from kgpt.engine import Processes
from kgpt.records import Document, Link, Metadata
from kgpt.sources.documents import DocumentsFile, write_documents

STEPS = ("exact_duplicates", {"type": "length", "min_words": 3}, "near_duplicates", "normalize", "line_duplicates")


def built(*settings):
    return [corpus_steps.build(one) for one in settings]


def corpus(folder: Path, *, num_documents: int = 60) -> Path:
    """Documents of which some are short, alike, or bear another's id."""
    rng = np.random.default_rng(1)
    names = [f"w{number}" for number in range(300)]
    texts = [" ".join(rng.choice(names, 40)) for _ in range(num_documents // 2)]
    documents = []
    for number in range(num_documents):
        text = texts[number % len(texts)].replace("w7 ", "") if number % 3 else texts[number % len(texts)]
        end = "the end" if number < 6 or 30 <= number < 36 else "last " + "abcdefghij"[number % 10] * (1 + number // 10)
        text = "too short" if number % 10 == 9 else f"{text}\nA line that stands in every document.\n{end}"
        links = (Link(0, 3, f"Q{number % 15}"),)
        identifier = f"d{number}" if number != 50 else "d1"
        documents.append(Document(identifier, text, links, Metadata(source=("web", "book")[number % 2])))
    write_documents(folder / "read.jsonl", documents)
    return folder / "read.jsonl"


def told(curated) -> tuple[bytes, bytes, dict]:
    """Everything that is written of a curated corpus."""
    kept = b"".join(path.read_bytes() for path in curated.parts)
    return kept, b"".join(path.read_bytes() for path in curated.dropped), curated.as_json()


@pytest.mark.parametrize(("num_lines", "num_workers"), [(1000, 1), (30, 2), (9, 1)])
def test_shards_and_workers_change_no_byte(tmp_path, monkeypatch, num_lines, num_workers):
    source = corpus(tmp_path)
    whole = told(curate(built(*STEPS), source, tmp_path / "whole", engine=Processes(num_workers=1)))
    monkeypatch.setattr(engine.cut, "__kwdefaults__", {"num_lines": num_lines})

    several = curate(built(*STEPS), source, tmp_path / "several", engine=Processes(num_workers=num_workers))

    assert told(several) == whole
    assert several.tally.dropped.keys() >= {"exact_duplicate", "near_duplicate", "too_short", "repeated_id"}


@pytest.mark.parametrize("order", [*permutations(("exact_duplicates", "length", "near_duplicates"))])
def test_steps_follow_each_other_in_any_order(tmp_path, order):
    source = corpus(tmp_path)

    curated = curate(built(*order), source, tmp_path / "shards", engine=Processes(num_workers=1))

    kept = [one for path in curated.parts for one in DocumentsFile(path).read()]
    gone = [one for path in curated.dropped for one in read_dropped(path)]
    assert len(kept) + len(gone) == 60
    assert curated.tally.dropped.total() == len(gone)
    assert [one["step"] for one in curated.as_json()["steps"]] == [*order, "ids"]
    assert all(one.metadata.extra["steps"] == list(order) for one in kept)


def test_a_step_looks_at_its_sources_only_and_rows_stay_in_step(tmp_path, monkeypatch):
    source = corpus(tmp_path)
    monkeypatch.setattr(engine.cut, "__kwdefaults__", {"num_lines": 7})

    curated = curate(
        built({"type": "near_duplicates", "sources": ["web"]}),
        source,
        tmp_path / "shards",
        engine=Processes(num_workers=1),
    )

    gone = [one for path in curated.dropped for one in read_dropped(path)]
    near = [one for one in gone if one.reason == "near_duplicate"]
    assert near and {one.source for one in near} == {"web"}
    texts = {one.id: one.text for one in DocumentsFile(source).read()}
    assert all(texts[one.id].split()[:3] == texts[one.duplicate_of].split()[:3] for one in near)


KILLED = """
import sys
from pathlib import Path
from kgpt import engine
from kgpt.corpus import corpus_steps
from kgpt.corpus.passes import curate

engine.cut.__kwdefaults__["num_lines"] = 9
step = corpus_steps.part({name!r})
sketch, done = step.sketch, []

def slow(self, documents, graph, /):
    done.append(len(documents))
    if len(done) == 4:
        print("waiting", flush=True)
        sys.stdin.read()
    return sketch(self, documents, graph)

step.sketch = slow
steps = [corpus_steps.build(one) for one in {steps!r}]
curate(steps, Path(sys.argv[1]), Path(sys.argv[2]), engine=engine.Processes(num_workers=1))
"""


@pytest.mark.parametrize(("name", "folder"), [("near_duplicates", "pass-1"), ("line_duplicates", "pass-2")])
def test_a_killed_curation_goes_on_with_what_is_missing(tmp_path, monkeypatch, name, folder):
    source = corpus(tmp_path)
    monkeypatch.setattr(engine.cut, "__kwdefaults__", {"num_lines": 9})
    whole = told(curate(built(*STEPS), source, tmp_path / "whole", engine=Processes(num_workers=1)))
    code = KILLED.replace("{steps!r}", repr(STEPS)).replace("{name!r}", repr(name))
    command = [sys.executable, "-c", code, str(source), str(tmp_path / "killed")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"waiting\n"
        process.send_signal(signal.SIGKILL)
    waiting = sorted((tmp_path / "killed").glob(f"{folder}/*.counts.json"))
    assert len(waiting) == 3
    before = time.time_ns()

    resumed = curate(built(*STEPS), source, tmp_path / "killed", engine=Processes(num_workers=1))

    assert told(resumed) == whole
    assert all(path.stat().st_mtime_ns < before for path in waiting)


@pytest.mark.parametrize("num_documents", [0, 1])
def test_next_to_no_documents_go_through_every_step(tmp_path, num_documents):
    write_documents(tmp_path / "read.jsonl", [Document("a", "One text of several words.")][:num_documents])
    steps = ("exact_duplicates", "near_duplicates", "line_duplicates", "diversify", {"type": "select", "frac": 1.0})

    curated = curate(built(*steps), tmp_path / "read.jsonl", tmp_path / "shards", engine=Processes(num_workers=1))

    assert curated.num_out == num_documents
    assert not curated.tally.dropped
