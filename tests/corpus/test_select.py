import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgpt.corpus import Curation, corpus_steps
from kgpt.corpus.coverage import Carried, choose
from kgpt.corpus.passes import curate
from kgpt.corpus.select import Select
from kgpt.engine import Processes
from kgpt.errors import ConfigError
from kgpt.kg import write_graph
from kgpt.records import Document, Link
from kgpt.sources.documents import DocumentsFile, write_documents


def linked(identifier, *entities, words=40):
    links = tuple(Link(5 * n, 5 * n + 4, one) for n, one in enumerate(entities))
    return Document(identifier, "word " * words, links)


def selected(documents, **settings):
    return [one.id for one in Curation([Select(**settings)]).documents(documents)]


def plainly_chosen(sets, costs, order, budget, fall):
    """Greedy coverage that looks every gain up at every turn."""
    counts = {}
    for facts in sets:
        for fact in facts:
            counts[fact] = counts.get(fact, 0) + 1
    weights, left, found = {fact: 1 / count for fact, count in counts.items()}, list(order), set()
    while left:
        gains = [(sum(weights[fact] for fact in sets[one]) / costs[one]) for one in left]
        best = left.pop(int(np.argmax(gains)))
        if costs[best] <= budget:
            budget -= costs[best]
            found.add(best)
            for fact in sets[best]:
                weights[fact] *= fall
    return found


@given(
    st.lists(st.tuples(st.sets(st.integers(0, 9), max_size=5), st.integers(1, 4)), max_size=9),
    st.integers(0, 12),
    st.sampled_from([0.0, 0.5]),
    st.randoms(use_true_random=False),
)
def test_the_lazy_choice_is_that_of_looking_everything_up(told, budget, fall, rng):
    sets, costs = [sorted(facts) for facts, _ in told], [cost for _, cost in told]
    order = list(range(len(sets)))
    rng.shuffle(order)
    facts = np.array([fact for one in sets for fact in one], np.uint64)
    carried = Carried.of(facts, np.array([len(one) for one in sets], np.int64))

    found = choose(carried, np.array(costs, np.int64), np.array(order, np.int64), budget=budget, fall=fall)

    expected = plainly_chosen(sets, costs, order, budget, fall)
    value = [sum(costs[one] for one in chosen) for chosen in (set(np.flatnonzero(found).tolist()), expected)]
    assert set(np.flatnonzero(found).tolist()) == expected or value[0] == value[1] <= budget


def test_a_document_with_a_rare_fact_stays_before_one_with_more_common_ones():
    documents = [linked(f"common {n}", "Q1", "Q2") for n in range(8)] + [linked("rare", "Q3")]

    assert "rare" in selected(documents, max_documents=2)


def test_every_fact_is_carried_where_the_budget_allows_it():
    documents = [linked(str(n), f"Q{n % 10}", f"Q{n % 10 + 100}") for n in range(60)]

    kept = selected(documents, max_documents=10)

    assert {int(one) % 10 for one in kept} == set(range(10))


def test_words_are_a_budget_too_and_dear_documents_must_be_worth_it():
    documents = [linked("long", "Q1", "Q2", words=90), linked("a", "Q1", words=5), linked("b", "Q2", words=5)]

    assert selected(documents, max_words=20) == ["a", "b"]


@pytest.mark.parametrize("frac", [0.1, 0.5, 1.0])
def test_a_share_stays_and_neither_order_nor_names_of_facts_matter(frac):
    documents = [linked(str(n), *(f"Q{one}" for one in (n % 7, n % 11, n % 13))) for n in range(50)]

    kept = selected(documents, frac=frac)

    assert len(kept) == round(50 * frac)
    assert sorted(selected(documents[::-1], frac=frac)) == sorted(kept)


def test_with_a_graph_triples_count_and_the_coverage_is_told_beside_chance(tmp_path, capitals):
    write_graph(capitals, tmp_path / "graph", skipped={})
    useless = [linked(f"no fact {n}", f"Q{n % 5}", "nowhere") for n in range(20)]
    facts = [linked("capital", "Q10", "Q0"), linked("border", "Q10", "Q11"), linked("both", "Q13", "Q3")]
    write_documents(tmp_path / "read.jsonl", [*useless, *facts])

    curated = curate(
        [Select(max_documents=3)],
        tmp_path / "read.jsonl",
        tmp_path / "shards",
        engine=Processes(num_workers=1),
        graph=tmp_path / "graph",
    )

    kept = [one.id for path in curated.parts for one in DocumentsFile(path).read()]
    assert sorted(kept) == ["border", "both", "capital"]
    assert curated.tally.dropped == {"not_selected": 20}
    (select, _) = curated.as_json()["steps"]
    assert select["figures"]["facts_covered"] == 1
    assert select["figures"]["facts_covered_at_random"] < 1


@pytest.mark.parametrize("settings", [{}, {"frac": 0.5, "max_words": 9}])
def test_one_budget_must_be_given(settings):
    with pytest.raises(ConfigError, match="give one of max_documents, max_words and frac"):
        corpus_steps.build({"type": "select"} | settings)
