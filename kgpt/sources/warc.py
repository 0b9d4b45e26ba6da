"""Web archives (ISO 28500, WARC) as documents: the main text of every page, as trafilatura finds it (Barbaresi, 2021).

    warc:FOLDER?max_bytes=1000000

A page that answered with 200 and HTML is read; so is the plain text of a WET file. The extra `kgpt[web]` brings warcio
and trafilatura. Records are streamed; a page is decompressed no further than `max_bytes`, and only from gzip and
deflate, which give at most a thousand bytes for one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kgpt.errors import DataError
from kgpt.io import TORN_ERRORS, open_bytes
from kgpt.records import Document, Dropped, Metadata
from kgpt.sources.documents import files_below
from kgpt.sources.web_page import MainText, main_text

_ENCODINGS = frozenset({"", "identity", "gzip", "x-gzip", "deflate"})
_PAGES = frozenset({"response", "resource", "conversion"})
_HTML = ("text/html", "application/xhtml+xml")
_CHUNK_BYTES = 2**16
_UNREADABLE = (AttributeError, LookupError, TypeError, ValueError)
"""What warcio and the parsers below it raise for headers and pages that break their rules."""


@dataclass(frozen=True, slots=True)
class WebArchive:
    """A WARC or WET file, or all below a folder.

    Args:
        path: the file or folder.
        max_bytes: a larger page, decompressed, is left out.
        source: what the documents' source is called.
    """

    path: Path
    max_bytes: int = 8 * 2**20
    source: str = "web"

    def files(self) -> Sequence[Path]:
        """The archives, in the order of their paths."""
        return files_below(self.path, {".warc", ".wet"})

    def read(self) -> Iterator[Document | Dropped]:
        """The pages' texts, called by their records' ids, and the records that give none.

        Raises:
            DataError: a torn file, one that is no archive, or warcio and trafilatura are not installed.
        """
        for path in self.files():
            yield from self._records(path)

    def _records(self, path: Path) -> Iterator[Document | Dropped]:
        try:
            from warcio.archiveiterator import ArchiveIterator
            from warcio.exceptions import ArchiveLoadFailed
        except ImportError as error:
            raise DataError(f"{path}: web archives need warcio and trafilatura: install kgpt[web]") from error
        number = 0
        try:
            with open_bytes(path) as file:
                for number, record in enumerate(ArchiveIterator(file), start=1):
                    yield self._document(record, f"{path.name}-{number}")
        except (ArchiveLoadFailed, *TORN_ERRORS, *_UNREADABLE) as error:
            raise DataError(f"{path}: torn or no web archive, after record {number}: {error}") from error

    def _document(self, record: Any, default_id: str) -> Document | Dropped:
        told = record.rec_headers.get_header
        identifier = (told("WARC-Record-ID") or default_id).strip("<>").removeprefix("urn:uuid:")
        if record.rec_type not in _PAGES:
            return Dropped(identifier, "not_a_page", is_part=True)
        if reason := _refusal(record):
            return Dropped(identifier, reason)
        content = _content(record, self.max_bytes)
        if content is None:
            return Dropped(identifier, "page_too_large")
        url, crawled = told("WARC-Target-URI") or "", told("WARC-Date") or ""
        is_plain = record.rec_type == "conversion"
        page = _plain(content) if is_plain else main_text(content, url, place=self.path)
        if not page.text:
            return Dropped(identifier, "no_text_in_page")
        extra = {name: value for name, value in (("title", page.title), ("crawled", crawled)) if value}
        metadata = Metadata(self.source, timestamp=page.date or crawled, url=url, extra=extra)
        return Document(identifier, page.text, metadata=metadata)


def _refusal(record: Any) -> str | None:
    """Why a page is not read, told by its headers; None where it is."""
    if (headers := record.http_headers) is None:
        return None if record.rec_type == "conversion" else "not_html"
    if headers.get_statuscode() not in ("", "200"):
        return "http_status"
    if not (headers.get_header("Content-Type") or "").lower().startswith(_HTML):
        return "not_html"
    encoding = (headers.get_header("Content-Encoding") or "").strip().lower()
    return None if encoding in _ENCODINGS else "unknown_encoding"


def _content(record: Any, max_bytes: int) -> bytes | None:
    """The page, decompressed, or None where it is larger than `max_bytes`."""
    stream, pieces, num_bytes = record.content_stream(), [], 0
    while chunk := stream.read(_CHUNK_BYTES):
        pieces.append(chunk)
        if (num_bytes := num_bytes + len(chunk)) > max_bytes:
            return None
    return b"".join(pieces)


def _plain(content: bytes) -> MainText:
    return MainText(content.decode("utf-8", errors="ignore").strip())
