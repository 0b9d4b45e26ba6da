import numpy as np

from kgpt.kg.sampling import shuffle_tails
from kgpt.sequences.aligned_facts import AlignedFacts


def test_facts_are_the_aligned_triples(writing_passages, capitals):
    facts = AlignedFacts(writing_passages, capitals)

    assert [facts.of(i) for i in range(5)] == [writing_passages.triples_of(i).tolist() for i in range(5)]
    assert facts.num_left_out == 0
    assert facts.owners.tolist() == list(range(5))


def test_what_is_held_out_of_the_graph_is_no_fact(writing_passages, capitals):
    held = writing_passages.triples_of(2)[0]
    less = capitals.with_triples(capitals.triples[~(capitals.triples == held).all(axis=1)])

    facts = AlignedFacts(writing_passages, less)

    assert facts.of(2) == [] and facts.num_left_out == 1
    assert facts.of(3) == writing_passages.triples_of(3).tolist()


def test_a_shuffled_graph_tells_its_own_tails(writing_passages, capitals):
    shuffled = shuffle_tails(capitals, rng=np.random.default_rng(0))

    facts = AlignedFacts(writing_passages, shuffled, is_shuffled=True)

    known = set(map(tuple, shuffled.triples.tolist()))
    assert len(facts.rows) == 5 and set(map(tuple, facts.rows.tolist())) <= known
    assert (facts.rows[:, :2] == writing_passages.triples[:, :2]).all()
    assert (facts.rows[:, 2] != writing_passages.triples[:, 2]).any()
