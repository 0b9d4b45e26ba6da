import pytest

from kgpt.corpus.sample import Sample
from kgpt.records import Document, Dropped, Metadata


def test_about_its_share_stays_whatever_the_order():
    documents = [Document(f"d{number}", "text") for number in range(2_000)]
    keep = Sample(frac=0.25).begin()

    kept = {one.id for one in map(keep, documents) if isinstance(one, Document)}
    again = {one.id for one in map(Sample(frac=0.25).begin(), reversed(documents)) if isinstance(one, Document)}

    assert kept == again
    assert len(kept) / 2_000 == pytest.approx(0.25, abs=0.04)
    assert kept != {one.id for one in map(Sample(frac=0.25, seed=1).begin(), documents) if isinstance(one, Document)}


def test_what_goes_is_told():
    assert Sample(frac=1e-9).begin()(Document("d", "text")) == Dropped("d", "not_in_sample")


def test_documents_of_other_sources_stay():
    keep = Sample(frac=1e-9, sources=("web",)).begin()

    assert isinstance(keep(Document("d", "text", metadata=Metadata(source="book"))), Document)
    assert isinstance(keep(Document("d", "text", metadata=Metadata(source="web"))), Dropped)
