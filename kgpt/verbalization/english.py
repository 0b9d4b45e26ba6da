"""The few rules of English that sentences from triples need: articles, lists, pronouns. Ours; no parser."""

import re
from collections.abc import Iterable, Sequence

from kgpt.kg.graph import KnowledgeGraph
from kgpt.verbalization.pieces import Mention, Piece

_SOUNDS_OF_LETTERS = frozenset("AEFHILMNORSX8")
_LIKE_CONSONANT = re.compile(r"(?:eu|ew|on(?:e|ce)\b|uni(?!n|m)|u[bkst][aeiou]|usu)", re.IGNORECASE)
_SILENT_H = re.compile(r"(?:hour|honest|honou?r|heir)", re.IGNORECASE)
_SPELT = re.compile(r"[A-Z0-9]{2,}(?![a-z])")
_INSTANCE_OF, _SEX, _HUMAN = "P31", "P21", "Q5"
_PRONOUNS = {"male": "he", "female": "she", "man": "he", "woman": "she"}
SEX_LABELS, INSTANCE_LABELS = {"sex or gender", "gender", "sex"}, {"instance of"}


def article(noun: str) -> str:
    """`a` or `an`, by the first sound as spelling tells it.

    >>> [article(noun) for noun in ("actor", "university", "hour", "MP", "UN agency", "8-bit game")]
    ['an', 'a', 'an', 'an', 'a', 'an']
    """
    if _SPELT.match(noun):
        return "an" if noun[0] in _SOUNDS_OF_LETTERS else "a"
    if _SILENT_H.match(noun):
        return "an"
    starts = noun[:1].lower() in "aeiou8" and noun[:1] != "" and not _LIKE_CONSONANT.match(noun)
    return "an" if starts else "a"


def with_article(before: str, noun: str) -> str:
    """`before` with a closing ` a ` or ` an ` made to fit `noun`; other texts stay.

    >>> with_article(" is a ", "actor")
    ' is an '
    """
    for ending in (" a ", " an "):
        if before.endswith(ending):
            return f"{before[: -len(ending)]} {article(noun)} "
    return before


def listed(mentions: Sequence[Mention], *, has_article: bool = False, last: str = " and ") -> list[Piece]:
    """Names with commas and `and` between, each with its own article where asked for (but the first).

    >>> from kgpt.verbalization.pieces import joined
    >>> joined(listed([Mention(0, "poet"), Mention(1, "actor")], has_article=True))
    'poet and an actor'
    """
    out: list[Piece] = [mentions[0]]
    for place, mention in enumerate(mentions[1:], start=1):
        between = last if place == len(mentions) - 1 else ", "
        out += [between + (f"{article(mention.name)} " if has_article else ""), mention]
    return out


class Pronouns:
    """The subject pronoun of every entity that has one: by its sex, or `it` where it is known to be no human.

    A human of unknown sex has none ('they' would need verbs in the plural), and is named again.
    """

    def __init__(self, graph: KnowledgeGraph) -> None:
        self._graph = graph
        self._sex = frozenset(relations_called(graph, {_SEX}, SEX_LABELS))
        self._types = frozenset(relations_called(graph, {_INSTANCE_OF}, INSTANCE_LABELS))
        self._known: dict[int, str | None] = {}

    def of(self, entity: int) -> str | None:
        """`he`, `she`, `it`, or None."""
        if entity not in self._known:
            self._known[entity] = self._found(entity)
        return self._known[entity]

    def _found(self, entity: int) -> str | None:
        entities, is_typed, is_human = self._graph.entities, False, False
        for _, relation, tail in self._graph.outgoing(entity).tolist():
            if relation in self._sex:
                return _PRONOUNS.get(entities.label(tail).lower())
            if relation in self._types:
                is_typed = True
                is_human |= entities.ids[tail] == _HUMAN or entities.label(tail).lower() in {"human", "person"}
        return "it" if is_typed and not is_human else None


def relations_called(graph: KnowledgeGraph, ids: Iterable[str], labels: Iterable[str]) -> list[int]:
    """The numbers of the relations that bear one of the ids or, whatever their id, one of the labels."""
    wanted, called = set(ids), set(labels)
    numbers = range(graph.num_relations)
    return [n for n in numbers if graph.relations.ids[n] in wanted or graph.relations.label(n).lower() in called]
