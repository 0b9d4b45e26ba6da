"""CoLAKE's sequences against section 1 of RECIPES.md, step by step."""

import numpy as np
import pytest

from kgpt.recipes import recipes
from kgpt.sequences import NO_TARGET
from kgpt.wkgraph import NodeKind

MANY = range(300)


@pytest.fixture
def stream(training_data):
    recipe = recipes.build({"type": "colake", "anchor_prob": 1.0})
    return recipe.streams(training_data("encoder"), "encoder")["graphs"].stream


def whole(stream, index, seed=0):
    return stream.word_knowledge_graph(index, np.random.default_rng(seed))


def test_a_mentions_words_are_replaced_by_its_entity(stream, masked_passages, masked_words):
    wkgraph = whole(stream, 0)

    expected, place = [(NodeKind.WORD, one) for one in masked_words.prefix], 0
    words = masked_passages.word_ids(0).tolist()
    for anchor in masked_passages.anchors_of(0):
        expected += [(NodeKind.WORD, one) for one in words[place : anchor.start]] + [(NodeKind.ENTITY, anchor.entity)]
        place = anchor.end
    expected += [(NodeKind.WORD, one) for one in [*words[place:], *masked_words.suffix]]
    size = wkgraph.num_text
    assert list(zip(wkgraph.kinds[:size], wkgraph.ids[:size], strict=True)) == expected


def test_relation_nodes_stand_one_and_added_tails_two_behind_their_anchor(stream, capitals):
    for index in range(len(stream)):
        wkgraph = whole(stream, index)
        assert wkgraph.positions[: wkgraph.num_text].tolist() == list(range(wkgraph.num_text))
        for relation, head, tail in wkgraph.edges:
            assert wkgraph.positions[relation] == wkgraph.positions[head] + 1
            assert tail < wkgraph.num_text or wkgraph.positions[tail] >= 2
            assert [wkgraph.ids[head], wkgraph.ids[relation], wkgraph.ids[tail]] in capitals.triples.tolist()


def test_every_outgoing_triple_of_an_anchor_has_a_relation_node_of_its_own(stream, capitals):
    wkgraph = whole(stream, 1)

    anchors = set(wkgraph.ids[: wkgraph.num_text][wkgraph.kinds[: wkgraph.num_text] == NodeKind.ENTITY].tolist())
    outgoing = [row for row in capitals.triples.tolist() if row[0] in anchors]
    drawn = [[int(wkgraph.ids[h]), int(wkgraph.ids[r]), int(wkgraph.ids[t])] for r, h, t in wkgraph.edges]
    assert sorted(drawn) == sorted(outgoing)
    assert len(set(wkgraph.edges[:, 0].tolist())) == len(drawn)


def test_visibility_is_the_papers_mask(stream):
    wkgraph = whole(stream, 1)

    expected = np.eye(len(wkgraph), dtype=bool)
    expected[: wkgraph.num_text, : wkgraph.num_text] = True
    for relation, head, tail in wkgraph.edges:
        for one, two in ((relation, head), (relation, tail)):
            expected[one, two] = expected[two, one] = True
    assert (stream.draw(1, np.random.default_rng(0)).visibility == expected).all()
    assert len(wkgraph.edges) and not expected.all()


@pytest.mark.parametrize("kind", list(NodeKind))
def test_of_every_kind_a_seventh_is_asked_and_at_least_one(stream, kind):
    for seed in range(20):
        row = stream.draw(1, np.random.default_rng(seed))
        ends = len(stream.vocabulary.prefix) + len(stream.vocabulary.suffix) if kind == NodeKind.WORD else 0
        num_nodes = int((row.kinds == kind).sum()) - ends
        assert (row.targets[row.kinds == kind] != NO_TARGET).sum() == max(1, round(0.15 * num_nodes))


@pytest.mark.parametrize(("kind", "mask"), [(1, "num_entities"), (2, "num_relations")])
def test_eight_in_ten_asked_nodes_are_the_kinds_mask_and_the_others_of_its_vocabulary(stream, capitals, kind, mask):
    rows = [stream.draw(1, np.random.default_rng(seed)) for seed in MANY]
    ids = np.concatenate([row.ids[(row.kinds == kind) & (row.targets != NO_TARGET)] for row in rows])

    assert (ids == getattr(capitals, mask)).mean() == pytest.approx(0.8, abs=0.07)
    assert ids.max() == getattr(capitals, mask)


def test_words_at_the_ends_are_never_asked(stream):
    for seed in MANY:
        row = stream.draw(0, np.random.default_rng(seed))
        assert row.targets[0] == NO_TARGET
        assert not np.isin(row.targets, list(stream.vocabulary.special))[row.kinds == 0].any()


def test_negatives_are_drawn_by_frequency_to_the_three_quarters(stream, masked_passages, capitals):
    mentions = np.bincount(masked_passages.anchors[:, 2], minlength=capitals.num_entities)
    expected = (mentions + capitals.degrees) ** 0.75

    drawn = np.concatenate([stream.draw_candidates(np.random.default_rng(seed)) for seed in range(200)])

    shares = np.bincount(drawn, minlength=capitals.num_entities) / len(drawn)
    assert shares == pytest.approx(expected / expected.sum(), abs=0.01)


def test_half_of_the_anchors_bring_their_triples(training_data):
    stream = recipes.build("colake").streams(training_data("encoder"), "encoder")["graphs"].stream

    with_edges = [len(whole(stream, 4, seed).edges) > 0 for seed in range(2000)]

    assert np.mean(with_edges) == pytest.approx(0.75, abs=0.04)


def test_graphs_without_text_are_an_entity_among_its_triples(training_data, capitals, masked_words):
    recipe = recipes.build({"type": "colake", "entity_weight": 0.5})
    stream = recipe.streams(training_data("encoder"), "encoder")["entities"].stream
    ends = len(masked_words.prefix) + len(masked_words.suffix)

    for index in range(len(stream)):
        wkgraph = whole(stream, index)
        head = int(wkgraph.ids[len(masked_words.prefix)])
        assert wkgraph.num_text == ends + 1
        assert len(wkgraph.edges) == len(capitals.outgoing(head))
    assert "entities" not in recipes.build("colake").streams(training_data("encoder"), "encoder")
