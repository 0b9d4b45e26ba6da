"""A text as a person reads it: its links laid over it, and of every name in it the candidates with their scores."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from kgpt.linking import Linker
from kgpt.records import NIL, Document, Link

MAX_CANDIDATES = 5
_Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entity that a mention may mean, or `NIL`, with its probability and whether it was chosen."""

    id: str
    name: str
    about: str
    score: float
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in the text and what it may mean, the likeliest first; `entity` is `NIL` where it means nothing here."""

    surface: str
    entity: str
    candidates: tuple[Candidate, ...]

    @property
    def chosen(self) -> Candidate:
        """What the linker decided for."""
        return next(one for one in self.candidates if one.is_chosen)

    @property
    def others(self) -> tuple[Candidate, ...]:
        """What it decided against."""
        return tuple(one for one in self.candidates if not one.is_chosen)


@dataclass(frozen=True, slots=True)
class LinkedSentence:
    """A text in pieces, some of which are links, and the mentions in reading order."""

    pieces: tuple[tuple[str, Candidate | None], ...]
    linked: tuple[Mention, ...]
    unlinked: tuple[Mention, ...]
    document: Document


def linked_sentence(text: str, linker: Linker) -> LinkedSentence:
    """`text` linked; names that the graph has and that were judged NIL are told, too."""
    document = linker.link(Document("text", text))
    considered = linker.considered(document, max_candidates=linker.settings.max_candidates)
    chosen = {(link.start, link.end): link for link in document.links}
    linked = [_mention(text, span, link, considered.get(span, ()), linker) for span, link in chosen.items()]
    unlinked = [_mention(text, span, None, considered[span], linker) for span in _apart(considered, chosen)]
    return LinkedSentence(
        tuple(_pieces(text, list(zip(chosen, linked, strict=True)))), tuple(linked), tuple(unlinked), document
    )


def _apart(considered: Mapping[_Span, Sequence[Link]], chosen: Mapping[_Span, Link]) -> list[_Span]:
    """The longest spans that overlap neither a link nor each other, in reading order."""
    taken, found = list(chosen), list[_Span]()
    for start, end in sorted(considered, key=lambda span: (span[0] - span[1], span)):
        if all(end <= begin or stop <= start for begin, stop in taken):
            taken.append((start, end))
            found.append((start, end))
    return sorted(found)


def _mention(text: str, span: _Span, link: Link | None, candidates: Sequence[Link], linker: Linker) -> Mention:
    """A span with its likeliest candidates; the choice is among them even where it follows another mention."""
    nil = max(0.0, 1.0 - sum(one.score for one in candidates))
    shown = list(candidates[:MAX_CANDIDATES])
    if link is not None and all(one.entity != link.entity for one in shown):
        shown.append(link)
    told = [_candidate(one, linker, is_chosen=link is not None and one.entity == link.entity) for one in shown]
    if candidates:
        told.append(Candidate(NIL, "NIL, not in the graph", "", nil, is_chosen=link is None))
    told.sort(key=lambda one: -one.score)
    return Mention(text[slice(*span)], NIL if link is None else link.entity, tuple(told))


def _candidate(link: Link, linker: Linker, *, is_chosen: bool) -> Candidate:
    names = linker.graph.entities
    number = linker.graph.entity(link.entity)
    return Candidate(link.entity, names.label(number), names.descriptions[number], link.score, is_chosen)


def _pieces(text: str, mentions: Sequence[tuple[_Span, Mention]]) -> Iterator[tuple[str, Candidate | None]]:
    place = 0
    for (start, end), mention in mentions:
        if start > place:
            yield text[place:start], None
        yield mention.surface, mention.chosen
        place = end
    if place < len(text):
        yield text[place:], None
