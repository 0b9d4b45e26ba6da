"""T-REx sentences as JSON Lines: `text`, `mentions[{start, end, qid}]`, `triples[[s, p, o]]` (Elsahar et al., 2018).

Only the two ends of a triple are marked: an unmarked mention is not a wrong one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kgpt.io import read_json_lines
from kgpt.records import Document, Dropped, Link, Metadata, Triple
from kgpt.sources.malformed import told_as_malformed

_SOURCE = Metadata(source="T-REx", license="CC BY-SA", language="en")


@dataclass(frozen=True, slots=True)
class TrexFile:
    """A file of T-REx sentences; a sentence with a mention out of its text is left out and counted."""

    path: Path

    def files(self) -> Sequence[Path]:
        """The file itself."""
        return [self.path]

    def read(self) -> Iterator[Document | Dropped]:
        """Its sentences.

        Raises:
            DataError: a line is malformed.
        """
        for number, value in read_json_lines(self.path):
            yield self._document(value, number)

    def _document(self, value: Mapping[str, Any], number: int) -> Document | Dropped:
        with told_as_malformed(f"{self.path}:{number}", what="not a T-REx sentence"):
            identifier = str(value.get("id", f"{self.path.name}-{number}"))
            links = sorted({Link(m["start"], m["end"], m["qid"]) for m in value["mentions"]})
            triples = tuple(Triple(*triple) for triple in value["triples"])
            num_chars = len(value["text"])
        if links and max(link.end for link in links) > num_chars:
            return Dropped(identifier, "mention_out_of_text")
        return Document(identifier, value["text"], tuple(links), _SOURCE, triples)
