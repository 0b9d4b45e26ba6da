"""A Wikipedia (any MediaWiki) from its XML export: the text of its articles, their links as links to entities.

    wikipedia:enwiki-latest-pages-articles.xml.bz2?titles=titles.tsv.gz&min_chars=200

Links lead to titles; `titles`, a file of `title<TAB>entity` lines, says which entity each is about. The export's
redirects are followed: a first pass gathers them. A link whose title the file does not hold is left out and counted;
without the file no document has links. A document's metadata hold its title and, where known, its own `entity`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from urllib.parse import quote

from kgpt.errors import DataError
from kgpt.records import Document, Dropped, Link, Metadata
from kgpt.sources.mediawiki import Page, read_pages
from kgpt.sources.title_map import TitleMap, build_title_map, read_titles
from kgpt.sources.wiki import Wiki
from kgpt.sources.wikitext import plain_text

_EXPORT = re.compile(r"\.xml(-p\d+p\d+)?(\.(gz|bz2|xz|zst))?$")
_DIGITS = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True)
class WikipediaDump:
    """An XML export of a wiki.

    Args:
        path: the export, plain or compressed, or a folder of its parts.
        titles: a file of `title<TAB>entity` lines.
        min_chars: shorter articles are left out.
    """

    path: Path
    titles: str = ""
    min_chars: int = 1

    def files(self) -> Sequence[Path]:
        """The export's files, and that of the titles."""
        return [*export_files(self.path), *([Path(self.titles).expanduser()] if self.titles else [])]

    def read(self) -> Iterator[Document | Dropped]:
        """Its articles, and what is left out: pages that are none, links to no entity.

        Raises:
            DataError: the export is torn, malformed or has a DOCTYPE; a malformed line of titles.
        """
        reader = PageReader(self.title_map(), self.min_chars)
        for path in export_files(self.path):
            for wiki, page in read_pages(path):
                yield from reader.read(page, wiki)

    def title_map(self) -> TitleMap | None:
        """The entities of titles, with the export's redirects; None without `titles`."""
        if not self.titles:
            return None
        pairs = read_titles(Path(self.titles).expanduser())
        exports = export_files(self.path)
        pages = chain.from_iterable(read_pages(path, with_text=False) for path in exports)
        redirects = ((page.title, wiki.title(page.redirect)) for wiki, page in pages if page.redirect)
        return build_title_map(pairs, redirects)


def export_files(path: Path) -> list[Path]:
    """The exports at `path`: itself, or the parts of a folder in the order of their numbers."""
    if not path.is_dir():
        return [path]
    parts = (one for one in path.iterdir() if one.is_file() and is_export(one))
    return sorted(parts, key=lambda one: [int(run) if run.isdigit() else run for run in _DIGITS.split(one.name)])


def is_export(path: Path) -> bool:
    """Whether a file's name is that of an export or of a part of one (`enwiki.xml-p1p41242.bz2`)."""
    return _EXPORT.search(path.name) is not None


@dataclass(frozen=True, slots=True)
class PageReader:
    """Makes a document of a page; holds no file, so that it can be sent to a worker process."""

    titles: TitleMap | None = None
    min_chars: int = 1

    def read(self, page: Page, wiki: Wiki) -> list[Document | Dropped]:
        """The page's document with the links that were left out of it, or why there is none."""
        identifier = f"{wiki.name}-{page.id}" if wiki.name else page.id
        reason = _reason(page)
        if reason:
            return [Dropped(identifier, reason)]
        try:
            text, anchors = plain_text(page.wikitext, wiki)
        except DataError:
            return [Dropped(identifier, "unparsable_wikitext")]
        if len(text) < self.min_chars:
            return [Dropped(identifier, "too_short" if text else "empty_page")]
        links, unknown = list[Link](), list[Dropped]()
        for anchor in anchors if self.titles else ():
            entity = self.titles.entity(anchor.title) if self.titles else None
            if entity is None:
                unknown.append(Dropped(f"{identifier}#{anchor.title}", "link_without_entity", is_part=True))
            else:
                links.append(Link(anchor.start, anchor.end, entity))
        return [Document(identifier, text, tuple(sorted(links)), self._metadata(page, wiki)), *unknown]

    def _metadata(self, page: Page, wiki: Wiki) -> Metadata:
        entity = self.titles.entity(page.title) if self.titles else None
        return Metadata(
            source=wiki.name or wiki.site,
            license="CC BY-SA 4.0" if wiki.site == "Wikipedia" else "",
            timestamp=page.timestamp,
            language=wiki.language,
            url=_address(page, wiki),
            extra={"title": page.title} | ({"entity": entity} if entity else {}),
        )


def _reason(page: Page) -> str:
    """Why a page is no article; empty for one that is."""
    if page.namespace != 0:
        return "not_an_article"
    if page.redirect:
        return "redirect"
    if page.model != "wikitext":
        return "not_wikitext"
    return "" if page.wikitext.strip() else "empty_page"


def _address(page: Page, wiki: Wiki) -> str:
    """Where the page is to be read: beside the wiki's main page."""
    folder, slash, _ = wiki.base.rpartition("/")
    return f"{folder}{slash}{quote(page.title.replace(' ', '_'), safe='/:,()')}" if slash else ""
