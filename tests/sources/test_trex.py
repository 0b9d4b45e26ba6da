import json

import pytest

from kgpt.errors import DataError
from kgpt.records import Document, Dropped, Link, Triple
from kgpt.sources.trex import TrexFile

GOOD = {
    "id": "t",
    "text": "Turing",
    "mentions": [{"start": 0, "end": 6, "qid": "Q7251"}],
    "triples": [["Q1", "P1", "Q2"]],
}


def read(folder, value):
    path = folder / "trex.jsonl"
    path.write_text(json.dumps(value))
    return list(TrexFile(path).read())


def test_a_sentence_has_its_mentions_and_triples(tmp_path):
    (document,) = read(tmp_path, GOOD)

    assert isinstance(document, Document)
    assert document.links == (Link(0, 6, "Q7251"),)
    assert document.triples == (Triple("Q1", "P1", "Q2"),)
    assert document.metadata.license == "CC BY-SA"


def test_a_mention_out_of_its_text_is_left_out_and_counted(tmp_path):
    value = GOOD | {"mentions": [{"start": 0, "end": 7, "qid": "Q7251"}]}

    assert read(tmp_path, value) == [Dropped("t", "mention_out_of_text")]


@pytest.mark.parametrize(
    "value",
    [
        {key: item for key, item in GOOD.items() if key != "mentions"},
        {key: item for key, item in GOOD.items() if key != "text"},
        GOOD | {"triples": [["Q1", "P1"]]},
        GOOD | {"mentions": [{"start": "0", "end": 6, "qid": "Q1"}]},
        GOOD | {"mentions": [{"start": 6, "end": 6, "qid": "Q1"}]},
    ],
)
def test_a_malformed_sentence_is_told_with_its_line(tmp_path, value):
    with pytest.raises(DataError, match=r"trex\.jsonl:1: (not a T-REx sentence|link to Q1 has the empty span)"):
        read(tmp_path, value)
