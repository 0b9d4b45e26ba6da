"""Padded sequences as tensors.

Shapes: B sequences, S nodes, L target words of a decoder, C candidate entities, M mentions, N nodes of the joined
subgraphs, E their edges, P triples asked for, K negatives a side.
"""

from __future__ import annotations

from collections.abc import Sequence as SequenceOf
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from kgpt.sequences.graph_position import UNSEEN
from kgpt.sequences.sequence import NO_TARGET, Sequence
from kgpt.sequences.subgraph import JoinedSubgraphs, Subgraph, TripleTargets, join_subgraphs
from kgpt.wkgraph.graph import NodeKind

if TYPE_CHECKING:
    import torch

Tensors = TypeVar("Tensors")


@dataclass(frozen=True, eq=False)
class TripleTensors:
    """`TripleTargets` as tensors: positives [P, 3], false_heads [P, K], false_tails [P, K]."""

    positives: torch.Tensor
    false_heads: torch.Tensor
    false_tails: torch.Tensor

    @classmethod
    def of(cls, asked: TripleTargets) -> TripleTensors:
        """The tensors of `asked`."""
        import torch

        return cls(*(torch.from_numpy(np.ascontiguousarray(getattr(asked, one.name))) for one in fields(cls)))


@dataclass(frozen=True, eq=False)
class GraphTensors:
    """`JoinedSubgraphs` as tensors: nodes [N], edges [E, 3], kinds [N], owners [N]."""

    nodes: torch.Tensor
    edges: torch.Tensor
    kinds: torch.Tensor
    owners: torch.Tensor

    @classmethod
    def of(cls, joined: JoinedSubgraphs) -> GraphTensors:
        """The tensors of `joined`."""
        import torch

        return cls(*(torch.from_numpy(np.ascontiguousarray(getattr(joined, one.name))) for one in fields(cls)))


@dataclass(frozen=True, eq=False)
class Batch:
    """Padded sequences as tensors, in the order given.

    Args:
        ids: int64 [B, S]; padding is 0, whatever the kind: `present` tells.
        kinds: int64 [B, S].
        positions: int64 [B, S].
        targets: int64 [B, S].
        present: bool [B, S], False at padding.
        visibility: bool [B, S, S], or None where every node sees every present one (in a decoder: those before it).
        segments: which of the packed sequences a node belongs to, int64 [B, S]; None where none are packed. A node
            sees its own segment alone.
        decoder_targets: int64 [B, L], `NO_TARGET` at padding; None for encoders and decoders.
        candidates: entity numbers that entity prediction chooses among, int64 [C]; None for all.
        candidate_log_q: log of how often each candidate is expected in a draw, [C]; None for no correction.
        mentions: row and the columns of `Sequence.mentions`, int64 [M, 6]; None where there are none.
        relative_positions: int32 [B, S, S], see `Sequence`; `UNSEEN` at padding.
        subgraph: the graph beside the sequences.
        triples: triples to be scored; their ends are places of `subgraph`, or rows of the batch where there is none.
    """

    ids: torch.Tensor
    kinds: torch.Tensor
    positions: torch.Tensor
    targets: torch.Tensor
    present: torch.Tensor
    visibility: torch.Tensor | None = None
    segments: torch.Tensor | None = None
    decoder_targets: torch.Tensor | None = None
    candidates: torch.Tensor | None = None
    candidate_log_q: torch.Tensor | None = None
    mentions: torch.Tensor | None = None
    relative_positions: torch.Tensor | None = None
    subgraph: GraphTensors | None = None
    triples: TripleTensors | None = None

    def to(self, device: torch.device | str, non_blocking: bool = False) -> Batch:
        """The batch on `device`."""
        return _moved(self, device, non_blocking)

    def with_subgraph(self, subgraph: Subgraph) -> Batch:
        """The batch with one graph beside all its sequences."""
        return replace(self, subgraph=GraphTensors.of(join_subgraphs([subgraph])))

    def with_log_q(self, log_q: NDArray[np.float32]) -> Batch:
        """The batch with the candidates' expected counts, [C]."""
        import torch

        return replace(self, candidate_log_q=torch.from_numpy(log_q))

    @property
    def num_tokens(self) -> int:
        """Nodes read and words written, padding left out."""
        written = 0 if self.decoder_targets is None else int((self.decoder_targets != NO_TARGET).sum())
        return int(self.present.sum()) + written


def _moved(tensors: Tensors, device: Any, non_blocking: bool) -> Tensors:
    """A dataclass of tensors, and of dataclasses of them, on `device`."""
    moved: dict[str, Any] = {}
    for one in fields(cast(Any, tensors)):
        value = getattr(tensors, one.name)
        if is_dataclass(value):
            moved[one.name] = _moved(value, device, non_blocking)
        elif value is not None:
            moved[one.name] = value.to(device, non_blocking=non_blocking)
    return cast(Tensors, replace(cast(Any, tensors), **moved))


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
        **_extras(sequences, max(lengths)),
    )


def _extras(sequences: SequenceOf[Sequence], length: int) -> dict[str, Any]:
    """What only some recipes' sequences hold."""
    import torch

    extras: dict[str, Any] = {}
    if any(len(sequence.mentions) for sequence in sequences):
        extras["mentions"] = torch.from_numpy(_mentions(sequences))
    if any(sequence.segments is not None for sequence in sequences):
        segments = [np.zeros(len(s.ids), np.int64) if s.segments is None else s.segments for s in sequences]
        extras["segments"] = torch.from_numpy(_padded(segments, -1))
    if any(sequence.relative_positions is not None for sequence in sequences):
        extras["relative_positions"] = torch.from_numpy(_relative_positions(sequences, length))
    if subgraphs := [one.subgraph for one in sequences if one.subgraph is not None]:
        assert len(subgraphs) == len(sequences), "either every sequence of a batch has a subgraph or none"
        joined = join_subgraphs(subgraphs)
        extras["subgraph"] = GraphTensors.of(joined)
        extras["triples"] = TripleTensors.of(joined.asked) if joined.asked is not None else None
    return extras


def _mentions(sequences: SequenceOf[Sequence]) -> NDArray[np.int64]:
    """All mentions with their rows; places in subgraphs are counted on as the subgraphs are joined."""
    rows, first = [], 0
    for row, sequence in enumerate(sequences):
        mentions = np.insert(sequence.mentions, 0, row, axis=1)
        if sequence.subgraph is not None:
            mentions[:, -1] += first
            first += len(sequence.subgraph.nodes)
        rows.append(mentions)
    return np.concatenate(rows)


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


def _relative_positions(sequences: SequenceOf[Sequence], length: int) -> NDArray[np.int32]:
    """A sequence without its own has the usual ones: how far to the right the other node stands."""
    out = np.full((len(sequences), length, length), UNSEEN, np.int32)
    for row, sequence in enumerate(sequences):
        size, order = len(sequence.ids), np.arange(len(sequence.ids))
        own = sequence.relative_positions
        out[row, :size, :size] = order[None, :] - order[:, None] if own is None else own
    return out
