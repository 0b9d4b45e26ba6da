"""Spans of which gold says nothing."""

from kgpt.records import Document


def unscored(document: Document) -> list[tuple[int, int]]:
    """The spans where a link is neither right nor wrong: dates, optional labels and their like."""
    told = document.metadata.extra.get("unscored", ())
    return [(int(start), int(end)) for start, end in told] if isinstance(told, list | tuple) else []
