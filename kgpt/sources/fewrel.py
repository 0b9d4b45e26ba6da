"""FewRel's sentences (Han et al., 2018): tokens, two entities, one relation between them.

    {"relation": "P177", "tokens": [...], "h": ["name", "Q5034838", [[26, 27, 28]]], "t": [...]}

JSON Lines, or FewRel's own `{relation: [sentence, ...]}`. The tokens are joined to running text, see
`token_joining.py`. Only the two ends of the triple are marked: an unmarked mention is not a wrong one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kgpt.errors import DataError
from kgpt.io import plain_suffix, read_bytes, read_json_lines
from kgpt.records import Document, Dropped, Link, Metadata, Triple
from kgpt.sources.malformed import told_as_malformed
from kgpt.sources.token_joining import join_tokens

_SOURCE = Metadata(source="FewRel", license="MIT; text CC BY-SA", language="en")


@dataclass(frozen=True, slots=True)
class FewRelFile:
    """A file of FewRel's sentences."""

    path: Path

    def files(self) -> Sequence[Path]:
        """The file itself."""
        return [self.path]

    def read(self) -> Iterator[Document | Dropped]:
        """Its sentences.

        Raises:
            DataError: malformed.
        """
        for number, (place, value) in enumerate(self._sentences(), start=1):
            with told_as_malformed(place, what="not a sentence of FewRel"):
                yield _document(value, f"{self.path.name}-{number}")

    def _sentences(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        if plain_suffix(self.path) != ".json":
            yield from ((f"{self.path}:{number}", value) for number, value in read_json_lines(self.path))
            return
        import orjson

        try:
            by_relation = orjson.loads(read_bytes(self.path))  # the whole of FewRel is 60 MB
            sentences = [(relation, one) for relation, several in by_relation.items() for one in several]
        except (AttributeError, TypeError, orjson.JSONDecodeError) as error:
            raise DataError(f"{self.path}: not FewRel's `{{relation: [sentence, ...]}}`: {error}") from error
        for number, (relation, value) in enumerate(sentences, start=1):
            yield f"{self.path}: sentence {number}", {"relation": relation, **value}


def _document(value: Mapping[str, Any], identifier: str) -> Document:
    text, spans = join_tokens(value["tokens"])
    links = {
        Link(spans[places[0]][0], spans[places[-1]][1], str(entity))
        for _, entity, mentions in (value["h"], value["t"])
        for places in mentions
    }
    triple = Triple(str(value["h"][1]), str(value["relation"]), str(value["t"][1]))
    return Document(str(value.get("id", identifier)), text, tuple(sorted(links)), _SOURCE, (triple,))
