"""A text with gold and predicted links laid over each other, cut into regions that each fare in one way."""

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kgpt.evaluation.entity_linking import Judgement, Span
from kgpt.records import NIL, Link

RIGHT, OUTSIDE = "right", "outside"
"""Besides the kinds of errors: gold and ours agree; gold's entity is not in the graph, and we linked nothing."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of a region, and whose link they lie in."""

    text: str
    gold: bool
    predicted: bool


@dataclass(frozen=True, slots=True)
class Named:
    """An entity with its name, and a score where it has one."""

    id: str
    name: str
    score: str = ""


@dataclass(frozen=True, slots=True)
class Region:
    """A stretch of text: plain, or one where links meet.

    Args:
        kind: how it fares, empty for plain text.
        pieces: its words.
        gold: what gold says, with the surface where it is not the whole region.
        predicted: what we say.
        candidates: what we chose from.
    """

    kind: str
    pieces: tuple[Piece, ...]
    gold: tuple[Named, ...] = ()
    predicted: tuple[Named, ...] = ()
    candidates: tuple[Named, ...] = ()

    @property
    def text(self) -> str:
        """Its words."""
        return "".join(piece.text for piece in self.pieces)


def judged_text(
    judgement: Judgement,
    considered: Mapping[Span, Sequence[Link]],
    *,
    label: Callable[[str], str],
    known: Callable[[str], bool],
) -> Iterator[Region]:
    """The text of a judgement as regions in reading order.

    Args:
        judgement: gold, ours, and the errors.
        considered: candidates of spans with their scores.
        label: names an entity.
        known: whether the graph has an entity.
    """
    document, place = judgement.document, 0
    for start, end, gold, ours in _meetings(judgement):
        if start > place:
            yield Region("", (Piece(document.text[place:start], False, False),))
        place = end
        candidates = next((considered[span] for span in _spans(gold) + _spans(ours) if span in considered), ())
        yield Region(
            _kind(judgement, start, end, gold, known),
            tuple(_pieces(document.text, start, end, gold, ours)),
            tuple(_named(link, label, known) for link in gold),
            tuple(_named(link, label, known, scored=True) for link in ours),
            tuple(_named(link, label, known, scored=True) for link in candidates),
        )
    if place < len(document.text):
        yield Region("", (Piece(document.text[place:], False, False),))


def _meetings(judgement: Judgement) -> Iterator[tuple[int, int, list[Link], list[Link]]]:
    """Gold and predicted links that overlap, with where the union of them begins and ends."""
    marks = [(link, True) for link in judgement.document.links]
    marks += [(link, False) for link in judgement.predicted if link.entity != NIL]
    group: list[tuple[Link, bool]] = []
    end = 0
    for mark in sorted(marks):
        if group and mark[0].start >= end:
            yield _meeting(group, end)
            group = []
        end = max(end if group else 0, mark[0].end)
        group.append(mark)
    if group:
        yield _meeting(group, end)


def _meeting(group: Sequence[tuple[Link, bool]], end: int) -> tuple[int, int, list[Link], list[Link]]:
    gold = [link for link, is_gold in group if is_gold]
    return group[0][0].start, end, gold, [link for link, is_gold in group if not is_gold]


def _kind(judgement: Judgement, start: int, end: int, gold: Sequence[Link], known: Callable[[str], bool]) -> str:
    errors = [kind for (begin, stop), kind in judgement.errors if start <= begin and stop <= end]
    if errors:
        return errors[0]
    return RIGHT if any(known(link.entity) for link in gold) else OUTSIDE


def _pieces(text: str, start: int, end: int, gold: Sequence[Link], ours: Sequence[Link]) -> Iterator[Piece]:
    edges = sorted({start, end, *(edge for link in (*gold, *ours) for edge in (link.start, link.end))})
    for begin, stop in itertools.pairwise(edges):
        within = [any(one.start <= begin and stop <= one.end for one in links) for links in (gold, ours)]
        yield Piece(text[begin:stop], *within)


def _spans(links: Sequence[Link]) -> list[Span]:
    return [(link.start, link.end) for link in links]


def _named(link: Link, label: Callable[[str], str], known: Callable[[str], bool], *, scored: bool = False) -> Named:
    if not known(link.entity):
        return Named(link.entity, "not in the graph")
    return Named(link.entity, label(link.entity), f"{link.score:.2f}" if scored else "")
