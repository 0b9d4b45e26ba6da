import json

import pytest

from kgpt.errors import DataError
from kgpt.records import Document, Dropped, Link, Triple
from kgpt.sources import open_documents

WD = "http://www.wikidata.org/"


def entity(start, end, surface, uri, annotator="Wikidata_Spotlight_Entity_Linker"):
    return {"boundaries": [start, end], "surfaceform": surface, "uri": uri, "annotator": annotator}


def triple(head, relation, tail):
    return {"subject": {"uri": head}, "predicate": {"uri": relation}, "object": {"uri": tail}}


VALUE = {
    "docid": WD + "entity/Q64",
    "title": "Berlin",
    "uri": WD + "entity/Q64",
    "text": "Berlin lies in Germany. It grew in 1920.",
    "entities": [
        entity(0, 6, "Berlin", WD + "entity/Q64"),
        entity(17, 24, "Germany", WD + "entity/Q183"),
        entity(24, 26, "It", WD + "entity/Q64", "Simple_Coreference"),
        entity(35, 39, "1920", "1920-01-01T00:00:00Z^^http://www.w3.org/2001/XMLSchema#dateTime", "Date_Linker"),
        entity(8, 12, "Rome", WD + "entity/Q220"),
        entity(8, 12, "Bonn", WD + "entity/Q586") | {"boundaries": None},
    ],
    "triples": [
        triple(WD + "entity/Q64", WD + "prop/direct/P17", WD + "entity/Q183"),
        triple(WD + "entity/Q64", WD + "prop/direct/P571", "1920^^http://www.w3.org/2001/XMLSchema#gYear"),
        triple(WD + "entity/Q64", "http://www.w3.org/2000/01/rdf-schema#seeAlso", WD + "entity/Q183"),
    ],
}


def read(folder, values, options=""):
    (folder / "re-nlg.json").write_text(json.dumps(values))
    return list(open_documents(f"trex:{folder / 're-nlg.json'}{options}").read())


def test_an_abstract_has_links_and_triples_and_all_else_is_counted(tmp_path):
    document, *dropped = read(tmp_path, [VALUE])

    assert isinstance(document, Document) and document.id == "Q64"
    assert document.links == (Link(0, 6, "Q64"), Link(15, 22, "Q183"))
    assert document.triples == (Triple("Q64", "P17", "Q183"),)
    assert document.metadata.extra == {"title": "Berlin", "entity": "Q64", "repaired_spans": 1}
    assert sorted(one.reason for one in dropped if isinstance(one, Dropped)) == [
        "coreference",
        "literal_mention",
        "literal_triple",
        "mention_without_span",
        "span_without_surface",
        "unknown_relation",
    ]


def test_coreference_is_a_link_where_asked_for(tmp_path):
    document = read(tmp_path, [VALUE], "?coreference=true")[0]

    assert Link(24, 26, "Q64") in document.links


def test_rebels_lines_in_a_folder_are_read_by_their_fields(tmp_path):
    bare = json.loads(json.dumps(VALUE).replace(WD + "entity/", "").replace(WD + "prop/direct/", ""))
    for name in ("b", "a"):
        (tmp_path / f"{name}.jsonl").write_text(json.dumps(bare | {"docid": name}))

    documents = [one for one in open_documents(str(tmp_path)).read() if isinstance(one, Document)]

    assert [document.id for document in documents] == ["a", "b"]
    assert documents[0].triples == (Triple("Q64", "P17", "Q183"),)


@pytest.mark.parametrize("missing", ["text", "entities", "docid"])
def test_a_document_without_a_field_is_told_with_its_place(tmp_path, missing):
    value = {key: item for key, item in VALUE.items() if key != missing}

    with pytest.raises(DataError, match=rf"re-nlg\.json: item 2: not a document of T-REx: KeyError: '{missing}'"):
        read(tmp_path, [VALUE, value])
