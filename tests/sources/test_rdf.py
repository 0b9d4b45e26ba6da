import gzip
import json

import pytest

from kgpt.errors import DataError
from kgpt.records import Dropped, EntityRecord, Literal, RelationRecord, Triple
from kgpt.sources.rdf import RdfFile, short_id

PREFIXES = """@prefix wd: <http://www.wikidata.org/entity/> .
@prefix wdt: <http://www.wikidata.org/prop/direct/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix schema: <http://schema.org/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
"""


RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
LANG_STRING = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"
NAMES = '"@vocab": "http://x.org/"'


def read(folder, turtle, name="a.ttl", **options):
    path = folder / name
    path.write_text(PREFIXES + turtle, "utf-8")
    return list(RdfFile(path, **options).read())


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
        ('wd:Q64 rdfs:label " " .', Dropped("Q64", "empty_literal")),
        ('wd:Q64 wdt:P571 "-0043-01"^^xsd:gYearMonth .', Literal("Q64", "P571", "-0043-01", "date")),
        ('wd:Q64 wdt:P571 "soon"^^xsd:date .', Dropped("Q64", "malformed_date")),
        ('wd:Q64 wdt:P1 "+1.50"^^xsd:decimal .', Literal("Q64", "P1", "1.50", "quantity")),
        ('wd:Q64 wdt:P1 "NaN"^^xsd:double .', Dropped("Q64", "malformed_quantity")),
        ('wd:Q64 wdt:P1 "a  b"@de .', Literal("Q64", "P1", "a b", language="de")),
        ('wd:Q64 wdt:P1 "x"^^<http://t.org/T> .', Literal("Q64", "P1", "x", datatype="http://t.org/T")),
        ("<http://x.org/p> a owl:ObjectProperty .", Dropped("http://x.org/p", "relation_declaration")),
        ("wd:Q64 a schema:City .", Triple("Q64", RDF_TYPE, "http://schema.org/City")),
    ],
)
def test_a_statement_becomes_a_record(tmp_path, turtle, record):
    assert read(tmp_path, turtle) == [record]


def test_names_are_kept_in_every_language_asked_for(tmp_path):
    names = 'wd:Q64 rdfs:label "Berlin"@en, "Berlin"@de, "Berlino"@it ; schema:description "Hauptstadt"@de-AT .'

    assert read(tmp_path, names, languages=("de", "it")) == [
        Dropped("Q64", "other_language"),
        EntityRecord("Q64", label="Berlin"),
        EntityRecord("Q64", label="Berlino", language="it"),
        EntityRecord("Q64", description="Hauptstadt"),
    ]


@pytest.mark.parametrize("before", ["<http://x.org/p> a owl:ObjectProperty .", "wd:Q1 <http://x.org/p> wd:Q2 ."])
def test_the_name_of_what_links_or_is_declared_to_is_a_relations(tmp_path, before):
    items = read(tmp_path, before + ' <http://x.org/p> rdfs:label "near" ; skos:altLabel "by" ; rdfs:comment "c" .')

    assert items[1:] == [
        RelationRecord("http://x.org/p", "near"),
        RelationRecord("http://x.org/p", aliases=("by",)),
        RelationRecord("http://x.org/p", description="c"),
    ]


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
        ("a.jsonld", "{", "not JSON-LD"),
        ("a.trix", "<TriX>", "not trix"),
        ("a.hext", '["http://x.org/a"', "not hext"),
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


def test_rdf_xml_that_breaks_off_between_two_elements_is_told(tmp_path):
    (tmp_path / "a.rdf").write_text(
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:x="http://x.org/">'
        '<rdf:Description rdf:about="http://x.org/a"><x:p rdf:resource="http://x.org/b"/></rdf:Description>'
    )

    with pytest.raises(DataError, match=r"a\.rdf: not RDF/XML: <rdf:RDF> is not closed; the file was cut off"):
        list(RdfFile(tmp_path / "a.rdf").read())


@pytest.mark.parametrize("name", ["a.nt", "a.ttl"])
def test_a_statement_too_long_for_memory_is_told(tmp_path, name):
    (tmp_path / f"{name}.gz").write_bytes(gzip.compress(b'<http://x.org/a> <http://x.org/p> "' + b"x" * 2**25, 1))

    with pytest.raises(DataError, match=r"Reached the buffer maximal size of \d+; a statement is too long: split it"):
        list(RdfFile(tmp_path / f"{name}.gz").read())


