from dataclasses import replace

from kgpt.pipeline.slices import Slice, count_slices, read_slices, write_slices
from kgpt.records import Metadata


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
