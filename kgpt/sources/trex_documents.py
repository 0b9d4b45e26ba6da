"""T-REx's whole abstracts (Elsahar et al., 2018) and REBEL's in the same form (Huguet Cabot & Navigli, 2021).

    {"docid", "title", "uri", "text", "entities": [{"uri", "boundaries", "surfaceform", "annotator"}],
     "triples": [{"subject", "predicate", "object"}]}      # JSON arrays (`re-nlg_*.json`) or JSON Lines

Spans that drifted from their surface are repaired (see `span_repair.py`); one whose words are nowhere near, one that
marks a date or a number, one found by coreference ("he") is left out and counted, as is a triple with a literal.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kgpt.records import Document, Dropped, Link, Metadata, Triple
from kgpt.sources.json_array import read_objects
from kgpt.sources.malformed import told_as_malformed
from kgpt.sources.span_repair import MarkedSpan, repair_spans
from kgpt.sources.wikidata_id import item_id, property_id

_COREFERENCE = "Simple_Coreference"


@dataclass(frozen=True, slots=True)
class TrexDocuments:
    """Abstracts in T-REx's form: a file, or a folder of them.

    Args:
        path: the file or folder.
        coreference: whether pronouns that T-REx resolved are links, too.
    """

    path: Path
    coreference: bool = False

    def files(self) -> Sequence[Path]:
        """The file, or those of the folder by name."""
        return sorted(self.path.glob("*.json*")) if self.path.is_dir() else [self.path]

    def read(self) -> Iterator[Document | Dropped]:
        """The abstracts, and what is left out of them.

        Raises:
            DataError: torn, or malformed.
        """
        for path in self.files():
            for _, place, value in read_objects(path):
                with told_as_malformed(place, what="not a document of T-REx"):
                    yield from self._records(value)

    def _records(self, value: Mapping[str, Any]) -> Iterator[Document | Dropped]:
        text, entity = str(value["text"]), item_id(value.get("uri"))
        identifier = str(item_id(value["docid"]) or value["docid"])
        left_out: list[Dropped] = []
        mentions = list(self._mentions(value["entities"], identifier, left_out))
        places = repair_spans(text, [span for span, _ in mentions])
        links: dict[tuple[int, int], Link] = {}
        num_repaired = 0
        for (span, item), place in zip(mentions, places, strict=True):
            if place is None:
                left_out.append(Dropped(f"{identifier}#{span.start}", "span_without_surface", is_part=True))
            else:
                links.setdefault((place.start, place.end), Link(place.start, place.end, item))
                num_repaired += place.repaired
        triples = tuple(dict.fromkeys(_triples(value.get("triples", ()), identifier, left_out)))
        told: dict[str, object] = {"title": value.get("title"), "entity": entity, "repaired_spans": num_repaired}
        metadata = Metadata(
            source="T-REx", license="CC BY-SA", language="en", extra={name: item for name, item in told.items() if item}
        )
        yield Document(identifier, text, tuple(sorted(links.values())), metadata, triples)
        yield from left_out

    def _mentions(
        self, entities: Sequence[Mapping[str, Any]], identifier: str, left_out: list[Dropped]
    ) -> Iterator[tuple[MarkedSpan, str]]:
        for entity in entities:
            start, end = entity["boundaries"] or (None, None)
            item = item_id(entity["uri"])
            if start is None or end is None:
                left_out.append(Dropped(f"{identifier}#{entity['surfaceform']}", "mention_without_span", is_part=True))
            elif item is None:
                left_out.append(Dropped(f"{identifier}#{start}", "literal_mention", is_part=True))
            elif entity.get("annotator") == _COREFERENCE and not self.coreference:
                left_out.append(Dropped(f"{identifier}#{start}", "coreference", is_part=True))
            else:
                yield MarkedSpan(int(start), int(end), str(entity["surfaceform"])), item


def _triples(values: Sequence[Mapping[str, Any]], identifier: str, left_out: list[Dropped]) -> Iterator[Triple]:
    for number, value in enumerate(values):
        head, tail = item_id(value["subject"]["uri"]), item_id(value["object"]["uri"])
        relation = property_id(value["predicate"]["uri"])
        if head is None or tail is None:
            left_out.append(Dropped(f"{identifier}/{number}", "literal_triple", is_part=True))
        elif relation is None:
            left_out.append(Dropped(f"{identifier}/{number}", "unknown_relation", is_part=True))
        else:
            yield Triple(head, relation, tail)
