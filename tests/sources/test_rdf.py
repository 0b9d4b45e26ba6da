import gzip

import pytest

from kgpt.errors import DataError
from kgpt.records import Dropped, EntityRecord, Literal, Triple
from kgpt.sources.rdf import RdfFile, short_id

PREFIXES = """@prefix wd: <http://www.wikidata.org/entity/> .
@prefix wdt: <http://www.wikidata.org/prop/direct/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix schema: <http://schema.org/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> . """


def read(folder, turtle, name="a.ttl"):
    path = folder / name
    path.write_text(PREFIXES + turtle, "utf-8")
    return list(RdfFile(path).read())


@pytest.mark.parametrize(
    ("turtle", "record"),
    [
        ("wd:Q64 wdt:P36 <http://x.org/y> .", Triple("Q64", "P36", "http://x.org/y")),
        ('wd:Q64 rdfs:label "Ber  lin"@en .', EntityRecord("Q64", label="Ber lin")),
        ('wd:Q64 rdfs:label "Berlin"@en-GB .', EntityRecord("Q64", label="Berlin")),
        ('wd:Q64 rdfs:label "Berlin" .', EntityRecord("Q64", label="Berlin")),
        ('wd:Q64 rdfs:label "Berlino"@it .', Dropped("Q64", "other_language")),
        ('wd:Q64 skos:altLabel "Spree-Athen" .', EntityRecord("Q64", aliases=("Spree-Athen",))),
        ('wd:Q64 schema:description "capital"@en .', EntityRecord("Q64", description="capital")),
        (
            'wd:Q64 wdt:P571 "1237-01-01T00:00:00Z"^^xsd:dateTime .',
            Literal("Q64", "P571", "1237-01-01", "date"),
        ),
        ('wd:Q64 wdt:P571 "1237"^^xsd:gYear .', Literal("Q64", "P571", "1237", "date")),
        ("wd:Q64 wdt:P1082 3.5 .", Literal("Q64", "P1082", "3.5", "quantity")),
        ('wd:Q64 wdt:P1 "text" .', Literal("Q64", "P1", "text", "string")),
        ('wd:Q64 wdt:P1 "" .', Dropped("Q64", "empty_literal")),
    ],
)
def test_a_statement_becomes_a_record(tmp_path, turtle, record):
    assert read(tmp_path, turtle) == [record]


def test_blank_nodes_are_left_out_and_counted(tmp_path):
    assert [item.reason for item in read(tmp_path, "wd:Q64 wdt:P1 [] . [] wdt:P1 wd:Q64 .")] == ["blank_node"] * 2


def test_statements_about_statements_are_left_out_and_counted(tmp_path):
    (item,) = read(tmp_path, "wd:Q1 wdt:P1 <<( wd:Q1 wdt:P2 wd:Q2 )>> .")

    assert item.reason == "quoted_triple"


def test_only_wikidatas_own_iris_are_cut_and_unescaped():
    assert short_id("http://www.wikidata.org/entity/a%20b") == "a b"
    assert short_id("http://x.org/a%20b") == "http://x.org/a%20b"


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.nt", "<http://a> <http://b", "not N-Triples: Parser error at line 1"),
        ("a.ttl", "wd:Q1 wdt:P1 wd:Q2 .", "not Turtle: Parser error at line 1"),
        ("a.rdf", "<rdf:RDF", "not RDF/XML"),
    ],
)
def test_a_malformed_file_is_told_with_its_path_and_form(tmp_path, name, content, told):
    (tmp_path / name).write_text(content)

    with pytest.raises(DataError) as caught:
        list(RdfFile(tmp_path / name).read())

    assert str(caught.value).startswith(f"{tmp_path / name}: {told}")


def test_rdf_xml_with_a_doctype_is_refused(tmp_path):
    (tmp_path / "bomb.owl").write_text('<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a/>')

    with pytest.raises(DataError, match=r"bomb\.owl: RDF/XML with a DOCTYPE is refused .*remove the declaration"):
        list(RdfFile(tmp_path / "bomb.owl").read())


def test_rdf_xml_without_one_is_read(tmp_path):
    (tmp_path / "a.rdf").write_text(
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:x="http://x.org/">'
        '<rdf:Description rdf:about="http://x.org/a"><x:p rdf:resource="http://x.org/b"/></rdf:Description></rdf:RDF>'
    )

    assert list(RdfFile(tmp_path / "a.rdf").read()) == [Triple("http://x.org/a", "http://x.org/p", "http://x.org/b")]


@pytest.mark.parametrize("content", [gzip.compress(b"<http://a> <http://b> <http://c> .\n" * 99)[:-12], b"<http://a>"])
def test_a_torn_or_misnamed_file_is_told_with_its_path(tmp_path, content):
    (tmp_path / "a.nt.gz").write_bytes(content)

    with pytest.raises(DataError, match=r"a\.nt\.gz: torn or not what its suffix says"):
        list(RdfFile(tmp_path / "a.nt.gz").read())
