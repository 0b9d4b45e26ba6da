"""Documents as JSON Lines (or one JSON array) in kgpt's own form, and back.

    {"id", "text", "links": [{"start", "end", "entity", "score"}], "metadata": {"source", "license", ...},
     "triples": [[head, relation, tail]], "judged_relations": [relation]}

Only `text` is required; offsets count code points. Corpora of others (C4, Dolma, ...) are read, too: plain values
beside these fields are metadata, options say which fields hold the text and the id: `jsonl:FILE?text=content&id=url`.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kgpt.errors import DataError
from kgpt.io import parse_object, plain_suffix, write_json_lines
from kgpt.records import Document, Dropped, Link, Metadata, Triple
from kgpt.sources.json_array import read_objects
from kgpt.sources.malformed import told_as_malformed

JSON_SUFFIXES = (".jsonl", ".ndjson", ".json")
_FIELDS = frozenset({"id", "text", "links", "metadata", "triples", "judged_relations"})
_OTHER_NAMES = {"created": "timestamp", "date": "timestamp"}
"""What corpora of others call them, Dolma among them."""
_NAMED_METADATA = ("source", "license", "timestamp", "language", "url")


@dataclass(frozen=True, slots=True)
class DocumentsFile:
    """A JSON Lines file of documents, plain or compressed, or all below a folder.

    Args:
        path: the file or folder.
        text: name of the field that holds the text.
        id: name of the field that holds the id; a document without one is called by file and line.
    """

    path: Path
    text: str = "text"
    id: str = "id"

    def files(self) -> Sequence[Path]:
        """The file, or those of the folder by their paths."""
        return files_below(self.path, JSON_SUFFIXES)

    def read(self) -> Iterator[Document | Dropped]:
        """The documents.

        Raises:
            DataError: a line is malformed, or a link lies out of its text.
        """
        for path in self.files():
            name = path.relative_to(self.path).as_posix() if path != self.path else path.name
            for number, place, value in read_objects(path):
                yield parse_document(self._own_form(value), place=place, default_id=f"{name}-{number}")

    def _own_form(self, value: dict[str, Any]) -> Mapping[str, Any]:
        """`value` with its fields by kgpt's names, plain ones that have none in the metadata."""
        if value.keys() <= _FIELDS and self.text == "text" and self.id == "id":
            return value
        others = {
            key: item
            for key, item in value.items()
            if key not in {*_FIELDS, self.text, self.id} and isinstance(item, str | int | float | bool)
        }
        told = value.get("metadata")
        metadata = others | told if isinstance(told, dict) else others
        for other, name in _OTHER_NAMES.items():
            if not metadata.get(name) and isinstance(metadata.get(other), str):
                metadata[name] = metadata[other]
        return value | {"id": value.get(self.id), "text": value.get(self.text), "metadata": metadata}


def files_below(path: Path, suffixes: Collection[str]) -> list[Path]:
    """`path` where it is a file, else the files below it that have one of `suffixes`, compressed or not, in order."""
    if not path.is_dir():
        return [path]
    return sorted(one for one in path.rglob("*") if plain_suffix(one) in suffixes and one.is_file())


def parse_document(value: Mapping[str, Any], *, place: str, default_id: str = "") -> Document:
    """The document that a JSON object says; `place` leads the error message.

    Raises:
        DataError: a field is missing or of the wrong type, or a link lies out of the text.
    """
    if not isinstance(value.get("text"), str):
        texts = sorted(key for key, item in value.items() if isinstance(item, str) and key not in _FIELDS)
        hint = f"; say which of {', '.join(texts)} holds it, as in FILE?text={texts[0]}" if texts else ""
        raise DataError(f"{place}: a document needs a string `text`, found {type(value.get('text')).__name__}{hint}")
    with told_as_malformed(place, what="malformed document"):
        return Document(
            id=default_id if value.get("id") is None else str(value["id"]),
            text=value["text"],
            links=tuple(sorted(_link(link) for link in value.get("links", ()))),
            metadata=parse_metadata(value.get("metadata", {})),
            triples=tuple(Triple(*map(str, triple)) for triple in value.get("triples", ())),
            judged_relations=tuple(map(str, value.get("judged_relations", ()))),
        )


def parse_metadata(value: Mapping[str, Any]) -> Metadata:
    """Metadata from a JSON object; fields kgpt does not name are kept in `extra`."""
    named = {name: "" if value.get(name) is None else str(value[name]) for name in _NAMED_METADATA}
    return Metadata(**named, extra={key: item for key, item in value.items() if key not in named})


def parse_line(line: bytes, *, place: str) -> Document:
    """The document that a line of a JSON Lines file says; `place` leads the error message.

    Raises:
        DataError: no JSON object, or a malformed document.
    """
    return parse_document(parse_object(line, place=place), place=place)


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
