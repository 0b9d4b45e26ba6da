import sys

import pytest

from kgpt.errors import DataError
from kgpt.records import Document, Dropped
from kgpt.sources import open_documents

SENTENCES = "Berlin is the capital of Germany and its largest city. It lies on the river Spree, in the east. " * 5
PAGE = f"""<html><head><title>Berlin</title><meta name="date" content="2020-02-03">
<link rel="canonical" href="https://example.org/berlin"></head><body>
<nav><a href="/">Home</a> <a href="/news">News</a></nav><article><h1>Berlin</h1><p>{SENTENCES}</p></article>
<footer>Imprint</footer></body></html>"""


def test_a_page_gives_its_main_text_with_its_date_url_and_title(tmp_path):
    (tmp_path / "a.html").write_text(PAGE)

    (page,) = open_documents(str(tmp_path / "a.html")).read()

    assert isinstance(page, Document) and page.id == "a.html"
    assert SENTENCES.strip() in page.text and "Imprint" not in page.text
    assert (page.metadata.source, page.metadata.timestamp) == ("web", "2020-02-03")
    assert page.metadata.url == "https://example.org/berlin"
    assert page.metadata.extra == {"title": "Berlin"}


def test_a_folder_is_read_by_paths_and_what_gives_nothing_is_told(tmp_path):
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "one.htm").write_text(PAGE)
    (tmp_path / "a.html").write_text("")
    (tmp_path / "c.xhtml").write_text(PAGE + " " * 3000)
    (tmp_path / "d.txt").write_text("no page")

    told = list(open_documents(f"html:{tmp_path}?max_bytes=3000&source=site").read())

    assert told[0] == Dropped("a.html", "no_text_in_page")
    assert told[1].id == "b/one.htm" and told[1].metadata.source == "site"
    assert told[2:] == [Dropped("c.xhtml", "page_too_large")]


def test_without_trafilatura_the_extra_is_named(tmp_path, monkeypatch):
    (tmp_path / "a.html").write_text(PAGE)
    monkeypatch.setitem(sys.modules, "trafilatura", None)

    with pytest.raises(DataError, match=r"a\.html: web pages need trafilatura: install kgpt\[web\]"):
        list(open_documents(str(tmp_path / "a.html")).read())
