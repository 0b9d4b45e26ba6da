import gzip
import json

import pytest

from kgpt.errors import DataError
from kgpt.sources.cloze_templates import ClozeTemplate, ClozeTemplatesFile

BORN = ClozeTemplate("P19", "[X] was born in [Y].")


def read(path, text):
    path.write_text(text, "utf-8")
    return list(ClozeTemplatesFile(path).read())


def test_lamas_rows_and_pararels_object_give_the_same_templates(tmp_path):
    rows = [{"relation": "P19", "template": "[X] was born in [Y] .", "type": "N-1"}]
    patterns = {"P19": ["[X] was born in [Y].", "[X] was born in [Y] .", "[Y] saw the birth of [X]"]}

    lama = read(tmp_path / "relations.jsonl", "".join(f"{json.dumps(row)}\n" for row in rows))
    pararel = read(tmp_path / "patterns.json", json.dumps(patterns))

    assert lama == [BORN]
    assert pararel == [BORN, ClozeTemplate("P19", "[Y] saw the birth of [X]")]


def test_one_relations_patterns_are_named_by_their_file(tmp_path):
    path = tmp_path / "P19.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"pattern": "[X] was born in [Y]."}\n'))

    assert list(ClozeTemplatesFile(path).read()) == [BORN]


def test_only_the_head_is_filled():
    assert BORN.ask("Ada") == "Ada was born in [Y]."


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("a.jsonl", '{"relation": "P1", "template": "[X] is [Y]"}\n{"relation": "P1"}\n', r"a\.jsonl:2: expected"),
        ("a.jsonl", '{"relation": "P1", "template": "[X] is"}\n', r"a\.jsonl:1: P1: the template '\[X\] is' needs one"),
        ("a.jsonl", '{"relation": "", "template": "[X] is [Y]"}\n', r"a\.jsonl:1: expected a relation"),
        ("a.json", '{\n"P1": [\n"[X] is [Y]",\n"[X] or [X]"\n]\n}', r"a\.json:4: P1: the template '\[X\] or \[X\]'"),
        ("a.json", '{\n"P1": "[X] is [Y]"\n}', r"a\.json:2: P1: expected a list"),
        ("a.json", '{\n"P1": [\n}', r"a\.json:3: not JSON"),
        ("a.json", "[1]", "expected an object of relations"),
    ],
)
def test_what_is_malformed_is_told_with_file_and_line(tmp_path, name, text, told):
    with pytest.raises(DataError, match=told):
        read(tmp_path / name, text)


def test_bytes_that_are_no_text_are_told(tmp_path):
    (tmp_path / "a.json").write_bytes(b'{"P1": "\xff"}')

    with pytest.raises(DataError, match="not UTF-8"):
        list(ClozeTemplatesFile(tmp_path / "a.json").read())


@pytest.mark.real
def test_the_published_templates_are_read(shared_data):
    lama = list(ClozeTemplatesFile(shared_data / "templates/lama_relations.jsonl").read())
    pararel = list(ClozeTemplatesFile(shared_data / "templates/pararel_patterns.json").read())

    assert len(lama) == len({one.relation for one in lama}) == 46
    assert len({one.relation for one in pararel}) == 39
    assert not any(" ." in one.text for one in [*lama, *pararel])
