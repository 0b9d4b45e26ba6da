"""Documents as JSON Lines in kgpt's own form, and back.

    {"id", "text", "links": [{"start", "end", "entity", "score"}], "metadata": {"source", "license", ...},
     "triples": [[head, relation, tail]], "judged_relations": [relation]}

Only `text` is required; offsets count code points.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kgpt.errors import DataError
from kgpt.io import read_json_lines, write_json_lines
from kgpt.records import Document, Dropped, Link, Metadata, Triple

_NAMED_METADATA = ("source", "license", "timestamp", "language", "url")


@dataclass(frozen=True, slots=True)
class DocumentsFile:
    """A JSON Lines file of documents, plain or compressed."""

    path: Path

    def files(self) -> Sequence[Path]:
        """The file itself."""
        return [self.path]

    def read(self) -> Iterator[Document | Dropped]:
        """Its documents.

        Raises:
            DataError: a line is malformed, or a link lies out of its text.
        """
        for number, value in read_json_lines(self.path):
            yield parse_document(value, place=f"{self.path}:{number}", default_id=f"{self.path.name}-{number}")


def parse_document(value: Mapping[str, Any], *, place: str, default_id: str = "") -> Document:
    """The document that a JSON object says; `place` leads the error message.

    Raises:
        DataError: a field is missing or of the wrong type, or a link lies out of the text.
    """
    if not isinstance(value.get("text"), str):
        raise DataError(f"{place}: a document needs a string `text`, found {type(value.get('text')).__name__}")
    try:
        return Document(
            id=default_id if value.get("id") is None else str(value["id"]),
            text=value["text"],
            links=tuple(sorted(_link(link) for link in value.get("links", ()))),
            metadata=parse_metadata(value.get("metadata", {})),
            triples=tuple(Triple(*map(str, triple)) for triple in value.get("triples", ())),
            judged_relations=tuple(map(str, value.get("judged_relations", ()))),
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise DataError(f"{place}: malformed document: {type(error).__name__}: {error}") from error
    except DataError as error:
        raise DataError(f"{place}: {error}") from error


def parse_metadata(value: Mapping[str, Any]) -> Metadata:
    """Metadata from a JSON object; fields kgpt does not name are kept in `extra`."""
    named = {name: "" if value.get(name) is None else str(value[name]) for name in _NAMED_METADATA}
    return Metadata(**named, extra={key: item for key, item in value.items() if key not in named})


def document_json(document: Document) -> dict[str, Any]:
    """The JSON object that `parse_document` reads."""
    value: dict[str, Any] = {
        "id": document.id,
        "text": document.text,
        "links": [
            {"start": link.start, "end": link.end, "entity": link.entity, "score": link.score}
            for link in document.links
        ],
        "metadata": metadata_json(document.metadata),
    }
    if document.triples:
        value["triples"] = [[triple.head, triple.relation, triple.tail] for triple in document.triples]
    if document.judged_relations:
        value["judged_relations"] = list(document.judged_relations)
    return value


def metadata_json(metadata: Metadata) -> dict[str, Any]:
    """Metadata as JSON, empty fields left out."""
    named = {name: getattr(metadata, name) for name in _NAMED_METADATA}
    return {name: value for name, value in named.items() if value} | dict(metadata.extra)


def write_documents(path: Path, documents: Iterable[Document]) -> int:
    """Write documents as JSON Lines, whole or not at all; gives their number."""
    return write_json_lines(path, map(document_json, documents))


def _link(value: Mapping[str, Any]) -> Link:
    return Link(int(value["start"]), int(value["end"]), str(value["entity"]), float(value.get("score", 1.0)))
