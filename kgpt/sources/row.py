"""Rows of a table (Parquet, a Hugging Face dataset) as documents."""

from collections.abc import Mapping
from typing import Any

from kgpt.records import Document, Dropped
from kgpt.sources.documents import parse_document

COLUMNS = frozenset({"links", "metadata", "triples", "judged_relations"})
"""What a row may hold as kgpt's own documents do."""


def document_of_row(
    row: Mapping[str, Any], *, text: str, identifier: str, default_id: str, place: str
) -> Document | Dropped:
    """The document that a row says; `Dropped` where it has no text.

    Args:
        row: values by column.
        text: name of the column that holds the text.
        identifier: name of the column that holds the id.
        default_id: the id of a row without one.
        place: leads the error message.

    Raises:
        DataError: malformed links, triples or metadata.
    """
    told = row.get(identifier)
    name = default_id if told is None or told == "" else str(told)
    words = row.get(text)
    if not isinstance(words, str) or not words:
        return Dropped(name, "no_text")
    value = {key: item for key, item in row.items() if key in COLUMNS and item is not None}
    others = {
        key: item
        for key, item in row.items()
        if key not in {text, identifier, *COLUMNS} and isinstance(item, str | int | float | bool)
    }
    told_more = value.get("metadata", {})
    value["metadata"] = others | (dict(told_more) if isinstance(told_more, Mapping) else {"metadata": told_more})
    return parse_document({**value, "id": name, "text": words}, place=place)


def is_plain(kind: Any) -> bool:
    """Whether an Arrow type is a string, a number or a truth value."""
    import pyarrow.types as pt

    return any(
        check(kind) for check in (pt.is_string, pt.is_large_string, pt.is_integer, pt.is_floating, pt.is_boolean)
    )
