from dataclasses import replace

import pytest

from kgpt.corpus import Curation
from kgpt.corpus.slice_by import SliceBy
from kgpt.pipeline.slices import Slice, count_slices, read_slices, write_slices
from kgpt.records import Document, Metadata
from kgpt.sequences import build_passages
from kgpt.sequences.repetition import factors_of_shares


def test_slices_are_counted_by_source_licence_and_language(capital_passages, tmp_path):
    told = [Metadata(source="wiki", license="CC-BY-SA-4.0", language="en")] * 3 + [Metadata(), Metadata()]
    passages = [replace(one, metadata=data) for one, data in zip(capital_passages, told, strict=True)]
    words = [len(one.text.split()) for one in passages]

    found = count_slices(passages)

    assert found == [
        Slice("wiki", "CC-BY-SA-4.0", "en", 3, sum(words[:3])),
        Slice("unknown", "not stated", "not stated", 2, sum(words[3:])),
    ]
    write_slices(tmp_path, found)
    assert read_slices(tmp_path) == found


@pytest.mark.parametrize(
    ("field", "slices"),
    [
        ("source", ("web",)),
        ("license", ("CC0-1.0", "unknown")),
        ("language", ("de", "en")),
        ("year", ("2020", "2021")),
        ("domain", ("a.example", "b.example")),
        ("quality", ("0.0-0.2", "0.8-1.0")),
        ("cluster", ("1", "2-3")),
        ("steps", ("c4 length", "length")),
    ],
)
def test_a_run_mixes_by_any_field_that_slice_by_names(capital_passages, capitals, writing_words, field, slices):
    told = [
        Metadata(
            "web", "CC0-1.0", "2020-01-02", "en", "https://www.a.example/x", {"quality": 1.0, "steps": ["length"]}
        ),
        Metadata("web", "", "2021", "de", "http://b.example:80", {"quality": 0.1, "steps": ["c4", "length"]}),
    ]
    told[1].extra["cluster"] = {"id": "x", "size": 3, "step": "near_duplicates"}
    documents = [Document(str(number), "x", metadata=one) for number, one in enumerate(told)]
    sliced = list(Curation([SliceBy(field=field)]).documents(documents))
    passages = [replace(one, metadata=two.metadata) for one, two in zip(capital_passages, sliced, strict=False)]

    store = build_passages(passages, capitals, writing_words)

    assert store.slices == slices
    assert factors_of_shares(store, dict.fromkeys(slices, 1.0)).keys() == set(slices)
