import json

import pytest

from kgpt.errors import DataError
from kgpt.records import Document, Dropped, Link, Triple
from kgpt.sources import open_documents

VALUE = {
    "id": "t1",
    "sent": "In  GÃ¶ttingen, Gauss met gauss.",
    "sub": "Q6722",
    "rel": "P937",
    "obj": "Q3033",
    "sub_label": "Gauss",
    "rel_label": "work location",
    "obj_label": "GÃ¶ttingen",
}


def read(folder, **changes):
    (folder / "a.jsonl").write_text(json.dumps(VALUE | changes))
    return list(open_documents(str(folder / "a.jsonl")).read())


def test_a_sentence_is_repaired_and_the_labels_in_it_are_links(tmp_path):
    (document,) = read(tmp_path)

    assert isinstance(document, Document)
    assert document.text == "In Göttingen, Gauss met gauss."
    assert document.links == (Link(3, 12, "Q3033"), Link(14, 19, "Q6722"))
    assert document.triples == (Triple("Q6722", "P937", "Q3033"),)
    assert document.metadata.extra == {"repaired_text": True}


def test_an_end_that_the_sentence_does_not_name_is_counted(tmp_path):
    document, dropped = read(tmp_path, sub_label="Carl Friedrich Gauß")

    assert document.links == (Link(3, 12, "Q3033"),)
    assert dropped == Dropped("t1#Q6722", "label_not_in_text", is_part=True)


def test_a_tail_without_an_id_is_a_literal(tmp_path):
    document, dropped = read(tmp_path, obj="", obj_label="1807")

    assert document.triples == ()
    assert dropped == Dropped("t1/0", "literal_triple", is_part=True)


def test_two_ends_never_share_words(tmp_path):
    document, dropped = read(tmp_path, sub_label="Göttingen")

    assert [link.entity for link in document.links] == ["Q6722"]
    assert dropped == Dropped("t1#Q3033", "label_not_in_text", is_part=True)


def test_a_malformed_sentence_is_told_with_its_line(tmp_path):
    with pytest.raises(DataError, match=r"a\.jsonl:1: not a sentence of TekGen: AttributeError"):
        read(tmp_path, sent=7)
