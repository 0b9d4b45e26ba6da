"""K-BERT's trees against section 10 of RECIPES.md."""

import numpy as np
import pytest

from kgpt.recipes import recipes


@pytest.fixture
def stream(training_data):
    recipe = recipes.build({"type": "kbert", "choice": "first"})
    return recipe.streams(training_data("encoder"), "encoder")["trees"].stream


def reference(passages, graph, vocabulary, index):
    """Trunk; behind it two facts a mention: positions go on from the mention, who sees whom by owner."""
    first, words = len(vocabulary.prefix), vocabulary.wrap(passages.word_ids(index)).tolist()
    positions, owners, seen = list(range(len(words))), [None] * len(words), set()
    for anchor in passages.anchors_of(index):
        if anchor.entity in seen:
            continue
        seen.add(anchor.entity)
        for number, (_, relation, tail) in enumerate(graph.outgoing(anchor.entity)[:2].tolist()):
            names = graph.relations.label(relation), graph.entities.label(tail)
            branch = [one for name in names for one in vocabulary.encode(name).tolist()]
            positions += [anchor.end + first + place for place in range(len(branch))]
            owners += [(anchor.start + first, anchor.end + first, number, tail)] * len(branch)
            words += branch
    visible = np.zeros((len(words), len(words)), bool)
    for i, one in enumerate(owners):
        for j, other in enumerate(owners):
            trunk_to_branch = other is not None and one is None and other[0] <= i < other[1]
            branch_to_trunk = one is not None and other is None and one[0] <= j < one[1]
            visible[i, j] = one == other or trunk_to_branch or branch_to_trunk
    return words, positions, visible


@pytest.mark.parametrize("index", range(5))
def test_a_tree_is_the_papers(stream, masked_passages, capitals, masked_words, index):
    row = stream.draw(index, np.random.default_rng(0))

    words, positions, visible = reference(masked_passages, capitals, masked_words, index)
    assert row.positions.tolist() == positions
    assert (row.visibility == visible).all()
    asked = row.targets >= 0
    assert np.where(asked, row.targets, row.ids).tolist() == words


def test_only_words_of_the_trunk_are_asked_for(stream, masked_passages, masked_words):
    for seed in range(50):
        row = stream.draw(0, np.random.default_rng(seed))
        trunk = len(masked_words.wrap(masked_passages.word_ids(0)))
        assert not (row.targets[trunk:] >= 0).any()
        assert (row.targets[:trunk] >= 0).any()


def test_random_facts_change_from_pass_to_pass(training_data, capitals):
    recipe = recipes.build({"type": "kbert", "choice": "random", "max_facts": 1})
    stream = recipe.streams(training_data("encoder"), "encoder")["trees"].stream

    drawn = {tuple(stream.draw(1, np.random.default_rng(seed)).ids[-3:].tolist()) for seed in range(30)}

    assert len(drawn) > 1
