"""A text in pieces: strings as they stand, and mentions that know their entity.

What writes sentences writes pieces; from them come a string with its links, or word ids with their anchors, piece by
piece (each piece is tokenised once, see `kgpt.sequences.piecewise`). Ours.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeAlias


class Mention(NamedTuple):
    """An entity by number, and the name it is written with."""

    entity: int
    name: str


Piece: TypeAlias = str | Mention
Pieces: TypeAlias = Sequence[Piece]
Span: TypeAlias = tuple[int, int, int]
"""`[start, end)` and the entity that stands there."""


def written(piece: Piece) -> str:
    """A piece as it is read."""
    return piece.name if isinstance(piece, Mention) else piece


def joined(pieces: Iterable[Piece]) -> str:
    """The text alone.

    >>> joined([Mention(0, "Berlin"), " is large."])
    'Berlin is large.'
    """
    return "".join(map(written, pieces))


def linked(pieces: Iterable[Piece]) -> tuple[str, list[Span]]:
    """The text and its mentions, in code points.

    >>> linked(["In ", Mention(7, "Berlin"), "."])
    ('In Berlin.', [(3, 9, 7)])
    """
    texts: list[str] = []
    spans: list[Span] = []
    place = 0
    for piece in pieces:
        text = written(piece)
        if isinstance(piece, Mention) and text:
            spans.append((place, place + len(text), piece.entity))
        texts.append(text)
        place += len(text)
    return "".join(texts), spans


def capitalized(pieces: Pieces) -> list[Piece]:
    """The same text with its first letter capital.

    >>> capitalized(["the mayor"])
    ['The mayor']
    """
    first, *rest = pieces
    text = written(first)
    raised = text[:1].upper() + text[1:]
    return [first._replace(name=raised) if isinstance(first, Mention) else raised, *rest]
