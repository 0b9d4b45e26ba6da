import pytest

from kgpt.errors import UnknownEntityError
from kgpt.kg import build_graph
from kgpt.records import EntityRecord, Triple

GRAPH, _ = build_graph([Triple("Q1", "P1", "Q2"), EntityRecord("Q1", "one", ("uno", "one", "eins"))])


def test_an_unknown_entity_is_told_with_what_ids_look_like():
    with pytest.raises(UnknownEntityError, match=r"entity 'berlin' is not in the graph \(2 entities, ids like 'Q1'\)"):
        GRAPH.entity("berlin")


def test_a_triple_goes_to_numbers_and_back():
    numbers = GRAPH.numbers(Triple("Q1", "P1", "Q2"))

    assert numbers is not None
    assert GRAPH.triple(numbers) == Triple("Q1", "P1", "Q2")


@pytest.mark.parametrize("triple", [Triple("Q9", "P1", "Q2"), Triple("Q1", "P9", "Q2"), Triple("Q1", "P1", "Q9")])
def test_a_triple_with_an_unknown_part_has_no_numbers(triple):
    assert GRAPH.numbers(triple) is None


def test_surfaces_are_label_and_aliases_without_repeats():
    assert GRAPH.entities.surfaces(0) == ("one", "uno", "eins")


@pytest.mark.parametrize(
    ("identifier", "label"),
    [
        ("http://x.org/Berlin", "Berlin"),
        ("http://x.org/onto#City", "City"),
        ("http://x.org/onto#", "onto"),
        ("#", "#"),
    ],
)
def test_an_unnamed_entity_is_called_by_the_last_part_of_its_id(identifier, label):
    graph, _ = build_graph([Triple(identifier, "P1", identifier)])

    assert graph.entities.label(0) == label
    assert graph.entities.surfaces(0) == (label,)


def test_other_triples_are_looked_up_anew():
    graph, _ = build_graph([Triple("Q1", "P1", "Q2"), Triple("Q2", "P1", "Q1")])
    assert len(graph.outgoing(1)) == 1

    fewer = graph.with_triples(graph.triples[:1])

    assert len(fewer.outgoing(1)) == 0
    assert fewer.degrees.tolist() == [1, 1]
