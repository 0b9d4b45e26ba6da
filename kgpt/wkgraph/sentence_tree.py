"""A sentence with short branches of facts at its mentions (K-BERT, Liu et al., 2020, section 3.2).

Branches stand behind the trunk; their soft positions go on from their mention, the trunk's ignore them. The trunk sees
the trunk; a mention and its branches see each other; a branch sees nothing else. Shapes: S nodes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False, slots=True)
class Branch:
    """Words that hang on the trunk's words `[start, end)`."""

    start: int
    end: int
    words: NDArray[np.int64]


@dataclass(frozen=True, eq=False, slots=True)
class SentenceTree:
    """Words of trunk and branches, their soft positions, and who sees whom: [S], [S], [S, S]."""

    words: NDArray[np.int64]
    positions: NDArray[np.int64]
    visibility: NDArray[np.bool_]
    num_trunk: int


def build_sentence_tree(trunk: NDArray[np.int64], branches: Sequence[Branch], *, max_nodes: int) -> SentenceTree:
    """The tree of a sentence; branches that do not fit into `max_nodes` are left out, the last first."""
    kept, room = list[Branch](), max_nodes - len(trunk)
    for branch in branches:
        if len(branch.words) <= room:
            kept.append(branch)
            room -= len(branch.words)
    words = np.concatenate([trunk, *(branch.words for branch in kept)])
    positions, visible = np.arange(len(words)), np.eye(len(words), dtype=bool)
    visible[: len(trunk), : len(trunk)] = True
    place = len(trunk)
    for branch in kept:
        end = place + len(branch.words)
        positions[place:end] = branch.end + np.arange(len(branch.words))
        visible[place:end, place:end] = True
        visible[place:end, branch.start : branch.end] = True
        visible[branch.start : branch.end, place:end] = True
        place = end
    return SentenceTree(words, positions, visible, len(trunk))
