"""Entities scored at a masked node: either end of a triple, by a model whose sequences hold graph nodes.

The text is the head's node alone, known or masked; the relation node and the tail hang on it as in training (CoLAKE,
Sun et al., 2020, section 4.4). Shapes: B triples at once, E entities.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from kgpt.errors import CheckpointError
from kgpt.evaluation.link_ranking import Side
from kgpt.kg.graph import KnowledgeGraph
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
        graph: what it was trained on; a relational encoder reads neighbours from here.

    Raises:
        CheckpointError: the model's nodes are those of another graph.
    """

    loaded: LoadedModel
    graph: KnowledgeGraph

    def __post_init__(self) -> None:
        if self.loaded.entity_ids != tuple(self.graph.entities.ids):
            raise CheckpointError("scoring by nodes needs a model with nodes for this very graph's entities")
        self.loaded.model.eval()

    @torch.inference_mode()
    def __call__(self, triples: NDArray[np.int32], side: Side) -> NDArray[np.float32]:
        """The scores of all entities as that end of the triples, [B, E]."""
        sequences = [masked_end(self.loaded, row, side) for row in triples.tolist()]
        batch = collate(sequences, pad_id=self.loaded.vocabulary.pad)
        nodes = self.loaded.model.nodes
        assert nodes is not None
        if nodes.encoder_layers:
            around = [_ENCODER_NEIGHBORS] * nodes.encoder_layers
            everyone, rng = np.arange(self.graph.num_entities), generator("completion", side, *triples[0].tolist())
            read = np.unique(triples[:, [0, 2]]).astype(np.int64)
            batch = replace(batch, candidates=torch.from_numpy(everyone))
            batch = batch.with_subgraph(sampled_neighborhood(self.graph, read, everyone, around, rng))
        logits = self.loaded.model(batch.to(self.loaded.model.device))["entity"].logits
        return np.asarray(logits.float().cpu().numpy(), np.float32)


def masked_end(loaded: LoadedModel, row: Sequence[int], side: Side) -> TrainingSequence:
    """The head between the special words, the tail and the relation that joins them, one end masked and asked for.

    Args:
        loaded: whose words and nodes.
        row: head, relation, tail by number.
        side: which end is masked.
    """
    prefix, suffix = loaded.vocabulary.prefix, loaded.vocabulary.suffix
    head, tail = len(prefix), len(prefix) + 1 + len(suffix)
    ids = np.concatenate([prefix, [row[0]], suffix, [row[2]], [row[1]]]).astype(np.int64)
    kinds = np.full(len(ids), NodeKind.WORD, np.int8)
    kinds[[head, tail]], kinds[tail + 1] = NodeKind.ENTITY, NodeKind.RELATION
    positions = np.concatenate([np.arange(tail), [head + 2, head + 1]])
    place = tail if side == "tail" else head
    targets = np.full(len(ids), NO_TARGET, np.int64)
    targets[place], ids[place] = ids[place], len(loaded.entity_ids)
    wkgraph = WordKnowledgeGraph(ids, kinds, positions, num_text=tail, edges=np.array([[tail + 1, head, tail]]))
    return TrainingSequence(ids, kinds, positions, targets, wkgraph.visibility())
