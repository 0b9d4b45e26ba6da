"""Documents with the linker's links laid over the corpus' own: right, wrong, missed, extra."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from kgpt.randomness import stable_hash
from kgpt.records import NIL, Document, Link

LinkKind = Literal["right", "wrong", "missed", "extra", "linked"]
_MAX_CHARS = 900


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a document's text.

    Args:
        text: the words.
        kind: how the link on it fares; None for plain text. `linked` where there is no gold to compare with.
        predicted: name of the entity that the linker chose; empty where it chose none, or rightly the one
            that the text names.
        gold: name of the entity that the corpus gives, where it differs.
    """

    text: str
    kind: LinkKind | None = None
    predicted: str = ""
    gold: str = ""


@dataclass(frozen=True, slots=True)
class LinkingExample:
    """A document as spans in reading order."""

    document: str
    spans: tuple[Span, ...]


def linking_examples(
    linked: Sequence[Document],
    corpus: Mapping[str, Document],
    *,
    label: Callable[[str], str],
    known: Callable[[str], bool],
    num_documents: int = 3,
) -> list[LinkingExample]:
    """A few short documents, those with gold links first, picked by a hash of their ids.

    Args:
        linked: documents with predicted links.
        corpus: the same documents by id with the links they came with.
        label: names an entity.
        known: whether the graph has an entity; a gold link to another cannot be found, so it is not missed.
        num_documents: how many.
    """
    pairs = [(one, corpus[one.id]) for one in linked if one.id in corpus and (one.links or corpus[one.id].links)]

    def rank(pair: tuple[Document, Document]) -> tuple[bool, bool, int]:
        return not pair[1].links, len(pair[0].text) > _MAX_CHARS, stable_hash("report", pair[0].id)

    chosen = sorted((pair for pair in pairs if pair[0].text == pair[1].text), key=rank)[:num_documents]
    return [LinkingExample(one.id, tuple(spans(one, gold.links, label=label, known=known))) for one, gold in chosen]


def spans(
    document: Document, gold: Sequence[Link], *, label: Callable[[str], str], known: Callable[[str], bool]
) -> Iterator[Span]:
    """The text of `document` cut at its predicted links and at the gold links that it missed."""
    marks = [(link, _judged(link, gold, document, label)) for link in document.links if link.entity != NIL]
    taken = [link for link, _ in marks]
    missed = [one for one in gold if known(one.entity) and not any(_overlap(one, other) for other in taken)]
    marks += [(link, Span(document.surface(link), "missed", gold=label(link.entity))) for link in missed]
    place = 0
    for link, span in sorted(marks, key=lambda mark: mark[0]):
        if link.start < place:
            continue
        if link.start > place:
            yield Span(document.text[place : link.start])
        yield span
        place = link.end
    if place < len(document.text):
        yield Span(document.text[place:])


def _judged(link: Link, gold: Collection[Link], document: Document, label: Callable[[str], str]) -> Span:
    text, name = document.surface(link), label(link.entity)
    touched = [one for one in gold if _overlap(one, link)]
    if not gold:
        return Span(text, "linked", name)
    if not touched:
        return Span(text, "extra", name)
    if any((one.start, one.end, one.entity) == (link.start, link.end, link.entity) for one in touched):
        return Span(text, "right", name if name != text else "")
    wanted = touched[0]
    return Span(text, "wrong", name, f"{label(wanted.entity)} for “{document.surface(wanted)}”")


def _overlap(one: Link, other: Link) -> bool:
    return one.start < other.end and other.start < one.end
