import json

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kgpt.errors import StoreError
from kgpt.kg import build_graph
from kgpt.kg.heap import TextHeap
from kgpt.linking.alias_index import ALIAS, ANCHOR, LABEL, PARTIAL, AliasIndex, tokenize_all
from kgpt.linking.tokenizing import tokenize
from kgpt.records import NIL, Document, EntityRecord, Link, Triple

GRAPH, _ = build_graph(
    [
        *(Triple("Q90", "P1", f"Q{n}") for n in range(1, 9)),
        Triple("Q830", "P1", "Q1"),
        EntityRecord("Q90", "Paris", ("City of Light", "paris")),
        EntityRecord("Q830", "Paris, Texas", ("Paris",)),
        EntityRecord("Q5", "Scarlett O’Hara"),
        EntityRecord("Q6", "X"),
        EntityRecord("Q7", "  "),
        EntityRecord("Q8", "Café Zoë"),
    ]
)


def candidates(index, name):
    return {GRAPH.entities.ids[one.entity]: one for one in index.candidates(name)}


def test_labels_and_triples_raise_the_prior():
    found = candidates(AliasIndex.of(GRAPH), "Paris")

    city, town = (1 + 0.3) * 9**0.5, 0.3 * 2**0.5
    assert found["Q90"].prior == pytest.approx((1 + 0.3) * 9**0.5 / (city + town), abs=0.01)
    assert list(found) == ["Q90", "Q830"]


def test_articles_in_many_languages_raise_the_prior():
    records = [EntityRecord("Q1", "Rome", num_sitelinks=200), EntityRecord("Q2", "Rome", num_sitelinks=1)]
    graph, _ = build_graph([*records, Triple("Q1", "P1", "Q2")])

    first, second = AliasIndex.of(graph).candidates("Rome")

    assert graph.entities.ids[first.entity] == "Q1"
    assert first.prior > 50 * second.prior


def test_priors_of_every_name_sum_to_one():
    index = AliasIndex.of(GRAPH)

    sums = np.add.reduceat(index.priors, index.indptr[:-1])

    assert sums == pytest.approx(np.ones(len(index)))


def test_a_name_is_found_in_any_case_and_its_own_is_marked():
    assert candidates(AliasIndex.of(GRAPH), "pAris")["Q90"].exact is False
    assert candidates(AliasIndex.of(GRAPH), "paris")["Q90"].exact is True
    assert candidates(AliasIndex.of(GRAPH), "paris")["Q830"].exact is False


def test_without_folding_only_the_written_case_is_found():
    index = AliasIndex.of(GRAPH, fold_case=False)

    assert set(candidates(index, "paris")) == {"Q90"}
    assert not candidates(index, "PARIS")


@pytest.mark.parametrize("name", ["Scarlett O'Hara", "Scarlett  O’Hara", "Cafe\u0301 Zoe\u0308"])
def test_a_name_is_the_same_in_every_typography(name):
    assert len(candidates(AliasIndex.of(GRAPH), name)) == 1


def test_short_names_are_passed_over():
    assert not candidates(AliasIndex.of(GRAPH), "X")
    assert candidates(AliasIndex.of(GRAPH, min_chars=1), "X")


@pytest.mark.parametrize("name", ["", " ", "City", "City of", "of Light", "City of Light x", "\ud800"])
def test_what_is_no_whole_name_has_no_candidates(name):
    assert AliasIndex.of(GRAPH, partial_names=False).candidates(name) == ()


def test_kinds_tell_what_a_name_is_to_an_entity():
    index = AliasIndex.of(GRAPH, anchors=[Document("d", "Paris", (Link(0, 5, "Q830"),))])

    assert candidates(index, "Paris")["Q90"].kinds == LABEL | ALIAS
    assert candidates(index, "Paris")["Q830"].kinds == ALIAS | PARTIAL | ANCHOR
    assert candidates(index, "O'Hara") == {}
    assert candidates(index, "Zoë")["Q8"].kinds == PARTIAL


