import numpy as np
import pytest

from kgpt.kg import build_graph
from kgpt.linking.alias_index import ALIAS, LABEL, AliasIndex
from kgpt.linking.lattice import build_lattice
from kgpt.linking.matching import match
from kgpt.linking.tokenizing import tokenize
from kgpt.records import EntityRecord, Triple

RECORDS = [
    EntityRecord("Q1", "Paris", ("PARIS", "paris")),
    EntityRecord("Q2", "Paris"),
    EntityRecord("Q3", "Paris Hilton"),
]
GRAPH, _ = build_graph([*RECORDS, Triple("Q1", "P1", "Q2"), Triple("Q1", "P1", "Q3")])
INDEX = AliasIndex.of(GRAPH, partial_names=False)


def lattice_of(text, *, max_candidates=30):
    tokens = tokenize(text, fold_case=True)
    return build_lattice(tokens, match(tokens, INDEX), INDEX, max_candidates=max_candidates)


def test_an_entity_with_a_name_in_several_cases_is_one_pair_with_its_priors_summed():
    lattice = lattice_of("paris")

    assert lattice.entities.tolist() == [0, 1]
    assert lattice.priors.sum() == pytest.approx(1)
    assert lattice.exact.tolist() == [True, False]
    assert lattice.kinds.tolist() == [LABEL | ALIAS, LABEL]


def test_the_pairs_are_the_candidates_of_the_index():
    text = "PARIS and Paris Hilton"
    lattice = lattice_of(text)

    for number, (first, last) in enumerate(zip(lattice.matches.first, lattice.matches.last, strict=True)):
        surface = text[lattice.tokens.starts[first] : lattice.tokens.stops[last - 1]]
        rows = slice(*lattice.indptr[number : number + 2])
        expected = {one.entity: (one.prior, one.exact, one.kinds) for one in INDEX.candidates(surface)}
        told = zip(
            lattice.priors[rows].tolist(), lattice.exact[rows].tolist(), lattice.kinds[rows].tolist(), strict=True
        )
        for entity, pair in zip(lattice.entities[rows].tolist(), told, strict=True):
            assert pair == pytest.approx(expected[entity])


def test_owners_tell_the_match_of_each_pair():
    lattice = lattice_of("Paris Hilton in Paris")

    assert lattice.owners.tolist() == [0, 0, 1, 2, 2]
    assert len(lattice) == 5


def test_no_more_pairs_than_asked_for():
    assert np.diff(lattice_of("Paris Hilton in Paris", max_candidates=1).indptr).tolist() == [1, 1, 1]


def test_a_text_without_names_has_an_empty_lattice():
    lattice = lattice_of("nothing")

    assert (len(lattice), lattice.indptr.tolist(), lattice.owners.tolist()) == (0, [0], [])
