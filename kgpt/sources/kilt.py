"""KILT's knowledge source (Petroni et al., 2021): Wikipedia of 2019-08-01, one page a line, its links as anchors.

    {"wikipedia_id", "wikipedia_title", "text": [paragraph, ...], "wikidata_info": {"wikidata_id", ...},
     "anchors": [{"text", "href", "paragraph_id", "start", "end"}]}

An anchor leads to a title; which entity that is about says `titles` (`title<TAB>entity` lines), else the file's own
`wikidata_info`, gathered in a first pass. An anchor that leads to no entity, or does not fit its paragraph, is left out
and counted. The marks of sections and lists (`Section::::`, `BULLET::::-`) are taken off.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from kgpt.io import read_json_lines
from kgpt.records import Document, Dropped, Link, Metadata
from kgpt.sources.malformed import told_as_malformed
from kgpt.sources.span_repair import fits
from kgpt.sources.title_map import TitleMap, build_title_map, read_titles
from kgpt.sources.wiki import Wiki

_MARK = re.compile(r"(?:Section::::|BULLET::::-?\s*|NUMBERED::::\d*\.?\s*|INDENTED::::\s*)+")


@dataclass(frozen=True, slots=True)
class KiltFile:
    """KILT's knowledge source, or a part of it.

    Args:
        path: JSON Lines, plain or compressed.
        titles: a file of `title<TAB>entity` lines; without it the pages say themselves which entities they are about.
        min_chars: shorter pages are left out.
    """

    path: Path
    titles: str = ""
    min_chars: int = 1

    def files(self) -> Sequence[Path]:
        """The file, and that of the titles."""
        return [self.path, *([Path(self.titles).expanduser()] if self.titles else [])]

    def read(self) -> Iterator[Document | Dropped]:
        """Its pages, and the links that are left out of them.

        Raises:
            DataError: a line is malformed.
        """
        pairs = read_titles(Path(self.titles).expanduser()) if self.titles else self._own_titles()
        titles = build_title_map(pairs)
        for number, value in read_json_lines(self.path):
            with told_as_malformed(f"{self.path}:{number}", what="not a page of KILT"):
                yield from self._records(value, titles)

    def _own_titles(self) -> Iterator[tuple[str, str]]:
        for _, value in read_json_lines(self.path):
            entity = _entity(value)
            if entity and isinstance(value.get("wikipedia_title"), str):
                yield value["wikipedia_title"], entity

    def _records(self, value: Mapping[str, Any], titles: TitleMap) -> Iterator[Document | Dropped]:
        identifier, title = f"kilt-{value['wikipedia_id']}", str(value["wikipedia_title"])
        text, offsets = _join(value["text"], title)
        if len(text) < self.min_chars:
            yield Dropped(identifier, "too_short" if text else "empty_page")
            return
        links, left_out = list[Link](), list[Dropped]()
        for anchor in value.get("anchors", ()):
            target = Wiki().title(unquote(anchor["href"]))
            entity, offset = titles.entity(target), offsets[anchor["paragraph_id"]]
            start, end = (-1, -1) if offset is None else (anchor["start"] + offset, anchor["end"] + offset)
            if not fits(text, start, end, anchor["text"]):
                left_out.append(Dropped(f"{identifier}#{target}", "span_without_surface", is_part=True))
            elif entity is None:
                left_out.append(Dropped(f"{identifier}#{target}", "link_without_entity", is_part=True))
            else:
                links.append(Link(start, end, entity))
        extra = {"title": title} | ({"entity": own} if (own := _entity(value) or titles.entity(title)) else {})
        metadata = Metadata("KILT", "CC BY-SA 3.0", language="en", extra=extra)
        yield Document(identifier, text, tuple(sorted(set(links))), metadata)
        yield from left_out


def _entity(value: Mapping[str, Any]) -> str:
    info = value.get("wikidata_info")
    return str(info.get("wikidata_id") or "") if isinstance(info, Mapping) else ""


def _join(paragraphs: Sequence[str], title: str) -> tuple[str, list[int | None]]:
    """The paragraphs as one text, and how far each has moved; None for one that is left out (the title)."""
    pieces, offsets, length = list[str](), list[int | None](), 0
    for number, paragraph in enumerate(paragraphs):
        mark = _MARK.match(paragraph)
        start = mark.end() if mark else 0
        words = paragraph[start:].rstrip()
        if not words or (number == 0 and words == title):
            offsets.append(None)
            continue
        offsets.append(length - start)
        pieces.append(words)
        length += len(words) + 1
    return "\n".join(pieces), offsets
