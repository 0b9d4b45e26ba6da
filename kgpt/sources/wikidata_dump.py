"""Wikidata's JSON dumps: an array with one entity a line, or one entity a line, whatever the compression.

What leaves: items as `EntityRecord`, properties as `RelationRecord`, statements as `Triple` or `Literal`, qualifiers
of statements between entities, redirects. Left out and counted: deprecated statements, others than the best of a
property (`ranks`), unknown and absent values, values of forms that a record cannot hold, lexemes and media. Names in
languages that were not asked for and references are passed over. An array without its end, as the first lines of a
dump have it, is counted as `array_not_closed`.

Only the wanted fields are turned into objects (msgspec); the rest of a line is skipped by its parser.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

import msgspec

from kgpt import records
from kgpt.errors import DataError
from kgpt.io import read_byte_lines
from kgpt.records import Dropped, EntityRecord, GraphItem, Qualifier, Redirect, RelationRecord, Triple
from kgpt.sources.wikidata_snak import Snak, snak_value, why_valueless
from kgpt.sources.wikidata_value import clean

_MULTIPLE = "mul"
"""Wikidata's language of names that hold in many languages."""
_SPACES = b" \t\r,"


_SnaksByProperty = dict[str, list[Snak]]


class _Statement(msgspec.Struct, gc=False):
    mainsnak: Snak
    rank: str = "normal"
    qualifiers: _SnaksByProperty | list[Any] | None = None


class _Text(msgspec.Struct, gc=False):
    value: str


class _Sitelink(msgspec.Struct, gc=False):
    title: str


class _Moved(msgspec.Struct, gc=False):
    source: str = msgspec.field(default="", name="from")


class _Entity(msgspec.Struct, gc=False):
    """One line; the types of the names depend on the languages (`_entity_type`)."""

    id: str = ""
    type: str = "item"
    entity: str = ""
    redirect: str = ""
    redirects: _Moved | None = None
    labels: Any = None
    aliases: Any = None
    descriptions: Any = None
    claims: dict[str, list[_Statement]] | list[Any] | None = None
    sitelinks: dict[str, msgspec.Raw] | list[Any] | None = None


@dataclass(frozen=True, slots=True)
class WikidataDump:
    """A JSON dump of Wikidata, or of another Wikibase.

    Args:
        path: the file.
        languages: of the names; the first is the graph's main one.
        ranks: `best` keeps a property's preferred statements where it has any, else its normal ones (what Wikidata
            calls truthy); `all` keeps both.
        fallback: `mul` takes names for all languages where the main one has no label; `none` does not.
    """

    path: Path
    languages: tuple[str, ...] = ("en",)
    ranks: Literal["best", "all"] = "best"
    fallback: Literal["mul", "none"] = "mul"

    def files(self) -> Sequence[Path]:
        """The file itself."""
        return [self.path]

    def read(self) -> Iterator[GraphItem | Dropped]:
        """Its entities' records, in the dump's order.

        Raises:
            DataError: a line is no entity, as where a dump was cut off within one.
        """
        told = self.languages if self.fallback == "none" else (*self.languages, _MULTIPLE)
        entity_type = _entity_type(tuple(dict.fromkeys(told)))
        one, many = msgspec.json.Decoder(entity_type), msgspec.json.Decoder(list[entity_type])  # type: ignore[valid-type]
        is_open = False
        for number, raw in read_byte_lines(self.path):
            line = raw.strip(_SPACES)
            if line in (b"[", b"]"):
                is_open = line == b"["
                continue
            try:
                for entity in many.decode(line) if line.startswith(b"[") else [one.decode(line)]:
                    yield from self._records(entity, number)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                found = line[:60].decode("utf-8", "replace")
                raise DataError(f"{self.path}:{number}: not a Wikidata entity ({error}): {found!r}") from error
        if is_open:
            yield Dropped(self.path.name, "array_not_closed")

    def _records(self, entity: _Entity, number: int) -> list[GraphItem | Dropped]:
        if entity.redirect:
            return [Redirect(entity.entity or entity.id, entity.redirect)]
        if not entity.id:
            raise DataError(f"{self.path}:{number}: an entity without id; one entity a line is expected")
        if entity.type not in ("item", "property"):
            return [Dropped(entity.id, entity.type)]
        items = self._names(entity)
        if entity.redirects and entity.redirects.source:
            items.append(Redirect(entity.redirects.source, entity.id))
        if isinstance(entity.claims, dict):
            for statements in entity.claims.values():
                self._add_statements(entity.id, statements, items)
        return items

    def _names(self, entity: _Entity) -> list[GraphItem | Dropped]:
        links = entity.sitelinks if isinstance(entity.sitelinks, dict) else {}
        items: list[GraphItem | Dropped] = []
        for index, language in enumerate(self.languages):
            label, aliases, description = _named(entity, language)
            if not index and not label and self.fallback == _MULTIPLE:
                label, more, description = _named(entity, _MULTIPLE, description)
                aliases += more
            title = _title(links, language)
            if index and not (label or aliases or description or title):
                continue
            told = language if index else ""
            if entity.type == "property":
                items.append(RelationRecord(entity.id, label, aliases, description, told))
            else:
                num_sitelinks = 0 if index else len(links)
                items.append(EntityRecord(entity.id, label, aliases, description, told, title, num_sitelinks))
        return items

    def _add_statements(self, head: str, statements: list[_Statement], items: list[GraphItem | Dropped]) -> None:
        best = self.ranks == "best" and len(statements) > 1 and "preferred" in [one.rank for one in statements]
        for statement in statements:
            if statement.rank == "deprecated":
                items.append(Dropped(head, "deprecated"))
            elif best and statement.rank != "preferred":
                items.append(Dropped(head, "not_best_rank"))
            else:
                _add_statement(head, statement, items)


