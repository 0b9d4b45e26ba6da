from collections import Counter

import pytest

from kgpt.records import Dropped, EntityRecord, Literal, Qualifier, Redirect, RelationRecord, Triple
from kgpt.sources.rdf import RdfFile
from kgpt.sources.wikidata_rdf import RDF_TYPE, is_relation, needless, short_id

PREFIXES = """@prefix wd: <http://www.wikidata.org/entity/> . @prefix s: <http://www.wikidata.org/entity/statement/> .
@prefix wdt: <http://www.wikidata.org/prop/direct/> . @prefix wdtn: <http://www.wikidata.org/prop/direct-normalized/> .
@prefix p: <http://www.wikidata.org/prop/> . @prefix ps: <http://www.wikidata.org/prop/statement/> .
@prefix pq: <http://www.wikidata.org/prop/qualifier/> . @prefix pqv: <http://www.wikidata.org/prop/qualifier/value/> .
@prefix wikibase: <http://wikiba.se/ontology#> . @prefix schema: <http://schema.org/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix v: <http://www.wikidata.org/value/> .
@prefix data: <https://www.wikidata.org/wiki/Special:EntityData/> .
"""
STATEMENT = "s:q9-ABC a wikibase:Statement, {rank} ; ps:P1 {value} ; pq:P580 '1999-01-01T00:00:00Z'^^xsd:dateTime ; "
QUALIFIED = STATEMENT + "pqv:P580 v:abc ; pq:P2 wd:Q4 ; pq:P3 [] ; pq:P4 'soon'^^xsd:date ."


def read(folder, turtle, **options):
    (folder / "a.ttl").write_text(PREFIXES + turtle, "utf-8")
    return list(RdfFile(folder / "a.ttl", **options).read())


@pytest.mark.parametrize(
    ("turtle", "record"),
    [
        ("wd:Q1 wdt:P1 wd:Q2 .", Triple("Q1", "P1", "Q2")),
        (
            "wd:Q1 wdt:P570 <http://www.wikidata.org/.well-known/genid/abc> .",
            Dropped("<http://www.wikidata.org/entity/Q1>", "blank_node"),
        ),
        ("wd:Q1 owl:sameAs wd:Q2 .", Redirect("Q1", "Q2")),
        ("<http://x.org/1> owl:sameAs wd:Q2 .", Triple("http://x.org/1", "http://www.w3.org/2002/07/owl#sameAs", "Q2")),
        ("data:Q1 wikibase:sitelinks 122 .", EntityRecord("Q1", num_sitelinks=122)),
        ('wd:P31 rdfs:label "instance of"@en .', RelationRecord("P31", "instance of")),
        (
            "wd:Q1 wdt:P18 <http://commons.wikimedia.org/wiki/Special:FilePath/A%20b.jpg> .",
            Literal("Q1", "P18", "A b.jpg", datatype="commonsMedia"),
        ),
        ("<https://en.wikipedia.org/wiki/A_%C3%A4> schema:about wd:Q1 .", EntityRecord("Q1", title="A ä")),
        (
            "<https://de.wikipedia.org/wiki/A> schema:about wd:Q1 .",
            EntityRecord("Q1", language="de", title="A"),
        ),
        (
            "<https://fr.wikipedia.org/wiki/A> schema:about wd:Q1 .",
            Dropped("https://fr.wikipedia.org/wiki/A", "other_language"),
        ),
        (
            "<https://en.wikiquote.org/wiki/A> schema:about wd:Q1 .",
            Dropped("https://en.wikiquote.org/wiki/A", "metadata"),
        ),
        (
            '<https://en.wikipedia.org/wiki/A> schema:name "A"@en .',
            Dropped("https://en.wikipedia.org/wiki/A", "metadata"),
        ),
        (
            "<https://en.wikipedia.org/> wikibase:wikiGroup 'wikipedia' .",
            Dropped("https://en.wikipedia.org/", "metadata"),
        ),
        (  # an own graph about pages
            "<https://en.wikipedia.org/wiki/A> <http://x.org/near> <https://en.wikipedia.org/wiki/B> .",
            Triple("https://en.wikipedia.org/wiki/A", "http://x.org/near", "https://en.wikipedia.org/wiki/B"),
        ),
        (
            "<https://en.wikipedia.org/wiki/A> a <http://x.org/City> .",
            Triple("https://en.wikipedia.org/wiki/A", RDF_TYPE, "http://x.org/City"),
        ),
        (
            "<https://en.wikipedia.org/wiki/A> a schema:Article .",
            Dropped("https://en.wikipedia.org/wiki/A", "metadata"),
        ),
        (
            "data:Q1 schema:version 5 .",
            Dropped("https://www.wikidata.org/wiki/Special:EntityData/Q1", "metadata"),
        ),
        ("wd:Q1 a wikibase:Item .", Dropped("Q1", "metadata")),
        ("wd:Q1 schema:version 5 .", Dropped("Q1", "metadata")),
        ("wd:P1 wikibase:directClaim wdt:P1 .", Dropped("P1", "metadata")),
        ("wikibase:Dump a schema:Dataset .", Dropped("http://wikiba.se/ontology#Dump", "metadata")),
        ("wd:Q1 p:P1 s:q1-A .", Dropped("Q1", "statement_node")),
        ("v:abc wikibase:timePrecision 9 .", Dropped("http://www.wikidata.org/value/abc", "statement_node")),
        ("wd:Q1 wdtn:P1 <http://x.org/> .", Dropped("Q1", "normalized_value")),
    ],
)
def test_a_statement_of_a_dump_becomes_a_record(tmp_path, turtle, record):
    assert read(tmp_path, turtle, languages=("en", "de")) == [record]


