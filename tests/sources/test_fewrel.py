import json

import pytest

from kgpt.errors import DataError
from kgpt.records import Document, Link, Triple
from kgpt.sources import open_documents

VALUE = {
    "relation": "P17",
    "tokens": ["Berlin", "(", "the", "capital", ")", ",", "in", "West", "-", "Germany", "."],
    "h": ["berlin", "Q64", [[0]]],
    "t": ["west - germany", "Q713750", [[7, 8, 9]]],
}


def test_a_sentence_has_its_two_ends_and_its_triple(tmp_path):
    (tmp_path / "a.jsonl").write_text(json.dumps(VALUE))

    (document,) = open_documents(str(tmp_path / "a.jsonl")).read()

    assert isinstance(document, Document)
    assert (document.id, document.text) == ("a.jsonl-1", "Berlin (the capital), in West-Germany.")
    assert document.links == (Link(0, 6, "Q64"), Link(25, 37, "Q713750"))
    assert document.triples == (Triple("Q64", "P17", "Q713750"),)


def test_fewrels_own_file_is_told_by_its_first_key(tmp_path):
    sentence = {key: item for key, item in VALUE.items() if key != "relation"}
    (tmp_path / "train_wiki.json").write_text(json.dumps({"P17": [sentence, sentence], "P19": [sentence]}))

    documents = list(open_documents(str(tmp_path / "train_wiki.json")).read())

    assert [document.triples[0].relation for document in documents] == ["P17", "P17", "P19"]


@pytest.mark.parametrize(
    ("change", "told"),
    [({"h": ["x", "Q1", [[99]]]}, "IndexError"), ({"t": ["x", "Q1"]}, "ValueError"), ({"t": None}, "TypeError")],
)
def test_a_malformed_sentence_is_told_with_its_line(tmp_path, change, told):
    (tmp_path / "a.jsonl").write_text(json.dumps(VALUE | change))

    with pytest.raises(DataError, match=rf"a\.jsonl:1: not a sentence of FewRel: {told}"):
        list(open_documents(f"fewrel:{tmp_path / 'a.jsonl'}").read())
