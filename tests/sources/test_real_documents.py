"""The readers of documents on real data: every figure of the data's own account is met, or the difference is told."""

from collections import Counter

import pytest

from kgpt.records import NIL, Document, Dropped
from kgpt.sources import open_documents

pytestmark = pytest.mark.real


def _documents(path):
    return (one for one in open_documents(str(path)).read() if isinstance(one, Document))


@pytest.mark.parametrize(
    ("name", "num_documents", "num_links", "num_nil", "num_askew"),
    [
        ("wiki-fair.benchmark.jsonl.gz", 80, 1306, 147, 0),
        ("news-fair.benchmark.jsonl.gz", 40, 418, 90, 0),
        ("kore50.benchmark.jsonl.gz", 50, 143, 0, 0),
        ("msnbc.benchmark.jsonl.gz", 20, 665, 8, 0),
        ("rss-500.benchmark.jsonl.gz", 500, 994, 476, 0),
        ("oke-2016-train.benchmark.jsonl.gz", 196, 1045, 176, 8),
        ("RSS-500_wd.ttl.gz", 500, 1002, 414, 0),
        ("istex_test.ttl.gz", 250, 670, 0, 0),
        ("knowledgenet_fold12.jsonl.gz", 2853, 5758, 2284, 0),
    ],
)
def test_gold_is_read_whole(shared_data, name, num_documents, num_links, num_nil, num_askew):
    documents = list(_documents(shared_data / "el" / name))

    links = [(document, link) for document in documents for link in document.links]
    assert len(documents) == len({document.id for document in documents}) == num_documents
    assert (len(links), sum(link.entity == NIL for _, link in links)) == (num_links, num_nil)
    assert sum(document.surface(link).strip() != document.surface(link) for document, link in links) == num_askew


@pytest.mark.parametrize(
    ("name", "num_documents", "num_links", "num_triples", "dropped"),
    [
        ("trex_sentences.jsonl.gz", 69_984, 153_651, 75_664, {}),
        ("rebel_docs.jsonl.gz", 798, 5_982, 1_794, {"literal_mention": 2_684, "literal_triple": 469}),
        ("fewrel_val.jsonl.gz", 8_989, 18_322, 8_989, {}),
        ("tekgen.jsonl.gz", 7_447, 11_885, 7_011, {"label_not_in_text": 2_573, "literal_triple": 436}),
    ],
)
def test_texts_are_read_whole(shared_data, name, num_documents, num_links, num_triples, dropped):
    records = list(open_documents(str(shared_data / "text" / name)).read())

    documents = [record for record in records if isinstance(record, Document)]
    assert len(documents) == len({document.id for document in documents}) == num_documents
    assert sum(len(document.links) for document in documents) == num_links
    assert sum(len(document.triples) for document in documents) == num_triples
    assert Counter(record.reason for record in records if isinstance(record, Dropped)) == dropped


def test_every_drifted_span_of_rebel_is_repaired(shared_data):
    documents = open_documents(str(shared_data / "text" / "rebel_docs.jsonl.gz")).read()

    repaired = [one.metadata.extra.get("repaired_spans", 0) for one in documents if isinstance(one, Document)]

    assert sum(map(int, map(str, repaired))) == 850


def test_a_dump_of_wikipedia_is_read_with_its_links(shared_data, tmp_path):
    (tmp_path / "titles.tsv").write_text("Anarchism\tQ6199\nPierre-Joseph Proudhon\tQ134649\nAlbedo\tQ101038\n")
    dump = shared_data / "dumps" / "enwiki-shortened.xml.bz2"

    records = list(open_documents(f"wikipedia:{dump}?titles={tmp_path / 'titles.tsv'}").read())

    reasons = Counter(record.reason for record in records if isinstance(record, Dropped))
    documents = [record for record in records if isinstance(record, Document)]
    assert len(documents) == 106
    num_links = sum(len(document.links) for document in documents)
    assert reasons == {"redirect": 99, "not_an_article": 1, "link_without_entity": 22_605 - num_links}
    surfaces = {document.surface(link).lower() for document in documents for link in document.links}
    assert {"anarchism", "pierre-joseph proudhon"} <= surfaces
    assert [one.metadata.extra["entity"] for one in documents if "entity" in one.metadata.extra] == ["Q6199", "Q101038"]
    assert not any(mark in document.text for document in documents for mark in ("[[", "]]", "{{", "}}", "'''", "<ref"))
