from collections import Counter

from kgpt.corpus import Curation
from kgpt.corpus.c4 import C4
from kgpt.corpus.dropping import DroppedDocument
from kgpt.corpus.duplicates import ExactDuplicates
from kgpt.corpus.length import LengthFilter
from kgpt.corpus.normalize import Normalize
from kgpt.corpus.slices import SLICES, slice_of
from kgpt.records import Document, Dropped, Metadata


def test_every_document_is_counted_once_as_kept_or_by_reason():
    curation = Curation([Normalize(), LengthFilter(min_words=2), ExactDuplicates()])
    source = [
        Document("a", "one  two"),
        Document("b", "One two"),
        Document("c", "one"),
        Document("d", " "),
        Document("a", "three four"),
        Dropped("e", "not_utf8"),
    ]

    (kept,) = curation.documents(source)
    assert (kept.id, kept.text) == ("a", "one two")
    assert (curation.num_in, curation.num_out) == (6, 1)
    assert curation.dropped == {
        "exact_duplicate": 1,
        "too_short": 1,
        "empty": 1,
        "repeated_id": 1,
        "not_utf8": 1,
    }


def test_a_document_that_an_early_step_drops_is_not_seen_by_a_later_one():
    curation = Curation([LengthFilter(min_words=2), ExactDuplicates()])

    kept = list(curation.documents([Document("a", "one"), Document("b", "one"), Document("c", "one two")]))

    assert [document.id for document in kept] == ["c"]
    assert curation.dropped == {"too_short": 2}


def test_slices_count_documents_by_provenance():
    documents = [Document("a", "x", metadata=Metadata(source="web", language="en")), Document("b", "x")]

    slices = {field: Counter(slice_of(one.metadata, field) for one in documents) for field in SLICES}

    assert slices["source"] == {"web": 1, "unknown": 1}
    assert slices["license"] == {"unknown": 2}
    assert slices["language"] == {"en": 1, "unknown": 1}


def test_who_keeps_a_list_is_told_of_every_document_that_goes():
    told = []
    curation = Curation([LengthFilter(min_words=2), ExactDuplicates()], told.append)
    source = [
        Document("a", "one two"),
        Document("b", "One Two", metadata=Metadata(source="web")),
        Document("c", "x" * 300),
        Document("a", "three four"),
        Dropped("e", "not_utf8"),
    ]

    kept = list(curation.documents(source))

    assert len(kept) + len(told) == len(source) == curation.num_in
    of_b = {"reason": "exact_duplicate", "step": "exact_duplicates", "source": "web", "text": "One Two"}
    assert sorted(told, key=lambda one: one.id) == [
        DroppedDocument(id="a", reason="repeated_id", step="ids", text="three four"),
        DroppedDocument(id="b", duplicate_of="a", **of_b),
        DroppedDocument(id="c", reason="too_short", step="length", text="x" * 200),
        DroppedDocument(id="e", reason="not_utf8", step="reading"),
    ]


def test_changes_in_the_documents_that_stay_are_counted():
    curation = Curation([C4(min_sentences=1)])

    list(curation.documents([Document("a", "No end mark\nIt is an end. "), Document("b", "No\nend")]))

    assert curation.changed == {"c4:no_end_mark": 1}
