"""Linking gold and linked articles in ELEVANT's form (Bast et al., 2022).

    {"id", "title", "text", "evaluation_span": [start, end],
     "labels": [{"id", "span", "entity_id", "optional", "parent", "children"}],     # gold
     "entity_mentions": [{"span", "id", "linked_by"}]}                              # what a linker said

Gold links are the labels that a strong matching of annotations scores (GERBIL's): a Wikidata item or NIL, not
optional, no part of another label. The spans of all other labels (dates, quantities, `<NO_MAPPING>`, optional ones,
parts) stand in the metadata as `unscored`: a link there is neither right nor wrong. Without `labels`,
`entity_mentions` are the links.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kgpt.io import read_json_lines
from kgpt.records import NIL, Document, Dropped, Link, Metadata
from kgpt.sources.malformed import told_as_malformed
from kgpt.sources.wikidata_id import item_id


@dataclass(frozen=True, slots=True)
class ElevantFile:
    """A benchmark or linked articles of ELEVANT, one a line."""

    path: Path

    def files(self) -> Sequence[Path]:
        """The file itself."""
        return [self.path]

    def read(self) -> Iterator[Document | Dropped]:
        """The evaluated part of every article: what lies out of its `evaluation_span` has no gold and is cut off.

        Raises:
            DataError: a line is malformed.
        """
        for number, value in read_json_lines(self.path):
            place = f"{self.path}:{number}"
            with told_as_malformed(place, what="not an ELEVANT document"):
                yield _document(value, place)


def _document(value: Mapping[str, Any], place: str) -> Document:
    text = value["text"]
    start, end = value.get("evaluation_span") or (0, len(text))
    labels = value["labels"] if value.get("labels") is not None else _mentions(value["entity_mentions"])
    links, unscored = set[Link](), set[tuple[int, int]]()
    for label in labels:
        first, last = label["span"]
        if not (start <= first and last <= end):
            continue
        entity = _scored(label)
        link = Link(first - start, last - start, entity or NIL)
        if entity is None:
            unscored.add((link.start, link.end))
        else:
            links.add(link)
    unscored -= {(link.start, link.end) for link in links}
    extra: dict[str, object] = {"title": value["title"]} if value.get("title") else {}
    extra |= {"unscored": [list(span) for span in sorted(unscored)]} if unscored else {}
    metadata = Metadata(url=str(value.get("url") or ""), extra=extra)
    return Document(str(value.get("id", place)), text[start:end], tuple(sorted(links)), metadata)


def _scored(label: Mapping[str, Any]) -> str | None:
    """The entity of a label that is scored: a Wikidata item or NIL; None for one that is not."""
    identifier = str(label["entity_id"])
    if label.get("optional") or label.get("parent") is not None:
        return None
    return NIL if identifier == "<NIL>" or identifier.startswith("Unknown") else item_id(identifier)


def _mentions(values: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """A linker's mentions as labels; one that it linked to nothing is NIL."""
    for value in values:
        yield {"span": value["span"], "entity_id": value.get("id") or "<NIL>"}