def _entity_type(languages: tuple[str, ...]) -> type[_Entity]:
    """`_Entity` with names in `languages` alone: the parser skips the others."""

    def by_language(inner: Any) -> Any:
        fields = [(_field(code), inner | None, msgspec.field(name=code, default=None)) for code in languages]
        return msgspec.defstruct("_Names", fields, gc=False) | list[Any] | None

    texts, lists = by_language(_Text), by_language(list[_Text])
    fields = [("labels", texts, None), ("descriptions", texts, None), ("aliases", lists, None)]
    return cast(type[_Entity], msgspec.defstruct("_EntityIn", fields, bases=(_Entity,), gc=False))


def _field(language: str) -> str:
    return "in_" + language.replace("-", "_")


def _named(entity: _Entity, language: str, description: str = "") -> tuple[str, tuple[str, ...], str]:
    """Label, aliases and description in one language, as far as there are any."""
    field = _field(language)
    label, aliases = getattr(entity.labels, field, None), getattr(entity.aliases, field, None)
    if not description:
        described = getattr(entity.descriptions, field, None)
        description = clean(described.value) if described else ""
    names = [name for alias in aliases if (name := clean(alias.value))] if aliases else ()
    return clean(label.value) if label else "", tuple(names), description


def _title(links: dict[str, msgspec.Raw], language: str) -> str:
    link = links.get(language.replace("-", "_") + "wiki")
    return clean(_SITELINK.decode(link).title) if link is not None else ""


def _add_statement(head: str, statement: _Statement, items: list[GraphItem | Dropped]) -> None:
    snak = statement.mainsnak
    found = snak_value(snak)
    if found is None:
        items.append(Dropped(head, why_valueless(snak)))
        return
    kind, value, unit, language = found
    if kind != "entity":
        items.append(records.Literal(head, snak.property, value, kind, unit, snak.datatype, language))
        if statement.qualifiers:
            items.extend([Dropped(head, "qualifier_of_literal")] * sum(map(len, _snaks(statement))))
        return
    triple = Triple(head, snak.property, value)
    items.append(triple)
    if statement.qualifiers:
        for snaks in _snaks(statement):
            for qualifier in snaks:
                items.append(_qualifier(triple, qualifier))


def _snaks(statement: _Statement) -> Iterable[list[Snak]]:
    return statement.qualifiers.values() if isinstance(statement.qualifiers, dict) else ()


def _qualifier(triple: Triple, snak: Snak) -> Qualifier | Dropped:
    found = snak_value(snak)
    if found is None:
        return Dropped(triple.head, f"qualifier_{why_valueless(snak)}")
    kind, value, unit, _ = found
    return Qualifier(triple, snak.property, value, kind, unit)


_SITELINK = msgspec.json.Decoder(_Sitelink)
