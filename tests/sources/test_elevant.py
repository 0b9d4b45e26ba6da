import json

import pytest

from kgpt.errors import DataError
from kgpt.records import NIL, Link
from kgpt.sources import open_documents


def read(folder, **changes):
    label = {"span": [0, 6], "entity_id": "Q64"}
    value = {"id": 3, "text": "Berlin grows", "labels": [label]} | changes
    path = folder / "gold.jsonl"
    path.write_text(json.dumps({key: item for key, item in value.items() if item is not None}))
    (document,) = open_documents(str(path)).read()
    return document


def test_a_label_is_a_link(tmp_path):
    document = read(tmp_path)

    assert (document.id, document.links) == ("3", (Link(0, 6, "Q64"),))


@pytest.mark.parametrize("identifier", ["Unknown1", "<NIL>"])
def test_what_means_nothing_in_the_graph_is_nil(tmp_path, identifier):
    assert read(tmp_path, labels=[{"span": [0, 6], "entity_id": identifier}]).links == (Link(0, 6, NIL),)


@pytest.mark.parametrize(
    "label",
    [
        {"entity_id": "Q64", "optional": True},
        {"entity_id": "Q64", "parent": 4},
        {"entity_id": "DATETIME"},
        {"entity_id": "<NO_MAPPING>"},
    ],
)
def test_a_label_that_is_not_scored_is_no_link_and_says_where_it_is(tmp_path, label):
    document = read(tmp_path, labels=[{"span": [0, 6]} | label], evaluation_span=[0, 12])

    assert document.links == ()
    assert document.metadata.extra == {"unscored": [[0, 6]]}


def test_only_the_evaluated_part_is_read(tmp_path):
    labels = [{"span": [0, 6], "entity_id": "Q64"}, {"span": [7, 12], "entity_id": "Q1"}]

    document = read(tmp_path, labels=labels, evaluation_span=[7, 12], title="Berlin")

    assert (document.text, document.links) == ("grows", (Link(0, 5, "Q1"),))
    assert document.metadata.extra == {"title": "Berlin"}


def test_repeated_labels_count_once(tmp_path):
    assert len(read(tmp_path, labels=[{"span": [0, 6], "entity_id": "Q64"}] * 2).links) == 1


def test_a_linkers_mentions_are_links(tmp_path):
    mentions = [{"span": [0, 6], "id": "Q64", "linked_by": "x"}, {"span": [7, 12], "id": None}]

    assert read(tmp_path, labels=None, entity_mentions=mentions).links == (Link(0, 6, "Q64"), Link(7, 12, NIL))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"labels": [{"span": [0, 6]}]}, "not an ELEVANT document: KeyError: 'entity_id'"),
        ({"labels": [{"span": [0, 99], "entity_id": "Q64"}], "evaluation_span": [0, 200]}, "lies out of the text"),
        ({"labels": [{"span": [2, 2], "entity_id": "Q64"}]}, "has the empty span [2, 2)"),
        ({"evaluation_span": [1]}, "not an ELEVANT document: ValueError"),
    ],
)
def test_a_malformed_document_is_told_with_its_line(tmp_path, changes, told):
    with pytest.raises(DataError) as caught:
        read(tmp_path, **changes)

    assert str(caught.value).startswith(f"{tmp_path / 'gold.jsonl'}:1: ")
    assert told in str(caught.value)
