"""Facts as "( head ; relation ; tail ) ( ... )", and back (DeepStruct, Wang et al., 2022, section 2)."""

import re
from collections.abc import Iterable
from typing import TypeAlias

Fact: TypeAlias = tuple[str, str, str]
"""Head, relation and tail as they are written; of an entity its mention, `instance of` and its type."""

INSTANCE_OF = "instance of"
MARKS = "();"
_FACT = re.compile(r"\s*\(([^();]*);([^();]*);([^();]*)\)")
_WHOLE = re.compile(rf"(?:{_FACT.pattern})*\s*")
_MARKS = re.compile(rf"[{re.escape(MARKS)}]+")


def write_structure(facts: Iterable[Fact]) -> str:
    """Facts in order.

    >>> write_structure([("Germany", "capital", "Berlin"), ("Berlin", "instance of", "city")])
    '( Germany ; capital ; Berlin ) ( Berlin ; instance of ; city )'
    """
    return " ".join(f"( {head} ; {relation} ; {tail} )" for head, relation, tail in facts)


def parse_structure(text: str) -> list[Fact] | None:
    """The facts that `text` states, or None where it is no such structure (then it counts as stating nothing).

    >>> parse_structure("( Germany ; capital ; Berlin )")
    [('Germany', 'capital', 'Berlin')]
    >>> parse_structure("( Germany ; Berlin )") is None
    True
    """
    if not _WHOLE.fullmatch(text):
        return None
    facts = [(head.strip(), relation.strip(), tail.strip()) for head, relation, tail in _FACT.findall(text)]
    return facts if all(all(fact) for fact in facts) else None


def unmarked(name: str) -> str:
    """A name without the marks that a structure is made of, so that it can stand in one.

    >>> unmarked("part of (series)")
    'part of series'
    """
    return " ".join(_MARKS.sub(" ", name).split())
