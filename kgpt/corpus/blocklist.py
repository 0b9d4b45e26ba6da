"""Documents with words, phrases or sites that a list of the user's forbids."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field

from kgpt.corpus.base import SourceStep, Verdict, corpus_steps
from kgpt.errors import DataError
from kgpt.io import read_lines
from kgpt.records import Document, Dropped
from kgpt.text import nfc, words

BOILERPLATE = (
    "lorem ipsum dolor",
    "this site uses cookies",
    "this website uses cookies",
    "we use cookies to",
    "please enable javascript",
    "404 not found",
)
"""The phrases of ours: what fills a page on which nothing is said."""
_COMMENT = "#"
Phrases = Mapping[str, Sequence[tuple[str, ...]]]
"""Phrases as words, by their first."""


@corpus_steps.register("blocklist")
@dataclass(frozen=True, kw_only=True, slots=True)
class Blocklist(SourceStep):
    """Drop documents that hold phrases, or come from sites, of the user's lists (as C4 does with a list of its own).

    A list is a file with an entry a line; `#` begins a comment. Phrases are compared word by word, whatever their case.
    An entry of `sites` is a host, which stands for those below it, or a host and the beginning of a path.

    Args:
        words: lists of words and phrases, by name; a document goes as `blocklist:NAME`.
        sites: lists of sites, by name; likewise.
        min_words: so many words and phrases of a list must stand in a document.
        boilerplate: whether the few phrases of our own count, as a list called `boilerplate`.
    """

    words: Mapping[str, str] = field(default_factory=dict)
    sites: Mapping[str, str] = field(default_factory=dict)
    min_words: Annotated[int, Field(ge=1)] = 1
    boilerplate: bool = True

    def __post_init__(self) -> None:
        if self.boilerplate and "boilerplate" in {*self.words, *self.sites}:
            raise ValueError("`boilerplate` is the list of our own phrases; give yours another name")

    def files(self) -> Sequence[Path]:
        """The lists."""
        return [Path(path) for path in (*self.words.values(), *self.sites.values())]

    def rules(self) -> Sequence[str]:
        """The user's lists."""
        return (*self.words, *self.sites)

    def fresh(self) -> Verdict:
        """The step, with its lists read.

        Raises:
            DataError: no such list, or an empty one.
        """
        sites = {name: frozenset(map(_address, _entries(Path(path)))) for name, path in self.sites.items()}
        phrases = {name: _phrases(_entries(Path(path))) for name, path in self.words.items()}
        if self.boilerplate:
            phrases["boilerplate"] = _phrases(BOILERPLATE)
        return self._verdict(sites, phrases)

    def _verdict(self, sites: Mapping[str, frozenset[str]], phrases: Mapping[str, Phrases]) -> Verdict:
        def apply(document: Document) -> Document | Dropped:
            name = _first_site(document.metadata.url, sites)
            if not name and phrases:
                told = [*map(str.casefold, words(nfc(document.text)))]
                name = next((one for one, list_ in phrases.items() if _holds(told, list_, self.min_words)), "")
            return Dropped(document.id, f"blocklist:{name}") if name else document

        return apply


def _entries(path: Path) -> list[str]:
    lines = (line.split(_COMMENT)[0].strip() for _, line in read_lines(path))
    if not (entries := [line for line in lines if line]):
        raise DataError(f"{path}: no entry; a list has a word, a phrase or a site a line")
    return entries


def _phrases(entries: Sequence[str]) -> Phrases:
    by_first: dict[str, list[tuple[str, ...]]] = {}
    for entry in entries:
        phrase = tuple(words(nfc(entry).casefold()))
        by_first.setdefault(phrase[0], []).append(phrase)
    return by_first


def _holds(told: Sequence[str], phrases: Phrases, min_words: int) -> bool:
    """Whether so many of `phrases` stand in the words `told`, one that stands twice counted twice."""
    found = 0
    for place in (place for place, word in enumerate(told) if word in phrases):
        found += any(tuple(told[place : place + len(one)]) == one for one in phrases[told[place]])
        if found >= min_words:
            return True
    return False


def _first_site(url: str, sites: Mapping[str, frozenset[str]]) -> str:
    """The name of the first list that forbids `url`, or ''."""
    if not url or not sites:
        return ""
    addresses = set(_wider(_address(url)))
    return next((name for name, forbidden in sites.items() if not addresses.isdisjoint(forbidden)), "")


def _address(url: str) -> str:
    """Host and path of an URL, as lists write them: no scheme, no `www.`, no port, no slash at the end."""
    try:
        parts = urlsplit(url if "//" in url else f"//{url}")
        host = (parts.hostname or "").removeprefix("www.").rstrip(".")
    except ValueError:
        return ""
    return f"{host}{parts.path}".rstrip("/")


def _wider(address: str) -> Iterator[str]:
    """`address`, the folders it lies in, its host, and the domains that this is part of."""
    host, *folders = address.split("/")
    for depth in range(len(folders), 0, -1):
        yield "/".join([host, *folders[:depth]])
    labels = host.split(".")
    yield from (".".join(labels[start:]) for start in range(len(labels)))
