"""The word-knowledge graph (CoLAKE, Sun et al., 2020, section 3.1): words, entities and relations in one sequence.

Order of the nodes: the text (words, with the first mention of every linked entity standing as one entity node, the
anchor), then added tails, then relation nodes. Words and anchors see each other; a relation node sees its head, its
tail and itself; a tail sees its relation nodes and itself.

Shapes: S nodes.
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray


class NodeKind(IntEnum):
    """What a node is; its id is a row of its kind's vocabulary."""

    WORD = 0
    ENTITY = 1
    RELATION = 2


@dataclass(frozen=True, eq=False, slots=True)
class WordKnowledgeGraph:
    """One sequence's nodes.

    Args:
        ids: word id, entity number or relation number, int64 [S].
        kinds: `NodeKind` of every node, int8 [S].
        positions: soft positions, counted along branches from 0, int64 [S].
        num_text: nodes before this index are the text (words and anchors), the rest is added knowledge.
        edges: relation node, head node and tail node of every added triple, int64 [num_triples, 3].
    """

    ids: NDArray[np.int64]
    kinds: NDArray[np.int8]
    positions: NDArray[np.int64]
    num_text: int
    edges: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.ids)

    def visibility(self) -> NDArray[np.bool_]:
        """Who may attend to whom, [S, S], symmetric."""
        visible = np.eye(len(self), dtype=bool)
        visible[: self.num_text, : self.num_text] = True
        relations, heads, tails = self.edges.T
        for ends in (heads, tails):
            visible[relations, ends] = visible[ends, relations] = True
        return visible
