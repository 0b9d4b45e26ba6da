import gzip
import zlib
from collections import Counter
from io import BytesIO

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from kgpt.errors import DataError
from kgpt.records import Document, Dropped
from kgpt.sources import open_documents

pytestmark = [  # warcio's writer, which only the tests use, leaves its files to the collector
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
SENTENCES = "Berlin is the capital of Germany and its largest city. It lies on the river Spree, in the east. " * 5
PAGE = f"""<html><head><title>Berlin</title><meta name="date" content="2020-02-03"></head><body>
<nav><a href="/">Home</a> <a href="/news">News</a></nav><article><h1>Berlin</h1><p>{SENTENCES}</p></article>
<footer>Imprint</footer></body></html>""".encode()


@pytest.fixture
def archive(tmp_path):
    """Writes pages, each its content with its headers, to an archive."""

    def write(*pages, name="a.warc.gz"):
        file = BytesIO()
        writer = WARCWriter(file, gzip=name.endswith(".gz"))
        writer.write_record(writer.create_warcinfo_record("a.warc", {"software": "test"}))
        for number, (content, status, kind, encoding) in enumerate(pages):
            headers = [("Content-Type", kind), *([("Content-Encoding", encoding)] if encoding else [])]
            http = StatusAndHeaders(status, headers, protocol="HTTP/1.1")
            told = {"WARC-Record-ID": f"<urn:uuid:{number}>", "WARC-Date": "2021-01-01T00:00:00Z"}
            record = writer.create_warc_record(
                f"http://example.org/{number}",
                "response",
                payload=BytesIO(content),
                http_headers=http,
                warc_headers_dict=told,
            )
            writer.write_record(record)
        (tmp_path / name).write_bytes(file.getvalue())
        return tmp_path / name

    return write


@pytest.mark.parametrize("name", ["a.warc.gz", "a.warc"])
def test_a_page_gives_its_main_text_with_its_date_url_and_title(archive, name):
    info, page = open_documents(str(archive((PAGE, "200 OK", "text/html", ""), name=name))).read()

    assert info.is_part and info.reason == "not_a_page"
    assert isinstance(page, Document) and page.id == "0"
    assert SENTENCES.strip() in page.text and "Imprint" not in page.text
    assert (page.metadata.source, page.metadata.timestamp) == ("web", "2020-02-03")
    assert page.metadata.url == "http://example.org/0"
    assert page.metadata.extra == {"title": "Berlin", "crawled": "2021-01-01T00:00:00Z"}


def test_compressed_pages_are_read_and_others_left_out_by_reason(archive):
    path = archive(
        (gzip.compress(PAGE), "200 OK", "text/html; charset=utf-8", "gzip"),
        (zlib.compress(PAGE), "200 OK", "text/html", "deflate"),
        (PAGE, "404 Not Found", "text/html", ""),
        (b"%PDF", "200 OK", "application/pdf", ""),
        (PAGE, "200 OK", "text/html", "br"),
        (b"", "200 OK", "text/html", ""),
    )

    found = [one for one in open_documents(str(path)).read() if not (isinstance(one, Dropped) and one.is_part)]

    assert [isinstance(one, Document) or one.reason for one in found] == [
        True,
        True,
        "http_status",
        "not_html",
        "unknown_encoding",
        "no_text_in_page",
    ]


def test_a_small_page_that_unfolds_beyond_measure_is_left_out(archive):
    bomb = gzip.compress(b"<p>" + b"a" * 50_000_000)

    _, found = open_documents(str(archive((bomb, "200 OK", "text/html", "gzip")))).read()

    assert found == Dropped("0", "page_too_large")


def test_what_is_no_archive_is_refused(tmp_path):
    (tmp_path / "a.warc").write_text("no archive at all\n")

    with pytest.raises(DataError, match=r"a.warc: torn or no web archive, after record 0"):
        list(open_documents(str(tmp_path / "a.warc")).read())


@pytest.mark.real
def test_a_crawl_is_read(shared_data):
    found = list(open_documents(str(shared_data / "curation" / "dolma-sample-0000.warc.gz")).read())

    documents = [one for one in found if isinstance(one, Document)]
    print(len(documents), Counter(one.reason for one in found if isinstance(one, Dropped)))
    assert documents
    assert all(one.metadata.url and one.text for one in documents)
