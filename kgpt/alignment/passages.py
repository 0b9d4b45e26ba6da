"""Aligned passages as JSON Lines, and back."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple
from pathlib import Path
from typing import Any

from kgpt.io import read_json_lines, write_json_lines
from kgpt.records import AlignedPassage, Alignment, Link, Literal, LiteralAlignment, Triple
from kgpt.sources.documents import metadata_json, parse_metadata
from kgpt.sources.malformed import told_as_malformed


def write_passages(path: Path, passages: Iterable[AlignedPassage]) -> int:
    """Write passages, whole or not at all; gives their number."""
    return write_json_lines(path, map(_passage_json, passages))


def read_passages(path: Path) -> Iterator[AlignedPassage]:
    """The passages that `write_passages` wrote.

    Raises:
        DataError: a line is no passage.
    """
    for number, value in read_json_lines(path):
        with told_as_malformed(f"{path}:{number}", what="no passage of `kgpt align`"):
            passage = parse_passage(value)
        yield passage


def parse_passage(value: Mapping[str, Any]) -> AlignedPassage:
    """The passage that a line of `write_passages` says.

    Raises:
        ValueError: a link or a literal lies out of the text.
    """
    passage = AlignedPassage(
        id=value["id"],
        document=value["document"],
        text=value["text"],
        links=tuple(Link(*link) for link in value["links"]),
        alignments=tuple(Alignment(Triple(*triple), confidence) for *triple, confidence in value["alignments"]),
        metadata=parse_metadata(value["metadata"]),
        literals=tuple(
            LiteralAlignment(Literal(*literal), start, end, confidence)
            for *literal, start, end, confidence in value.get("literals", ())
        ),
    )
    spans = [(one.start, one.end) for one in passage.links] + [(one.start, one.end) for one in passage.literals]
    for start, end in spans:
        if not 0 <= start < end <= len(passage.text):
            raise ValueError(f"[{start}, {end}) lies out of the text of {len(passage.text)} code points")
    return passage


def _passage_json(passage: AlignedPassage) -> dict[str, Any]:
    return {
        "id": passage.id,
        "document": passage.document,
        "text": passage.text,
        "links": [(link.start, link.end, link.entity, link.score) for link in passage.links],
        "alignments": [
            (item.triple.head, item.triple.relation, item.triple.tail, item.confidence) for item in passage.alignments
        ],
        "literals": [(*astuple(item.literal), item.start, item.end, item.confidence) for item in passage.literals],
        "metadata": metadata_json(passage.metadata),
    }
