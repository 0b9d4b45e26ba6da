"""Slices of documents whose metadata another program wrote, under names that kgpt uses, too."""

import pytest

from kgpt.corpus import Curation, corpus_steps
from kgpt.corpus.slices import slice_of
from kgpt.corpus.text_change import changes_of
from kgpt.records import Document, Metadata

STRANGE = [
    {"cluster": {}},
    {"cluster": {"id": "x", "size": 0}},
    {"cluster": {"size": "many"}},
    {"cluster": {"size": 2**200}},
    {"cluster": 7},
    {"quality": float("nan")},
    {"quality": float("inf")},
    {"quality": True},
    {"quality": 4.5},
    {"quality": -1},
    {"quality": "good"},
    {"changes": {"typo": "some"}},
    {"changes": {"typo": None, "pii:email": 2}},
    {"changes": ["typo"]},
    {"steps": 3},
    {"steps": [{"a": 1}]},
]


@pytest.mark.parametrize("extra", STRANGE, ids=str)
def test_metadata_of_strangers_are_no_trouble(extra):
    documents = [Document(one, "Much the same words here.", metadata=Metadata("web", extra=extra)) for one in "ab"]
    curation = Curation([corpus_steps.build("exact_duplicates"), corpus_steps.build("slice_by")])

    kept = list(curation.documents(documents))

    assert [one.id for one in kept] == ["a"]
    assert kept[0].metadata.extra["cluster"]["size"] == 2
    assert {slice_of(one.metadata, "quality") for one in documents} == {"unknown"}
    assert {slice_of(one.metadata, "cluster") for one in documents} == {"1"}
    assert all(isinstance(count, int) for count in changes_of(kept[0]).values())
