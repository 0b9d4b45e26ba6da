"""Linking gold as NIF (Hellmann et al., 2013), GERBIL's form, in Turtle through pyoxigraph.

A context's statements may lie anywhere in the file, so it is read whole (GERBIL's sets have some hundred documents). A
mention that is not its `anchorOf` is put back to it (see `span_repair.py`). Wikidata's addresses become `Q64`;
`notInWiki` and its like are NIL; another graph's addresses stay as they are.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from kgpt.errors import DataError
from kgpt.io import TORN_ERRORS, open_bytes
from kgpt.records import NIL, Document, Dropped, Link
from kgpt.sources.span_repair import MarkedSpan, repair_spans
from kgpt.sources.wikidata_id import item_id

_NIF = "http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#"
_NAMES = {_NIF + name: name for name in ("isString", "beginIndex", "endIndex", "referenceContext", "anchorOf")}
_NAMES["http://www.w3.org/2005/11/its/rdf#taIdentRef"] = "entity"
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_NOWHERE = ("/notinwiki/", "/notinwikipedia/", "/notinkb/", "/unknown/", "emergingentit")
"""Within an address in lower case: the mention means nothing in the graph."""


@dataclass(frozen=True, slots=True)
class NifFile:
    """A Turtle file of contexts and the mentions in them."""

    path: Path

    def files(self) -> Sequence[Path]:
        """The file itself."""
        return [self.path]

    def read(self) -> Iterator[Document | Dropped]:
        """Its documents by their addresses, every mention a link.

        Raises:
            DataError: torn, no Turtle, or a mention that is no span of its text.
        """
        told = self._told()
        mentions: dict[str, list[_Mention]] = {node: [] for node, values in told.items() if "isString" in values}
        for node, values in told.items():
            if "entity" in values and "isString" not in values:
                context = values.get("referenceContext", "")
                if context not in mentions:
                    raise DataError(f"{self.path}: mention {node}: referenceContext {context!r} has no text (isString)")
                mentions[context].append(self._mention(node, values, told[context]["isString"]))
            elif "Phrase" in values and "entity" not in values:
                yield Dropped(node, "mention_without_entity", is_part=True)
        for node in sorted(mentions):
            yield from _records(node, told[node]["isString"], mentions[node])

    def _told(self) -> Mapping[str, Mapping[str, str]]:
        """What is said of every node, by the names of `_NAMES`."""
        import pyoxigraph

        told: dict[str, dict[str, str]] = defaultdict(dict)
        try:
            with open_bytes(self.path) as file:
                for one in pyoxigraph.parse(cast(IO[bytes], file), format=pyoxigraph.RdfFormat.TURTLE):
                    value = str(getattr(one.object, "value", one.object))
                    is_phrase = one.predicate.value == _TYPE and value == _NIF + "Phrase"
                    name = "Phrase" if is_phrase else _NAMES.get(one.predicate.value)
                    if name is not None:
                        _tell(told[str(getattr(one.subject, "value", one.subject))], name, value)
        except (SyntaxError, ValueError) as error:
            raise DataError(f"{self.path}: not NIF in Turtle: {error}") from error
        except TORN_ERRORS as error:
            raise DataError(f"{self.path}: torn or not what its suffix says: {error}") from error
        return told

    def _mention(self, node: str, values: Mapping[str, str], text: str) -> "_Mention":
        begin, end = values.get("beginIndex", ""), values.get("endIndex", "")
        found = f"{self.path}: mention {node}: beginIndex {begin!r}, endIndex {end!r}"
        try:
            start, stop = int(begin), int(end)
        except ValueError as error:
            raise DataError(f"{found}: no span of a text") from error
        if not 0 <= start < stop:
            raise DataError(f"{found}: no span of a text")
        if stop > len(text) and "anchorOf" not in values:
            raise DataError(f"{found}: out of the text, which has {len(text)} code points")
        return _Mention(
            node, MarkedSpan(start, stop, values.get("anchorOf", text[start:stop])), _entity(values["entity"])
        )


def _tell(values: dict[str, str], name: str, value: str) -> None:
    """Keep what is said; of several addresses of one entity one of Wikidata's."""
    if name == "entity" and name in values and item_id(values[name]) is not None:
        return
    values[name] = value


@dataclass(frozen=True, slots=True)
class _Mention:
    node: str
    span: MarkedSpan
    entity: str


def _records(node: str, text: str, mentions: Sequence[_Mention]) -> Iterator[Document | Dropped]:
    """The document of a context; a mention whose `anchorOf` is not near its place is left out."""
    links, left_out = set[Link](), list[Dropped]()
    places = repair_spans(text, [mention.span for mention in mentions])
    for mention, place in zip(mentions, places, strict=True):
        if place is None:
            left_out.append(Dropped(mention.node, "span_without_surface", is_part=True))
        else:
            links.add(Link(place.start, place.end, mention.entity))
    yield Document(node, text, tuple(sorted(links)))
    yield from left_out


def _entity(address: str) -> str:
    if any(part in address.lower() for part in _NOWHERE):
        return NIL
    return item_id(address) or address
