import tracemalloc

import numpy as np
import pytest

from kgpt.corpus import Curation
from kgpt.corpus.line_duplicates import LineDuplicates
from kgpt.records import Document, Link

FOOTER = "All rights are reserved"


def curated(texts, **settings):
    """Texts by the numbers of the documents that stay, and the reasons of the others."""
    told = []
    step = LineDuplicates(**settings)
    documents = [one if isinstance(one, Document) else Document(str(n), one) for n, one in enumerate(texts)]
    kept = list(Curation([step], told.append).documents(documents))
    return {one.id: one for one in kept}, {one.id: one.reason for one in told}


def test_lines_in_too_many_documents_are_cut_from_all_but_the_first():
    kept, dropped = curated([f"Page {number}\n{FOOTER}\nIts end" for number in range(4)], max_documents=3)

    assert kept["0"].text == f"Page 0\n{FOOTER}\nIts end"
    assert [kept[one].text for one in "123"] == [f"Page {one}\nIts end" for one in "123"]
    assert kept["1"].metadata.extra["changes"] == {"line_duplicates:line": 1}
    assert not dropped


@pytest.mark.parametrize(("max_documents", "is_cut"), [(1, True), (2, False)])
def test_so_many_documents_may_have_a_line(max_documents, is_cut):
    kept, _ = curated([f"One\n{FOOTER}", f"Two\n{FOOTER}"], max_documents=max_documents)

    assert (FOOTER not in kept["1"].text) is is_cut


def test_a_line_twice_in_one_document_is_one():
    kept, _ = curated([f"{FOOTER}\n{FOOTER}", f"Two\n{FOOTER}"], max_documents=2)

    assert FOOTER in kept["1"].text


def test_no_document_need_keep_it():
    kept, dropped = curated([f"One\n{FOOTER}", FOOTER.upper()], max_documents=1, keep_first=False)

    assert kept["0"].text == "One\n"
    assert dropped == {"1": "line_duplicates:empty"}


def test_short_lines_stay():
    kept, _ = curated(["See also\nOne", "See also\nTwo"], max_documents=1)

    assert kept["1"].text == "See also\nTwo"


def test_links_follow_and_those_in_a_line_that_goes_are_counted():
    text = f"{FOOTER}\nBerlin is here"
    links = (Link(0, 3, "Q1"), Link(24, 30, "Q64"))

    kept, _ = curated([f"One\n{FOOTER}", Document("b", text, links)], max_documents=1)

    (link,) = kept["b"].links
    assert (kept["b"].surface(link), link.entity) == ("Berlin", "Q64")
    assert kept["b"].metadata.extra["changes"] == {"line_duplicates:line": 1, "line_duplicates:link": 1}


def test_paragraphs_are_compared_whole():
    paragraph = "The first line of it\nand the second line"
    texts = [f"{paragraph}\n\nOne", f"Two\n \n{paragraph}\n\n\nEnd", "The first line of it\nand another end"]

    kept, _ = curated(texts, unit="paragraph", max_documents=1)

    assert kept["1"].text == "Two\n \nEnd"
    assert kept["2"].text == texts[2]


def test_a_document_costs_what_it_holds_however_many_lines_are_repeated():
    lines = np.sort(np.random.default_rng(0).integers(0, 2**63, 10**6).astype(np.uint64))
    decision = {"lines": lines, "owners": np.zeros(len(lines), np.int64)}
    rule = LineDuplicates().rule(decision)

    tracemalloc.start()
    rule(Document("a", f"One page of it\n{FOOTER}"), 0)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 100_000
