"""A snak of Wikidata's JSON: a property and what it says; the heterogeneous values of the dumps end here."""

from collections.abc import Callable
from typing import Any

import msgspec

from kgpt.records import ValueKind
from kgpt.sources.wikidata_value import clean, plain_amount, plain_date, unit_id

_YEAR = 9
_LETTERS = {"item": "Q", "property": "P"}


class JsonValue(msgspec.Struct, gc=False):
    """Any value that is an object, by the fields of all its kinds."""

    id: str = ""
    numeric_id: int = msgspec.field(default=0, name="numeric-id")
    entity_type: str = msgspec.field(default="", name="entity-type")
    time: str = ""
    precision: float | None = None
    amount: str = ""
    unit: str = ""
    text: str = ""
    language: str = ""
    latitude: float | None = None
    longitude: float | None = None


class DataValue(msgspec.Struct, gc=False):
    """A value with what Wikibase calls its type."""

    value: JsonValue | str | float | bool | list[Any] | None = None
    type: str = ""


class Snak(msgspec.Struct, gc=False):
    """A property with a value, an unknown value or none."""

    property: str
    snaktype: str = "value"
    datatype: str = ""
    datavalue: DataValue | None = None


Found = tuple[ValueKind, str, str, str]
"""Kind, value, unit and language."""


def snak_value(snak: Snak) -> Found | None:
    """What a snak says, or None where a record cannot hold it."""
    data = snak.datavalue
    if data is None or snak.snaktype != "value":
        return None
    value = data.value
    if type(value) is JsonValue:
        if value.id:
            return "entity", value.id, "", ""
        read = _READ.get(data.type)
        return None if read is None else read(value)
    if type(value) is str and (text := clean(value)):
        return "string", text, "", ""
    return None


def why_valueless(snak: Snak) -> str:
    """Why `snak_value` found none."""
    if snak.snaktype != "value":
        return snak.snaktype
    value = snak.datavalue
    if value is None or value.type not in (*_READ, "string"):
        return "unknown_value_type"
    if value.type == "time" and isinstance(value.value, JsonValue) and plain_date(value.value.time, _YEAR):
        return "vague_date"
    return f"malformed_{value.type.replace('-', '_')}"


def _entity(value: JsonValue) -> Found | None:
    """By its number, as old dumps have it; `snak_value` takes the id where there is one."""
    letter = _LETTERS.get(value.entity_type)
    return ("entity", f"{letter}{value.numeric_id}", "", "") if letter and value.numeric_id else None


def _date(value: JsonValue) -> Found | None:
    text = plain_date(value.time, int(value.precision or 0))
    return ("date", text, "", "") if text else None


def _quantity(value: JsonValue) -> Found | None:
    amount = plain_amount(value.amount)
    return ("quantity", amount, unit_id(value.unit), "") if amount else None


def _monolingual(value: JsonValue) -> Found | None:
    text = clean(value.text)
    return ("string", text, "", value.language) if text else None


def _coordinate(value: JsonValue) -> Found | None:
    if value.latitude is None or value.longitude is None:
        return None
    return "string", f"{value.latitude:g},{value.longitude:g}", "", ""


_READ: dict[str, Callable[[JsonValue], Found | None]] = {
    "wikibase-entityid": _entity,
    "time": _date,
    "quantity": _quantity,
    "monolingualtext": _monolingual,
    "globecoordinate": _coordinate,
}
