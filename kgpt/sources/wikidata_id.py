"""Wikidata's ids within the many ways that corpora write them."""

import re

_ITEM = re.compile(r"(?:https?://(?:www\.)?wikidata\.org/(?:entity|wiki)/|wd:)?(Q[1-9][0-9]*)")
_PROPERTY = re.compile(
    r"(?:https?://(?:www\.)?wikidata\.org/(?:prop/direct|entity|wiki)/(?:Property:)?|wdt:)?(P[1-9][0-9]*)"
)


def item_id(value: object) -> str | None:
    """The item that `value` names, bare or as an address; None where it is none.

    >>> item_id("http://www.wikidata.org/entity/Q64"), item_id("1951^^xsd:gYear")
    ('Q64', None)
    """
    found = _ITEM.fullmatch(value) if isinstance(value, str) else None
    return found.group(1) if found else None


def property_id(value: object) -> str | None:
    """The property that `value` names, bare or as an address; None where it is none.

    >>> property_id("http://www.wikidata.org/prop/direct/P36")
    'P36'
    """
    found = _PROPERTY.fullmatch(value) if isinstance(value, str) else None
    return found.group(1) if found else None
