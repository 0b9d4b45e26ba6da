"""Entities scored at a masked node: either end of a triple, by a model whose sequences hold graph nodes.

The text is the head's node alone, known or masked; the relation node and the tail hang on it as in training (CoLAKE,
Sun et al., 2020, section 4.4). A known head can bring further triples, as it did in training. Shapes: B triples at
once, E entities, N neighbouring triples.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from kgpt.errors import CheckpointError
from kgpt.evaluation.link_ranking import Side
from kgpt.kg.graph import KnowledgeGraph
from kgpt.kg.sampling import sample_outgoing
from kgpt.model import LoadedModel
from kgpt.randomness import generator
from kgpt.sequences import NO_TARGET, collate
from kgpt.sequences import Sequence as TrainingSequence
from kgpt.sequences.graph_stream import sampled_neighborhood
from kgpt.wkgraph import NodeKind, WordKnowledgeGraph

_ENCODER_NEIGHBORS = 8


@dataclass(frozen=True, slots=True)
class NodeScorer:
    """Logits of all entities at a masked end.

    Args:
        loaded: the model.
        graph: what it was trained on; neighbours come from here.
        num_neighbors: triples that a known head brings besides the one that is asked; 0 is the paper's form.

    Raises:
        CheckpointError: the model's nodes are those of another graph.
    """

    loaded: LoadedModel
    graph: KnowledgeGraph
    num_neighbors: int = 0

    def __post_init__(self) -> None:
        if self.loaded.entity_ids != tuple(self.graph.entities.ids):
            raise CheckpointError("link prediction by nodes needs a model with nodes for this very graph's entities")
        self.loaded.model.eval()

    @torch.inference_mode()
    def __call__(self, triples: NDArray[np.int32], side: Side) -> NDArray[np.float32]:
        """The scores of all entities as that end of the triples, [B, E]."""
        sequences = [self._sequence(row, side) for row in triples.tolist()]
        batch = collate(sequences, pad_id=self.loaded.vocabulary.pad)
        nodes = self.loaded.model.nodes
        assert nodes is not None
        if nodes.encoder_layers:
            around = [_ENCODER_NEIGHBORS] * nodes.encoder_layers
            everyone, rng = np.arange(self.graph.num_entities), generator("completion", side, *triples[0].tolist())
            read = np.unique(triples[:, [0, 2]])
            batch = replace(batch, candidates=torch.from_numpy(everyone))
            batch = batch.with_subgraph(sampled_neighborhood(self.graph, read, everyone, around, rng))
        logits = self.loaded.model(batch.to(self.loaded.model.device))["entity"].logits
        return np.asarray(logits.float().cpu().numpy(), np.float32)

    def _sequence(self, row: Sequence[int], side: Side) -> TrainingSequence:
        return masked_end(self.loaded, row, side, around=self._around(row) if side == "tail" else _NONE)

    def _around(self, row: Sequence[int]) -> NDArray[np.int32]:
        """Other triples of the head; the asked one is none of them."""
        if not self.num_neighbors:
            return _NONE
        rng = generator("completion", *row[:2])
        found = sample_outgoing(self.graph, row[0], max_triples=self.num_neighbors, rng=rng)
        return found[(found != row).any(axis=1)]


_NONE = np.zeros((0, 3), np.int32)


def masked_end(
    loaded: LoadedModel, row: Sequence[int], side: Side, *, around: NDArray[np.int32] = _NONE
) -> TrainingSequence:
    """The head between the special words, the tail and the relation that joins them, one end masked and asked for.

    Args:
        loaded: whose words and nodes.
        row: head, relation, tail by number.
        side: which end is masked.
        around: further triples of the head, [N, 3].
    """
    prefix, suffix = loaded.vocabulary.prefix, loaded.vocabulary.suffix
    head, tail = len(prefix), len(prefix) + 1 + len(suffix)
    ends, relations = [row[2], *around[:, 2].tolist()], [row[1], *around[:, 1].tolist()]
    ids = np.concatenate([prefix, [row[0]], suffix, ends, relations]).astype(np.int64)
    kinds = np.full(len(ids), NodeKind.WORD, np.int8)
    tails = tail + np.arange(len(ends))
    joints = tails + len(ends)
    kinds[[head, *tails]], kinds[joints] = NodeKind.ENTITY, NodeKind.RELATION
    far, near = np.full(len(ends), head + 2), np.full(len(ends), head + 1)
    edges = np.stack([joints, np.full(len(ends), head), tails], axis=1)
    place = tail if side == "tail" else head
    targets = np.full(len(ids), NO_TARGET, np.int64)
    targets[place], ids[place] = ids[place], len(loaded.entity_ids)
    positions = np.concatenate([np.arange(tail), far, near])
    wkgraph = WordKnowledgeGraph(ids, kinds, positions, num_text=tail, edges=edges)
    return TrainingSequence(ids, kinds, positions, targets, wkgraph.visibility())
