"""One training row, before it is padded.

Shapes: S nodes of a sequence, L target words of a decoder, M mentions.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from kgpt.sequences.subgraph import Subgraph
from kgpt.wkgraph.graph import NodeKind

NO_TARGET = -100
"""Stands in `targets` where nothing is asked (PyTorch's `ignore_index`)."""

HIDDEN_ENTITY = -1
"""Stands in `mentions` where no entity is shown."""

_NO_WORDS = np.zeros(0, np.int64)
_NO_MENTIONS = np.zeros((0, 5), np.int64)


@dataclass(frozen=True, eq=False, slots=True)
class Sequence:
    """One training row: the nodes the model reads and what it is asked.

    Args:
        ids: word id, entity number or relation number of every node, after corruption, int64 [S].
        kinds: `NodeKind` of every node, int8 [S].
        positions: soft positions from 0, int64 [S].
        targets: the right id of its own kind at nodes that are asked for, else `NO_TARGET`, int64 [S].
        visibility: who may attend to whom, bool [S, S]; None where all may (in a decoder: all before).
        decoder_targets: what an encoder-decoder shall write, int64 [L]; empty for encoders and decoders.
        mentions: linked stretches of words, int64 [M, 5]: first node, one past the last, the entity that is shown
            there (`HIDDEN_ENTITY` for none), the entity that is asked for (`NO_TARGET` for none), and what stands for
            the entity: its place in `subgraph` where there is one, else its node in the sequence, or -1.
        relative_positions: of every node as seen from every other, or a code of `sequences.graph_position`, int32
            [S, S]; None where they follow from the order.
        subgraph: entities and edges that a graph encoder reads beside the sequence.
        segments: which of the packed sequences a node belongs to, int64 [S]; None where it is one sequence.
    """

    ids: NDArray[np.int64]
    kinds: NDArray[np.int8]
    positions: NDArray[np.int64]
    targets: NDArray[np.int64]
    visibility: NDArray[np.bool_] | None = None
    decoder_targets: NDArray[np.int64] = field(default_factory=lambda: _NO_WORDS)
    mentions: NDArray[np.int64] = field(default_factory=lambda: _NO_MENTIONS)
    relative_positions: NDArray[np.int32] | None = None
    subgraph: Subgraph | None = None
    segments: NDArray[np.int64] | None = None

    @property
    def num_tokens(self) -> int:
        """Nodes read and words written: what the budget counts."""
        return len(self.ids) + len(self.decoder_targets)


def plain_sequence(
    word_ids: NDArray[np.int64],
    *,
    targets: NDArray[np.int64] | None = None,
    decoder_targets: NDArray[np.int64] | None = None,
) -> Sequence:
    """The sequence of a text: words only, positions in order, everyone sees everyone."""
    return Sequence(
        ids=word_ids,
        kinds=np.full(len(word_ids), NodeKind.WORD, np.int8),
        positions=np.arange(len(word_ids)),
        targets=np.full(len(word_ids), NO_TARGET, np.int64) if targets is None else targets,
        decoder_targets=_NO_WORDS if decoder_targets is None else decoder_targets,
    )
