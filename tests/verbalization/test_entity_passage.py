import numpy as np
import pytest

from kgpt.kg import build_graph
from kgpt.records import EntityRecord, RelationRecord, Triple
from kgpt.verbalization.entity_passage import EntityPassages
from kgpt.verbalization.path import Path
from kgpt.verbalization.pieces import Mention, joined

GRAPH, _ = build_graph(
    [
        *(EntityRecord(one, one.capitalize()) for one in ("film", "director", "city", "rival", "lone")),
        *(RelationRecord(one, f"{one} label") for one in ("made_by", "born_in", "in_cast")),
        Triple("film", "made_by", "director"),
        Triple("director", "born_in", "city"),
        Triple("rival", "born_in", "city"),
        Triple("film", "in_cast", "director"),
        Triple("film", "in_cast", "rival"),
    ]
)


def texts(passages, seeds=range(40)):
    return [joined(passages.pieces(seed % len(passages), np.random.default_rng(seed))) for seed in seeds]


def stated(pieces, graph):
    """Pairs of entities that stand in one sentence."""
    sentence, pairs = [], set()
    for piece in pieces:
        if isinstance(piece, Mention):
            sentence.append(piece.entity)
        elif piece.endswith("."):
            pairs |= {frozenset((a, b)) for a in sentence for b in sentence if a != b}
            sentence = []
    return pairs


def test_only_entities_with_triples_have_a_passage():
    assert len(EntityPassages(graph=GRAPH)) == 4


@pytest.mark.parametrize("pair_prob", [0.0, 1.0])
def test_a_passage_joins_only_entities_the_graph_joins_in_two_steps(pair_prob):
    passages = EntityPassages(graph=GRAPH, pair_prob=pair_prob)
    joined_by_graph = {frozenset((h, t)) for h, _, t in GRAPH.triples.tolist()}
    two_steps = {a ^ b for a in joined_by_graph for b in joined_by_graph if len(a ^ b) == 2}

    for index in range(len(passages)):
        for seed in range(10):
            pieces = passages.pieces(index, np.random.default_rng(seed))
            assert stated(pieces, GRAPH) <= joined_by_graph | two_steps
            assert joined(pieces).endswith(".")


def test_a_pair_is_joined_step_by_step_and_at_once():
    film, director, city = (GRAPH.entity(one) for one in ("film", "director", "city"))
    made, born = (GRAPH.relations.ids.find(one) for one in ("made_by", "born_in"))
    path = Path(film, ((made, False, director), (born, False, city)))

    said = {joined(EntityPassages(graph=GRAPH).about_pair(path, np.random.default_rng(s))) for s in range(30)}

    assert any("The born_in label of the made_by label of Film is City." in text for text in said)
    assert any("Director that links Film with City." in text for text in said)
    assert all("made_by label" in text and "born_in label" in text for text in said)


def test_what_two_entities_share_is_compared():
    director, city, rival = (GRAPH.entity(one) for one in ("director", "city", "rival"))
    born = GRAPH.relations.ids.find("born_in")
    path = Path(director, ((born, False, city), (born, True, rival)))
    passages = EntityPassages(graph=GRAPH)

    said = " ".join(joined(passages.about_pair(path, np.random.default_rng(seed))) for seed in range(40))

    for one, other in (("Director", "Rival"), ("Rival", "Director")):
        assert f"{one} and {other} have the same born_in label: City." in said
        assert f"Like {one}, {other} has the born_in label City." in said
        assert f"Both {one} and {other} are the in_cast label of Film." in said
        assert f"Film has both {one} and {other} as in_cast label." in said


def test_the_same_index_and_generator_give_the_same_passage_and_another_one_another():
    passages = EntityPassages(graph=GRAPH)

    assert texts(passages) == texts(passages)
    assert len({joined(passages.pieces(0, np.random.default_rng(seed))) for seed in range(30)}) > 5


def test_no_passage_joins_a_pair_that_an_exam_asks_for_by_several_hops():
    film, city = GRAPH.entity("film"), GRAPH.entity("city")

    def joins(**settings):
        passages = EntityPassages(graph=GRAPH, pair_prob=1.0, **settings)
        drawn = (passages.pieces(seed % 4, np.random.default_rng(seed)) for seed in range(200))
        return sum(frozenset((film, city)) in stated(pieces, GRAPH) for pieces in drawn)

    assert joins() > 0
    assert joins(kept_out=frozenset({("city", "film")})) == 0


def test_what_is_no_noun_is_not_had_in_common_nor_chained():
    graph, _ = build_graph(
        [
            RelationRecord("P463", "member of"),
            *(Triple(country, "P463", "union") for country in ("france", "spain")),
            Triple("union", "P463", "league"),
            Triple("france", "P463", "spain"),
        ]
    )
    passages = EntityPassages(graph=graph, pair_prob=1.0)

    said = [joined(passages.pieces(seed % len(passages), np.random.default_rng(seed))) for seed in range(200)]

    assert any("member of" in text for text in said)
    assert not any("the member of" in text.lower() or "same member of" in text for text in said)
