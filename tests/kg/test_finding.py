import pytest

from kgpt.errors import DataError, UnknownEntityError
from kgpt.kg import build_graph
from kgpt.kg.finding import find_entity
from kgpt.records import EntityRecord, Triple

GRAPH, _ = build_graph(
    [
        Triple("Q1", "P1", "Q2"),
        Triple("Q1", "P1", "Q3"),
        EntityRecord("Q1", "Paris", description="a city"),
        EntityRecord("Q2", "Paris"),
        EntityRecord("Q3", "Q1"),
        EntityRecord("Q2", "Париж", language="ru"),
    ],
    languages=("en", "ru"),
)


def test_an_id_comes_before_a_label():
    assert find_entity(GRAPH, "Q1") == 0


def test_a_label_of_one_entity_is_found_in_every_language():
    assert find_entity(GRAPH, "Париж") == 1


def test_a_label_of_several_is_refused_with_all_of_them():
    with pytest.raises(DataError, match=r"'Paris' is the label of 2 entities: Q1 \(a city\), Q2 \(triples: 1\); give"):
        find_entity(GRAPH, "Paris")


@pytest.mark.parametrize("text", ["paris", "", "Pari", "Paris "])
def test_what_is_neither_is_unknown(text):
    with pytest.raises(UnknownEntityError, match="neither as an id nor as a label"):
        find_entity(GRAPH, text)
