"""Entity-linking gold: kgpt's own documents with links, ELEVANT's JSON Lines, NIF in Turtle.

ELEVANT (Bast et al., 2022): `text`, `evaluation_span`, `labels[{span, entity_id, optional, children}]`. Labels that
are optional, or whose id is no Wikidata item, are not scored. NIF (Hellmann et al., 2013) through rdflib.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from kgpt.errors import DataError
from kgpt.io import plain_suffix, read_bytes, read_json_lines
from kgpt.records import NIL, Document, Link
from kgpt.sources.documents import parse_document

_NIF = "http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#"
_IDENTITY = "http://www.w3.org/2005/11/its/rdf#taIdentRef"


def read_gold(path: Path) -> Iterator[Document]:
    """Documents with gold links, whatever of the three forms the file has.

    Raises:
        DataError: malformed, or none of the forms.
    """
    if plain_suffix(path) == ".ttl":
        yield from _read_nif(path)
        return
    for number, value in read_json_lines(path):
        place = f"{path}:{number}"
        yield (
            _elevant(value, place) if "labels" in value else parse_document(value, place=place, default_id=str(number))
        )


def _elevant(value: Mapping[str, Any], place: str) -> Document:
    """The part of a document that is evaluated: its text outside `evaluation_span` has no gold, so it is cut off."""
    try:
        text = value["text"]
        start, end = value.get("evaluation_span") or (0, len(text))
        links = [_elevant_link(label) for label in value["labels"] if not label.get("optional")]
        scored = {link for link in links if link is not None and start <= link.start and link.end <= end}
        moved = sorted(Link(link.start - start, link.end - start, link.entity) for link in scored)
        return Document(str(value.get("id", place)), text[start:end], tuple(moved))
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(f"{place}: not an ELEVANT document: {type(error).__name__}: {error}") from error
    except DataError as error:
        raise DataError(f"{place}: {error}") from error


def _elevant_link(label: Mapping[str, Any]) -> Link | None:
    """The link of a label; ids such as DATETIME or Unknown are not scored."""
    identifier = str(label["entity_id"])
    start, end = label["span"]
    if identifier.startswith("Unknown"):
        return Link(start, end, NIL)
    return Link(start, end, identifier) if identifier[:1] == "Q" and identifier[1:].isdigit() else None


def _read_nif(path: Path) -> Iterator[Document]:
    import rdflib

    content, graph = read_bytes(path), rdflib.Graph()
    try:
        graph.parse(data=content, format="turtle")
    except Exception as error:  # rdflib's parsers raise a different class for every kind of damage
        raise DataError(f"{path}: not NIF in Turtle: {error}") from error
    text_of = {str(node): str(text) for node, text in graph.subject_objects(rdflib.URIRef(_NIF + "isString"))}
    links: dict[str, list[Link]] = {node: [] for node in text_of}
    for mention, identity in graph.subject_objects(rdflib.URIRef(_IDENTITY)):
        context = str(graph.value(mention, rdflib.URIRef(_NIF + "referenceContext")))
        begin, end = (graph.value(mention, rdflib.URIRef(_NIF + name)) for name in ("beginIndex", "endIndex"))
        try:
            link = Link(int(str(begin)), int(str(end)), str(identity).rsplit("/", 1)[-1])
        except (ValueError, DataError) as error:
            raise DataError(
                f"{path}: mention {mention}: beginIndex {begin}, endIndex {end}: no span of a text"
            ) from error
        links.setdefault(context, []).append(link)
    for node in sorted(text_of):
        yield _nif_document(path, node, text_of[node], links[node])


def _nif_document(path: Path, node: str, text: str, links: list[Link]) -> Document:
    try:
        return Document(node, text, tuple(sorted(set(links))))
    except DataError as error:
        raise DataError(f"{path}: {error}") from error
