"""Web pages as files: the main text of every page, as trafilatura finds it (Barbaresi, 2021).

    html:FOLDER?max_bytes=1000000

The extra `kgpt[web]` brings trafilatura. Nothing is fetched, and no script of a page is run.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kgpt.errors import DataError
from kgpt.io import read_bytes
from kgpt.records import Document, Dropped, Metadata
from kgpt.sources.documents import files_below

HTML_SUFFIXES = (".html", ".htm", ".xhtml")


@dataclass(frozen=True, slots=True)
class MainText:
    """What a page says of itself; empty where it says nothing."""

    text: str = ""
    date: str = ""
    title: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class WebPages:
    """An HTML file, or all below a folder.

    Args:
        path: the file or folder.
        max_bytes: a larger page is left out.
        source: what the documents' source is called.
    """

    path: Path
    max_bytes: int = 8 * 2**20
    source: str = "web"

    def files(self) -> Sequence[Path]:
        """The pages, in the order of their paths."""
        return files_below(self.path, HTML_SUFFIXES)

    def read(self) -> Iterator[Document | Dropped]:
        """The pages' texts, called by their paths below the folder, and the pages that give none.

        Raises:
            DataError: no such file, a torn one, or trafilatura is not installed.
        """
        for path in self.files():
            name = path.relative_to(self.path).as_posix() if path != self.path else path.name
            content = read_bytes(path)
            if len(content) > self.max_bytes:
                yield Dropped(name, "page_too_large")
                continue
            page = main_text(content, "", place=path)
            if not page.text:
                yield Dropped(name, "no_text_in_page")
                continue
            extra = {"title": page.title} if page.title else {}
            metadata = Metadata(self.source, timestamp=page.date, url=page.url, extra=extra)
            yield Document(name, page.text, metadata=metadata)


def main_text(content: bytes, url: str, *, place: Path) -> MainText:
    """What trafilatura finds in a page; `place` leads the error message.

    Raises:
        DataError: trafilatura is not installed.
    """
    try:
        import trafilatura
    except ImportError as error:
        raise DataError(f"{place}: web pages need trafilatura: install kgpt[web]") from error
    found: Any = trafilatura.bare_extraction(content, url=url or None, with_metadata=True, include_comments=False)
    if found is None:
        return MainText()
    return MainText(found.text or "", found.date or "", found.title or "", found.url or "")
