import json

from kgpt.records import Link
from kgpt.sources.gold import read_gold


def test_gold_is_read_whatever_its_form(tmp_path):
    own = {"text": "Berlin", "links": [{"start": 0, "end": 6, "entity": "Q64"}]}
    elevant = {"text": "Berlin", "labels": [{"span": [0, 6], "entity_id": "Q64"}]}
    sentence = {"text": "Berlin", "mentions": [{"start": 0, "end": 6, "qid": "Q64"}], "triples": []}

    for value in (own, elevant, sentence):
        (tmp_path / "gold.jsonl").write_text(json.dumps(value))
        assert [document.links for document in read_gold(tmp_path / "gold.jsonl")] == [(Link(0, 6, "Q64"),)]


def test_what_a_reader_leaves_out_is_no_document(tmp_path):
    value = {"text": "Berlin", "mentions": [{"start": 0, "end": 60, "qid": "Q64"}], "triples": []}
    (tmp_path / "gold.jsonl").write_text(json.dumps(value))

    assert list(read_gold(f"trex_sentences:{tmp_path / 'gold.jsonl'}")) == []
