"""MediaWiki's XML exports as a stream of pages, one page in memory at a time.

In: an export of any version (`<mediawiki>`), plain or compressed. Out: what it says of its wiki, then its pages, each
with its last revision. Expat reads it without a tree. A DOCTYPE is refused: exports have none, and entity
declarations can blow up memory.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from xml.parsers import expat

from kgpt.errors import DataError
from kgpt.io import TORN_ERRORS, open_bytes
from kgpt.sources.wiki import Wiki

_CHUNK_BYTES = 2**18
_MAX_PAGE_CHARS = 2**26
"""MediaWiki's own limit is 2 MiB a page."""
_GATHERED = frozenset({"title", "ns", "id", "text", "timestamp", "model", "sitename", "dbname", "base", "namespace"})


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a wiki.

    Args:
        id: its number.
        title: its title.
        namespace: number of its namespace; 0 is articles.
        redirect: title of the page it leads to; empty for a page of its own.
        wikitext: its last revision.
        timestamp: of that revision.
        model: what the revision is written in, `wikitext`.
    """

    id: str
    title: str
    namespace: int = 0
    redirect: str = ""
    wikitext: str = ""
    timestamp: str = ""
    model: str = "wikitext"


def read_pages(path: Path, *, with_text: bool = True) -> Iterator[tuple[Wiki, Page]]:
    """The pages of an export, each with its wiki.

    Args:
        path: the export.
        with_text: whether the pages' text is wanted; redirects and titles alone take a third of the time.

    Raises:
        DataError: torn, malformed, not UTF-8, with a DOCTYPE, or no export of MediaWiki.
    """
    export = _Export(path, with_text)
    parser = export.parser()
    try:
        with open_bytes(path) as file:
            while chunk := file.read(_CHUNK_BYTES):
                parser.Parse(chunk, False)
                yield from export.ready()
            parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise DataError(f"{path}:{error.lineno}: not XML, or torn: {expat.ErrorString(error.code)}") from error
    except TORN_ERRORS as error:
        raise DataError(f"{path}: torn or not what its suffix says: {error}") from error
    yield from export.ready()


@dataclass(slots=True)
class _Export:
    """What expat tells of an export, gathered into pages."""

    path: Path
    with_text: bool
    wiki: Wiki = field(default_factory=Wiki)
    pages: list[Page] = field(default_factory=list)
    parents: list[str] = field(default_factory=list)
    told: dict[str, str] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)
    gathering: bool = False
    num_chars: int = 0
    key: str = ""
    expat: Any = None

    def parser(self) -> Any:
        self.expat = parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._refuse
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._words
        return parser

    def ready(self) -> Iterator[tuple[Wiki, Page]]:
        pages, self.pages = self.pages, []
        return ((self.wiki, page) for page in pages)

    def _place(self) -> str:
        return f"{self.path}:{self.expat.CurrentLineNumber}"

    def _refuse(self, name: str, *_: object) -> None:
        raise DataError(
            f"{self._place()}: XML with a DOCTYPE ({name}) is refused (entity bombs); remove the declaration"
        )

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if not self.parents and name != "mediawiki":
            raise DataError(f"{self._place()}: expected an export of MediaWiki (<mediawiki>), found <{name}>")
        self.parents.append(name)
        self.gathering = name in _GATHERED and (self.with_text or name != "text")
        self.words.clear()
        if name == "mediawiki":
            self.wiki = replace(self.wiki, language=attributes.get("xml:lang", ""))
        elif name == "page":
            self.told.clear()
            self.num_chars = 0
        elif name == "redirect":
            self.told["redirect"] = attributes.get("title", "")
        elif name == "namespace":
            self.key = attributes.get("key", "0")
            if self.key == "0":
                self.wiki = replace(self.wiki, first_letter=attributes.get("case") != "case-sensitive")

    def _words(self, words: str) -> None:
        if self.gathering:
            self.words.append(words)
            self.num_chars += len(words)
            if self.num_chars > _MAX_PAGE_CHARS:
                raise DataError(f"{self._place()}: a page of more than {_MAX_PAGE_CHARS:,} code points; is it torn?")

    def _end(self, name: str) -> None:
        self.parents.pop()
        parent = self.parents[-1] if self.parents else ""
        words = "".join(self.words) if self.gathering else ""
        self.gathering = False
        if parent == "page" or (parent == "revision" and name != "id"):
            self.told[name] = self.told.get(name, "") if name == "redirect" else words
        elif parent == "siteinfo":
            self._tell(name, words)
        elif parent == "namespaces" and words:
            numbers = {**self.wiki.namespaces, words.lower(): self._number(self.key)}
            self.wiki = replace(self.wiki, namespaces=numbers)
        if name == "page":
            self.pages.append(self._page())

    def _tell(self, name: str, words: str) -> None:
        match name:
            case "sitename":
                self.wiki = replace(self.wiki, site=words)
            case "dbname":
                self.wiki = replace(self.wiki, name=words)
            case "base":
                self.wiki = replace(self.wiki, base=words)

    def _page(self) -> Page:
        told = self.told
        return Page(
            id=told.get("id", ""),
            title=told.get("title", ""),
            namespace=self._number(told.get("ns", "0")),
            redirect=told.get("redirect", ""),
            wikitext=told.get("text", ""),
            timestamp=told.get("timestamp", ""),
            model=told.get("model", "wikitext"),
        )

    def _number(self, text: str) -> int:
        try:
            return int(text)
        except ValueError:
            raise DataError(f"{self._place()}: expected the number of a namespace, found {text!r}") from None