def test_trix_with_a_doctype_is_refused(tmp_path):
    (tmp_path / "bomb.trix").write_text('<!DOCTYPE a [<!ENTITY b "c">]><TriX/>')

    with pytest.raises(DataError, match=r"bomb\.trix: TriX with a DOCTYPE is refused"):
        list(RdfFile(tmp_path / "bomb.trix").read())


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.nt", "<http://x.org/a> <http://x.org/p> <http://x.org/b> ."),
        ("a.nq", "<http://x.org/a> <http://x.org/p> <http://x.org/b> <http://x.org/g> ."),
        ("a.n3", "@prefix x: <http://x.org/> . x:a x:p x:b ."),
        ("a.trig", "@prefix x: <http://x.org/> . x:g { x:a x:p x:b }"),
        (
            "a.jsonld",
            '{"@context": {"@vocab": "http://x.org/"}, "@id": "http://x.org/a", "p": {"@id": "http://x.org/b"}}',
        ),
        ("a.json", '[{"@id": "http://x.org/a", "http://x.org/p": [{"@id": "http://x.org/b"}]}]'),
        ("a.hext", '["http://x.org/a", "http://x.org/p", "http://x.org/b", "globalId", "", ""]'),
        (
            "a.trix",
            '<TriX xmlns="http://www.w3.org/2004/03/trix/trix-1/"><graph><triple><uri>http://x.org/a</uri>'
            "<uri>http://x.org/p</uri><uri>http://x.org/b</uri></triple></graph></TriX>",
        ),
    ],
)
def test_every_form_gives_the_same_triple(tmp_path, name, content):
    (tmp_path / name).write_text(content)

    assert list(RdfFile(tmp_path / name).read()) == [Triple("http://x.org/a", "http://x.org/p", "http://x.org/b")]


def test_literals_of_forms_read_by_rdflib_keep_type_and_language(tmp_path):
    rows = [["5", "http://www.w3.org/2001/XMLSchema#integer", ""], ["x", LANG_STRING, "de"], ["_:b", "localId", ""]]
    lines = [json.dumps(["http://x.org/a", "http://x.org/p", *row, ""]) for row in rows]
    (tmp_path / "a.hext").write_text("\n".join(lines))
    items = list(RdfFile(tmp_path / "a.hext").read())

    assert Literal("http://x.org/a", "http://x.org/p", "5", "quantity") in items
    assert Literal("http://x.org/a", "http://x.org/p", "x", language="de") in items
    assert [item.reason for item in items if isinstance(item, Dropped)] == ["blank_node"]


def test_a_form_is_named_where_the_suffix_does_not_tell(tmp_path):
    (tmp_path / "dump").write_text("<http://x.org/a> <http://x.org/p> <http://x.org/b> .")

    assert len(list(RdfFile(tmp_path / "dump", format="nt").read())) == 1
    with pytest.raises(
        DataError, match="no form of RDF is called 'ntt'; name it with the option `format`; did you mean"
    ):
        list(RdfFile(tmp_path / "dump", format="ntt").read())


def test_iris_that_are_none_are_refused_or_let_through(tmp_path):
    (tmp_path / "a.nt").write_text("<http://x.org/a b> <http://x.org/p> <http://x.org/b> .")

    assert next(RdfFile(tmp_path / "a.nt", lenient=True).read()).head == "http://x.org/a b"
    with pytest.raises(DataError, match="not N-Triples: Parser error at line 1"):
        list(RdfFile(tmp_path / "a.nt").read())


@pytest.fixture
def no_network(monkeypatch):
    def refuse(*arguments, **options):
        raise AssertionError("a reader reached out")

    for name in ("socket.create_connection", "urllib.request.urlopen", "socket.socket.connect"):
        monkeypatch.setattr(name, refuse)


@pytest.mark.parametrize(
    "context",
    [
        '"http://127.0.0.1:9/c"',
        '"file:///etc/hostname"',
        '"c.jsonld"',
        '["https://schema.org"]',
        '{"@import": "http://x.org/c"}',
    ],
)
def test_a_context_from_elsewhere_is_refused_and_not_fetched(tmp_path, no_network, context):
    (tmp_path / "a.jsonld").write_text(f'{{"@context": {context}, "@id": "http://x.org/a", "p": "v"}}')
    (tmp_path / "c.jsonld").write_text(f"{{{NAMES}}}")

    with pytest.raises(
        DataError, match=r"a\.jsonld: .*context.*; contexts are not fetched: write the context into the"
    ):
        list(RdfFile(tmp_path / "a.jsonld").read())


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
