"""Many records at once, as spans of bytes: what a reader of plain files hands to the graph builder in bulk."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

NameField = Literal["label", "alias", "description", "title"]


@dataclass(frozen=True, eq=False, slots=True)
class TripleBlock:
    """n triples.

    Args:
        content: UTF-8 bytes, uint8.
        spans: where head, relation and tail begin and end in `content`, int64 [n, 3, 2].
    """

    content: NDArray[np.uint8]
    spans: NDArray[np.int64]


@dataclass(frozen=True, eq=False, slots=True)
class NameBlock:
    """n names of entities, all of one kind.

    Args:
        content: UTF-8 bytes, uint8.
        spans: where id and name begin and end in `content`, int64 [n, 2, 2].
        field: what kind of name.
        language: of the names; empty is the graph's main language.
    """

    content: NDArray[np.uint8]
    spans: NDArray[np.int64]
    field: NameField
    language: str = ""


@dataclass(frozen=True, eq=False, slots=True)
class LiteralBlock:
    """n strings without a language.

    Args:
        content: UTF-8 bytes, uint8.
        spans: where head, relation and value begin and end in `content`, int64 [n, 3, 2].
    """

    content: NDArray[np.uint8]
    spans: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class DroppedBlock:
    """Records left out, and why."""

    reason: str
    count: int


Block = TripleBlock | NameBlock | LiteralBlock | DroppedBlock
