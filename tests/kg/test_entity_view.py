import pytest

from kgpt.kg import build_graph
from kgpt.kg.entity_view import TripleView, date_precision, view_entity
from kgpt.records import EntityRecord, Literal, Qualifier, RelationRecord, Triple

CAPITAL = Triple("Q64", "P36", "Q183")
GRAPH, _ = build_graph(
    [
        CAPITAL,
        Triple("Q64", "P47", "Q64"),
        *(Triple(f"Q{n}", "P17", "Q183") for n in range(1_000, 1_030)),
        EntityRecord("Q64", "Berlin", ("Spree",), "a city", title="Berlin", num_sitelinks=9),
        EntityRecord("Q64", "Berlín", language="cs"),
        EntityRecord("Q183", "Germany"),
        EntityRecord("Q11573", "metre"),
        RelationRecord("P36", "capital of"),
        Literal("Q64", "P2048", "12", "quantity", "Q11573"),
        Literal("Q64", "P571", "19XX", "date"),
        Qualifier(CAPITAL, "P580", "Q183"),
    ],
    languages=("en", "cs", "ru"),
)


def test_an_entity_is_shown_with_all_that_is_said_of_it():
    view = view_entity(GRAPH, GRAPH.entity("Q64"))

    assert (view.main.label, view.main.aliases, list(view.names)) == ("Berlin", ("Spree",), ["en", "cs"])
    assert [str(literal) for literal in view.literals] == ["P2048 = 12 metre", "P571 = 19XX (century)"]
    assert [str(one) for row in view.outgoing for one in row.qualifiers] == ["P580 = Germany"]
    assert view.incoming == (TripleView("P47", "Q64", "Berlin"),)
    assert (view.num_triples, view.num_sitelinks) == (3, 9)


def test_qualifiers_stand_in_the_json_where_there_are_any():
    rows = {row["entity"]: row for row in view_entity(GRAPH, GRAPH.entity("Q64")).json()["outgoing"]}

    assert rows["Q64"] == {"relation": "P47", "entity": "Q64", "label": "Berlin"}
    assert rows["Q183"]["qualifiers"][0]["value_label"] == "Germany"


def test_no_more_triples_are_shown_than_asked_for():
    view = view_entity(GRAPH, GRAPH.entity("Q183"), max_triples=5)

    assert (len(view.incoming), len(view.outgoing), view.num_triples) == (5, 0, 31)


@pytest.mark.parametrize(
    ("value", "precision"),
    [
        ("1952-03-11", "day"),
        ("-0043-03", "month"),
        ("-0043", "year"),
        ("Y-12000", "year"),
        ("195X", "decade"),
        ("19XX", "century"),
        ("1XXX", "millennium"),
        ("soon", ""),
    ],
)
def test_a_date_tells_how_precise_it_is(value, precision):
    assert date_precision(value) == precision