def test_linked_text_moves_the_priors_and_unknown_or_wordless_links_do_not():
    links = (Link(0, 5, "Q830"), Link(0, 5, "Q999"), Link(0, 5, NIL), Link(5, 7, "Q90"))

    found = candidates(AliasIndex.of(GRAPH, anchors=[Document("d", "Paris   ", links)]), "Paris")

    assert found["Q830"].prior > found["Q90"].prior
    assert set(found) == {"Q90", "Q830"}


def test_an_entity_without_a_label_is_called_by_its_iri():
    graph, _ = build_graph([Triple("http://x.org/Turin", "p", "http://x.org/Genoa")])

    assert [graph.entities.ids[one.entity] for one in AliasIndex.of(graph).candidates("Turin")] == [
        "http://x.org/Turin"
    ]


def test_names_of_a_language_are_asked_for():
    records = [EntityRecord("Q64", "Berlin"), EntityRecord("Q183", "Germany")]
    records.append(EntityRecord("Q183", "Deutschland", ("BRD",), language="de"))
    graph, _ = build_graph([*records, Triple("Q64", "P1", "Q183")], languages=("en", "de"))

    index = AliasIndex.of(graph, language="de")

    assert [len(index.candidates(name)) for name in ("Deutschland", "BRD", "Germany")] == [1, 1, 0]


def test_no_more_candidates_than_asked_for():
    assert len(AliasIndex.of(GRAPH).candidates("Paris", max_candidates=1)) == 1


@settings(deadline=None)
@given(st.lists(st.text(st.sampled_from("abé e\u0301\u0301,가\u11a8"), max_size=5), max_size=6))
def test_strings_have_the_tokens_that_each_has_alone(strings):
    tokens, counts = tokenize_all(TextHeap.of(strings))

    alone = [tokenize(string, fold_case=True).keys.tolist() for string in strings]
    assert tokens.keys.tolist() == [key for keys in alone for key in keys]
    assert counts.tolist() == [len(keys) for keys in alone]


@settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.sampled_from("abc"), min_size=1, max_size=5).map(" ".join), min_size=1, max_size=30))
def test_every_name_is_found_again(index_of, names):
    index = index_of(names)

    found = {name: {one.entity for one in index.candidates(name)} for name in names}

    assert found == {name: {n for n, other in enumerate(names) if other == name} for name in names}


def test_an_index_written_and_opened_gives_the_same(tmp_path):
    index = AliasIndex.of(GRAPH)
    index.write(tmp_path / "index")

    opened = AliasIndex.open(tmp_path / "index")

    assert isinstance(opened.slots, np.memmap)
    for name in ("Paris", "city of light", "Texas", "Nowhere"):
        assert opened.candidates(name) == index.candidates(name)


def _remove_meta(folder):
    (folder / "arrays.json").unlink()


def _other_version(folder):
    (folder / "arrays.json").write_text(json.dumps({"version": 0}))


def _no_json(folder):
    (folder / "arrays.json").write_text("{")


def _cut(folder):
    path = folder / "entities.npy"
    path.write_bytes(path.read_bytes()[:-8])


def _emptied(folder):
    (folder / "priors.npy").write_bytes(b"")


def _lost(folder):
    (folder / "forms.npy").unlink()


def _of_another_index(folder):
    np.save(folder / "kinds.npy", np.zeros(1, np.uint8))


@pytest.mark.parametrize("damage", [_remove_meta, _other_version, _no_json, _cut, _emptied, _lost, _of_another_index])
def test_a_damaged_folder_is_named_with_the_remedy(tmp_path, damage):
    folder = tmp_path / "index"
    AliasIndex.of(GRAPH).write(folder)
    damage(folder)

    with pytest.raises(StoreError, match=r"index: .*write it again"):
        AliasIndex.open(folder)


def test_somebody_elses_folder_is_not_replaced(tmp_path):
    (tmp_path / "mine").write_text("x")

    with pytest.raises(StoreError, match="holds something else"):
        AliasIndex.of(GRAPH).write(tmp_path)
