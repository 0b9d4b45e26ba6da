"""TekGen's sentences with one triple each (Agarwal et al., 2021), as Text2KGBench (2023) gives them.

    {"id", "sent", "sub", "rel", "obj", "sub_label", "rel_label", "obj_label"}

About one sentence in ten is UTF-8 that was read as Latin-1 once ("VolapÃ¼k"); ftfy repairs it, asked only where it
sees the signs. An end of the triple is linked where its label stands in the sentence, else counted; a tail without an
id is a literal.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kgpt.io import read_json_lines
from kgpt.records import Document, Dropped, Link, Metadata, Triple
from kgpt.sources.malformed import told_as_malformed
from kgpt.sources.mojibake import repair
from kgpt.text import squeeze


@dataclass(frozen=True, slots=True)
class TekGenFile:
    """A file of TekGen's sentences."""

    path: Path

    def files(self) -> Sequence[Path]:
        """The file itself."""
        return [self.path]

    def read(self) -> Iterator[Document | Dropped]:
        """Its sentences, and the ends of triples that they do not name.

        Raises:
            DataError: a line is malformed.
        """
        for number, value in read_json_lines(self.path):
            with told_as_malformed(f"{self.path}:{number}", what="not a sentence of TekGen"):
                yield from _records(value, f"{self.path.name}-{number}")


def _records(value: Mapping[str, Any], default_id: str) -> Iterator[Document | Dropped]:
    identifier = str(value.get("id", default_id))
    text, is_repaired = repair(value["sent"])
    text = squeeze(text)
    left_out: list[Dropped] = []
    links: list[Link] = []
    for entity, label in ((value["sub"], value["sub_label"]), (value["obj"], value["obj_label"])):
        span = _mention(text, squeeze(repair(label)[0])) if entity else None
        if span is not None and not any(link.start < span[1] and span[0] < link.end for link in links):
            links.append(Link(*span, str(entity)))
        elif entity:
            left_out.append(Dropped(f"{identifier}#{entity}", "label_not_in_text", is_part=True))
    triples = (Triple(value["sub"], value["rel"], value["obj"]),) if value["sub"] and value["obj"] else ()
    if not triples:
        left_out.append(Dropped(f"{identifier}/0", "literal_triple", is_part=True))
    metadata = Metadata("TekGen", "CC BY-SA", language="en", extra={"repaired_text": True} if is_repaired else {})
    yield Document(identifier, text, tuple(sorted(links)), metadata, triples)
    yield from left_out


def _mention(text: str, label: str) -> tuple[int, int] | None:
    """The first place where `label` stands between word boundaries, in its own letters or else in any."""
    word = rf"(?<!\w){re.escape(label)}(?!\w)"
    found = (re.search(word, text) or re.search(word, text, re.IGNORECASE)) if label else None
    return found.span() if found else None
