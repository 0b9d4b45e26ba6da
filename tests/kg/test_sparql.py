import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgpt.errors import ConfigError
from kgpt.kg import build_graph
from kgpt.kg.selection import GraphSelection, select
from kgpt.kg.sparql import check_query, rows_selected
from kgpt.records import EntityRecord, Literal, Qualifier, RelationRecord, Triple

CAPITAL = Triple("Q64", "P36", "Q183")
TRIPLES = [
    CAPITAL,
    Triple("Q90", "P36", "Q142"),
    Triple("Q64", "P17", "Q183"),
    Triple("http://x.org/a", "urn:r", "b c"),
]
GRAPH, _ = build_graph(
    [
        *TRIPLES,
        EntityRecord("Q64", "Berlin"),
        RelationRecord("P36", "capital of"),
        Literal("Q64", "P1082", "3700000", "quantity"),
        Literal("Q90", "P2046", "105.4", "quantity", "Q712226"),
        Qualifier(CAPITAL, "P580", "1990-10-03", "date"),
    ]
)


def picked(query):
    rows, dropped = rows_selected(GRAPH, query)
    return {GRAPH.triple(GRAPH.triples[row]) for row in rows}, dropped


def test_a_construct_query_picks_its_triples():
    assert picked("CONSTRUCT WHERE { ?a wdt:P36 ?b }") == (set(TRIPLES[:2]), {})


def test_a_select_query_picks_its_rows():
    query = 'SELECT * WHERE { ?head ?relation ?tail ; rdfs:label "Berlin"@en . ?tail ?any ?thing FILTER(isIRI(?tail)) }'

    assert picked(query)[0] == set()
    query = 'SELECT ?head ?relation ?tail { ?head ?relation ?tail ; rdfs:label "Berlin"@en FILTER(isIRI(?tail)) }'
    assert picked(query)[0] == {CAPITAL, TRIPLES[2]}


@pytest.mark.parametrize("threshold", ["wdt:P1082 ?n FILTER(?n > 1000000)", "wdt:P2046 ?n FILTER(?n > 100)"])
def test_quantities_are_compared_as_numbers_whatever_their_unit(threshold):
    found, _ = picked(f"CONSTRUCT {{ ?a wdt:P36 ?b }} WHERE {{ ?a wdt:P36 ?b ; {threshold} }}")

    assert len(found) == 1


def test_qualifiers_can_be_asked_about():
    late = "?a p:P36 ?s . ?s ps:P36 ?b ; pq:P580 ?when FILTER(?when > '1990-01-01'^^xsd:date)"

    assert picked(f"CONSTRUCT {{ ?a wdt:P36 ?b }} WHERE {{ {late} }}")[0] == {CAPITAL}


def test_ids_that_are_no_wikidata_ids_are_found():
    assert picked("CONSTRUCT WHERE { <http://x.org/a> ?r ?b }")[0] == {TRIPLES[3]}


def test_what_is_no_triple_of_the_graph_is_counted():
    found, dropped = picked(
        "CONSTRUCT { ?a wdt:P36 ?b . ?b wdt:P36 ?a . ?a rdfs:label ?n } WHERE { ?a wdt:P36 ?b ; rdfs:label ?n }"
    )

    assert found == {CAPITAL}
    assert dropped == {"not_in_graph": 1, "no_triple_of_entities": 1}


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("CONSTRUCT WHERE {\n ?a ?b }", "malformed at line 2, column 8"),
        ("CONSTRUCT WHERE { ?a wdx:P36 ?b }", "no such prefix (known: wd, wdt"),
        ("ASK { ?a ?b ?c }", "found ASK"),
        ("SELECT ?a { ?a ?b ?c }", "found SELECT of ?a"),
        ("INSERT DATA { wd:Q1 wd:Q2 wd:Q3 }", "malformed at line 1"),
        ("", "malformed"),
    ],
)
def test_a_query_that_will_not_do_is_told_with_its_place(query, told):
    with pytest.raises(ConfigError) as error:
        rows_selected(GRAPH, query)

    assert told in str(error.value)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <http://x.y/> { ?head ?relation ?tail } }",
        "SELECT * { service silent <http://x.y/> { ?head ?relation ?tail } }",
        "SELECT * { ?head ?relation 1SERVICE<http://x.y/>{ ?head ?relation ?tail } }",
        "SELECT * { SERVICE:a { ?head ?relation ?tail } }",
        "SELECT * { \\u0053ERVICE <http://x.y/> { ?head ?relation ?tail } }",
        "SELECT * # '\n { SERVICE <http://x.y/> { ?head ?relation ?tail } } # '",
        "CONSTRUCT { ?a ?b ?c } FROM <http://x.y/> WHERE { ?a ?b ?c }",
        "LOAD <http://x.y/>",
    ],
)
def test_a_query_that_would_leave_the_store_is_refused(query):
    with pytest.raises(ConfigError, match=r"SPARQL: (SERVICE|LOAD|FROM|service)"):
        rows_selected(GRAPH, query)


@pytest.mark.parametrize(
    "word", ["?service", '"SERVICE"', "<http://x.y/SERVICE>", "wd:SERVICE", "'a'@en-service", "1 #SERVICE\n"]
)
def test_a_name_that_only_looks_so_is_let_through(word):
    check_query(f"SELECT ?head ?relation ?tail {{ ?head ?relation {word} }}")


@given(st.text(max_size=60))
def test_any_text_is_refused_or_let_through(text):
    try:
        check_query(text)
    except ConfigError as error:
        assert "network" in str(error)


def test_a_run_may_select_by_a_query():
    selected = select(GRAPH, GraphSelection(sparql="CONSTRUCT WHERE { ?a wdt:P36 ?b }", require_labels=False))

    assert set(map(selected.graph.triple, selected.graph.triples)) == set(TRIPLES[:2])
    assert selected.dropped == {"not_in_sparql_result": 2}
