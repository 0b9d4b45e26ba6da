"""One training row, and padded rows of them as tensors.

Shapes: S nodes of a sequence, L target words of a decoder, B sequences of a batch, C candidate entities.
"""

from __future__ import annotations

from collections.abc import Sequence as SequenceOf
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from kgpt.wkgraph.graph import NodeKind

if TYPE_CHECKING:
    import torch

NO_TARGET = -100
"""Stands in `targets` where nothing is asked (PyTorch's `ignore_index`)."""

_NO_WORDS = np.zeros(0, np.int64)


@dataclass(frozen=True, eq=False, slots=True)
class Sequence:
    """One training row: the nodes the model reads and what it is asked.

    Args:
        ids: word id, entity number or relation number of every node, after corruption, int64 [S].
        kinds: `NodeKind` of every node, int8 [S].
        positions: soft positions from 0, int64 [S].
        targets: the right id of its own kind at nodes that are asked for, else `NO_TARGET`, int64 [S].
        visibility: who may attend to whom, bool [S, S]; None where all may.
        decoder_targets: what an encoder-decoder shall write, int64 [L]; empty for encoders.
    """

    ids: NDArray[np.int64]
    kinds: NDArray[np.int8]
    positions: NDArray[np.int64]
    targets: NDArray[np.int64]
    visibility: NDArray[np.bool_] | None = None
    decoder_targets: NDArray[np.int64] = field(default_factory=lambda: _NO_WORDS)

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


@dataclass(frozen=True, eq=False)
class Batch:
    """Padded sequences as tensors, in the order given.

    Args:
        ids: int64 [B, S]; padding is 0, whatever the kind: `present` tells.
        kinds: int64 [B, S].
        positions: int64 [B, S].
        targets: int64 [B, S].
        present: bool [B, S], False at padding.
        visibility: bool [B, S, S], or None where every node sees every present one.
        decoder_targets: int64 [B, L], `NO_TARGET` at padding; None for encoders.
        candidates: entity numbers that entity prediction chooses among, int64 [C]; None for all.
    """

    ids: torch.Tensor
    kinds: torch.Tensor
    positions: torch.Tensor
    targets: torch.Tensor
    present: torch.Tensor
    visibility: torch.Tensor | None = None
    decoder_targets: torch.Tensor | None = None
    candidates: torch.Tensor | None = None

    def to(self, device: torch.device | str, non_blocking: bool = False) -> Batch:
        """The batch on `device`."""
        tensors = {one.name: getattr(self, one.name) for one in fields(self)}
        moved = {n: t.to(device, non_blocking=non_blocking) for n, t in tensors.items() if t is not None}
        return replace(self, **moved)

    @property
    def num_tokens(self) -> int:
        """Nodes read and words written, padding left out."""
        written = 0 if self.decoder_targets is None else int((self.decoder_targets != NO_TARGET).sum())
        return int(self.present.sum()) + written


def collate(sequences: SequenceOf[Sequence], *, pad_id: int, candidates: NDArray[np.int64] | None = None) -> Batch:
    """Pad `sequences` to the longest; `pad_id` fills the words."""
    import torch

    lengths = [len(sequence.ids) for sequence in sequences]
    decoder = [sequence.decoder_targets for sequence in sequences]
    masked = any(sequence.visibility is not None for sequence in sequences)
    return Batch(
        ids=torch.from_numpy(_padded([s.ids for s in sequences], pad_id)),
        kinds=torch.from_numpy(_padded([s.kinds for s in sequences], int(NodeKind.WORD))),
        positions=torch.from_numpy(_padded([s.positions for s in sequences], 0)),
        targets=torch.from_numpy(_padded([s.targets for s in sequences], NO_TARGET)),
        present=torch.from_numpy(np.arange(max(lengths)) < np.array(lengths)[:, None]),
        visibility=torch.from_numpy(_visibility(sequences, max(lengths))) if masked else None,
        decoder_targets=torch.from_numpy(_padded(decoder, NO_TARGET)) if any(map(len, decoder)) else None,
        candidates=None if candidates is None else torch.from_numpy(candidates),
    )


def _padded(rows: SequenceOf[NDArray[np.integer[Any]]], fill: int) -> NDArray[np.int64]:
    out = np.full((len(rows), max(map(len, rows))), fill, np.int64)
    for row, values in enumerate(rows):
        out[row, : len(values)] = values
    return out


def _visibility(sequences: SequenceOf[Sequence], length: int) -> NDArray[np.bool_]:
    """Padding sees itself, so that no row of the mask is empty (a row of minus infinity gives nan)."""
    out = np.zeros((len(sequences), length, length), bool)
    out[:, np.arange(length), np.arange(length)] = True
    for row, sequence in enumerate(sequences):
        size = len(sequence.ids)
        out[row, :size, :size] = True if sequence.visibility is None else sequence.visibility
    return out
