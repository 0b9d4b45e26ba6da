"""Changes to a document's text, its links moved along exactly; what was changed is counted in its metadata."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from kgpt.corpus.base import marks_of
from kgpt.records import Document, Link

CHANGES = "changes"
"""The field of `Metadata.extra` that counts what curation changed in a document, `{"pii:email": 2}`."""


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """A stretch `[start, end)` of a text, and what stands there afterwards."""

    start: int
    end: int
    new: str = ""


def edited(document: Document, edits: Sequence[Edit]) -> Document:
    """`document` after `edits`, which are in order and do not overlap; a link that any of them touches goes."""
    starts, ends = [edit.start for edit in edits], [edit.end for edit in edits]
    pieces: list[str] = []
    shifts, place = [0], 0
    for edit in edits:
        pieces += (document.text[place : edit.start], edit.new)
        shifts.append(shifts[-1] + len(edit.new) - (edit.end - edit.start))
        place = edit.end
    links = []
    for link in document.links:
        before = bisect_right(ends, link.start)
        if before == bisect_left(starts, link.end):
            links.append(replace(link, start=link.start + shifts[before], end=link.end + shifts[before]))
    return replace(document, text="".join([*pieces, document.text[place:]]), links=tuple(links))


def rewritten(document: Document, rewrite: Callable[[str], str]) -> Document:
    """`document` with every stretch between ends of links rewritten; a link goes where nothing of its words is left."""
    told = [link for link in document.links if rewrite(document.surface(link))]
    ends = {0, len(document.text)} | {end for link in told for end in (link.start, link.end)}
    moved, pieces, length = {}, [], 0
    for start, end in pairwise(sorted(ends)):
        moved[start] = length
        pieces.append(rewrite(document.text[start:end]))
        length += len(pieces[-1])
    moved[len(document.text)] = length
    kept = [link for link in told if moved[link.start] < moved[link.end]]
    links = tuple(Link(moved[link.start], moved[link.end], link.entity, link.score) for link in kept)
    return replace(document, text="".join(pieces), links=links)


def counted(document: Document, changes: Mapping[str, int]) -> Document:
    """`document` with `changes` added to those that its metadata counts."""
    found = {name: count for name, count in changes.items() if count}
    if not found:
        return document
    total = dict(changes_of(document))
    for name, count in found.items():
        total[name] = total.get(name, 0) + count
    extra = {**document.metadata.extra, CHANGES: total}
    return replace(document, metadata=replace(document.metadata, extra=extra))


def changes_of(document: Document) -> Mapping[str, int]:
    """What curation changed in `document` and what it marked it with, as far as its metadata tells."""
    told = document.metadata.extra.get(CHANGES)
    changed = {name: count for name, count in told.items() if isinstance(count, int)} if isinstance(told, dict) else {}
    return changed | dict.fromkeys(marks_of(document.metadata), 1)


def without_overlap(edits: Iterable[Edit]) -> list[Edit]:
    """`edits` in order of place, those left out that overlap an earlier one of the iterable."""
    kept: list[Edit] = []
    for edit in edits:
        at = bisect_left(kept, edit)
        if (at == 0 or kept[at - 1].end <= edit.start) and (at == len(kept) or edit.end <= kept[at].start):
            kept.insert(at, edit)
    return kept
