import pytest

from kgpt.kg import build_graph
from kgpt.linking.alias_index import AliasIndex
from kgpt.records import NIL, Document, EntityRecord, Link, Triple

GRAPH, _ = build_graph(
    [
        *(Triple("Q90", "P1", f"Q{n}") for n in range(1, 9)),
        Triple("Q830", "P1", "Q1"),
        EntityRecord("Q90", "Paris", ("City of Light",)),
        EntityRecord("Q830", "Paris, Texas", ("Paris",)),
        EntityRecord("Q5", "Scarlett O’Hara"),
        EntityRecord("Q6", "X"),
        EntityRecord("Q7", "  "),
    ]
)


def priors(index, name):
    return {GRAPH.entities.ids[c.entity]: c.prior for c in index.candidates[name]}


def test_labels_and_triples_raise_the_prior():
    found = priors(AliasIndex.of(GRAPH), "Paris")

    assert found["Q90"] == pytest.approx(3 / (3 + 0.3 * 2**0.5))
    assert list(found) == ["Q90", "Q830"]


def test_priors_of_every_name_sum_to_one():
    for candidates in AliasIndex.of(GRAPH).candidates.values():
        assert sum(candidate.prior for candidate in candidates) == pytest.approx(1)


def test_a_typographic_apostrophe_is_the_same_as_a_plain_one():
    assert "Scarlett O'Hara" in AliasIndex.of(GRAPH).candidates


def test_short_names_are_passed_over():
    assert "X" not in AliasIndex.of(GRAPH).candidates
    assert "X" in AliasIndex.of(GRAPH, min_chars=1).candidates


def test_the_longest_name_of_each_first_word_is_known():
    assert AliasIndex.of(GRAPH).max_words["Paris"] == 3


def test_linked_text_moves_the_priors_and_unknown_or_wordless_links_do_not():
    text = "Paris   "
    links = (Link(0, 5, "Q830"), Link(0, 5, "Q999"), Link(0, 5, NIL), Link(5, 7, "Q90"))

    found = priors(AliasIndex.with_anchors(GRAPH, [Document("d", text, links)]), "Paris")

    assert found["Q830"] > found["Q90"]
    assert set(found) == {"Q90", "Q830"}