def test_qualifiers_of_the_best_statements_between_entities_are_kept(tmp_path):
    items = read(tmp_path, QUALIFIED.format(rank="wikibase:BestRank", value="wd:Q3") + " wd:Q5 wdt:P1 wd:Q6 .")
    triple = Triple("Q9", "P1", "Q3")

    assert [item for item in items if isinstance(item, Qualifier)] == [
        Qualifier(triple, "P580", "1999-01-01", "date"),
        Qualifier(triple, "P2", "Q4"),
    ]
    assert Counter(item.reason for item in items if isinstance(item, Dropped)) == {
        "statement_node": 4,
        "qualifier_blank_node": 1,
        "qualifier_malformed": 1,
    }
    assert items[-1] == Triple("Q5", "P1", "Q6")


@pytest.mark.parametrize(
    ("rank", "value", "reason"),
    [
        ("wikibase:Other", "wd:Q3", "not_best_rank"),
        ("wikibase:BestRank", "'text'", "qualifier_of_literal"),
    ],
)
def test_other_qualifiers_are_counted(tmp_path, rank, value, reason):
    items = read(tmp_path, QUALIFIED.format(rank=rank, value=value))

    assert Counter(item.reason for item in items) == {"statement_node": 4, reason: 4}


def test_wikidatas_iris_are_told_apart():
    assert is_relation("http://www.wikidata.org/entity/P31")
    assert not is_relation("http://www.wikidata.org/entity/Q31")
    assert short_id("http://www.wikidata.org/entity/Q31") == "Q31"
    assert needless("http://www.w3.org/2000/01/rdf-schema#label") == ""


@pytest.mark.real
def test_one_entitys_whole_rdf_gives_what_its_simple_statements_say(shared_data):
    items = list(RdfFile(shared_data / "dumps" / "Q42.ttl.gz").read())
    kinds = Counter(type(item).__name__ for item in items)

    assert Triple("Q42", "P31", "Q5") in items
    assert EntityRecord("Q42", title="Douglas Adams") in items
    assert EntityRecord("Q42", num_sitelinks=122) in items
    assert {item.head for item in items if isinstance(item, Triple)} == {"Q42"}
    assert (kinds["Triple"], kinds["Qualifier"], kinds["Literal"]) == (60, 26, 240)
