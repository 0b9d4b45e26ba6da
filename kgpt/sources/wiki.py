"""What a wiki's export says of the wiki, and what its links mean by that."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

# fmt: off
_PROJECTS = frozenset({
    "arxiv", "b", "c", "commons", "d", "doi", "foundation", "incubator", "iarchive", "m", "media", "mediawikiwiki",
    "meta", "metawikipedia", "mw", "n", "phab", "q", "s", "simple", "species", "v", "voy", "w", "wikibooks",
    "wikidata", "wikinews", "wikipedia", "wikiquote", "wikisource", "wikispecies", "wikiversity", "wikivoyage",
    "wikt", "wiktionary",
})
# fmt: on
"""Prefixes of other wikis, besides the codes of languages."""
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z]+)*")
_BLANKS = re.compile(r"\s+")
CANONICAL_NAMESPACES = {
    "media": -2,
    "special": -1,
    "talk": 1,
    "user": 2,
    "user talk": 3,
    "project": 4,
    "wp": 4,
    "project talk": 5,
    "file": 6,
    "image": 6,
    "file talk": 7,
    "mediawiki": 8,
    "template": 10,
    "help": 12,
    "category": 14,
    "category talk": 15,
    "portal": 100,
    "module": 828,
}
"""Names that every MediaWiki knows, whatever its language."""


@dataclass(frozen=True, slots=True)
class Wiki:
    """What a dump says of its wiki.

    Args:
        name: its database, `enwiki`.
        site: its name, `Wikipedia`.
        base: address of its main page.
        language: its language.
        namespaces: number by name in lower case.
        first_letter: whether titles begin with a capital whatever a link says.
    """

    name: str = ""
    site: str = ""
    base: str = ""
    language: str = ""
    namespaces: Mapping[str, int] = field(default_factory=lambda: dict(CANONICAL_NAMESPACES))
    first_letter: bool = True

    def namespace(self, target: str) -> int | None:
        """The namespace of a link's target: 0 is articles, None another wiki."""
        prefix, colon, _ = target.partition(":")
        prefix = _BLANKS.sub(" ", prefix.replace("_", " ")).strip()
        if not colon or not prefix:
            return 0
        number = self.namespaces.get(prefix.lower())
        if number is not None:
            return number
        return None if prefix.lower() in _PROJECTS or _LANGUAGE.fullmatch(prefix) else 0

    def title(self, target: str) -> str:
        """The title that a link's target means: no section, no underscores, a capital first.

        >>> Wiki().title("solar_System#Planets")
        'Solar System'
        """
        page = target.partition("#")[0]
        title = _BLANKS.sub(" ", (unquote(page) if "%" in page else page).replace("_", " ")).strip()
        first = title[:1].upper()
        return first + title[1:] if self.first_letter and len(first) == 1 else title
