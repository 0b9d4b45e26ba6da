"""Entities and relations as nodes among the words: their embeddings, the kind of every node, and their heads.

Shapes: B sequences, S nodes, D hidden, N places that ask, C candidates.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import torch
from torch import nn

from kgpt.kg.graph import KnowledgeGraph
from kgpt.model.base import ModelPart, Sizes, States, model_parts
from kgpt.model.entity_vectors import EntityTable, EntityText, start_relations
from kgpt.model.head import NodeHead
from kgpt.sequences.batch import Batch
from kgpt.sequences.outputs import HeadOutput, Outputs
from kgpt.sequences.sequence import NO_TARGET
from kgpt.sequences.vocabulary import Vocabulary
from kgpt.wkgraph import NodeKind

if TYPE_CHECKING:
    from kgpt.model.relational_encoder import Neighborhood


@model_parts.register("nodes")
@dataclass(frozen=True, kw_only=True, slots=True)
class Nodes:
    """Settings of `NodePart`.

    Args:
        vectors: entity vectors come from a `table`, or from the entity's `text`.
        size: width of an entity's row; 0 is the states' width, another is projected (LUKE has 256).
        sparse: the table's gradients touch a batch's rows alone.
        memory_map: a file for a table beyond memory; empty keeps it in memory.
        encoder: layers over the sampled neighbourhood: `none`, `rgcn`, `compgcn` or `gat`.
        encoder_layers: how many.
        relations: relations are nodes too.
    """

    vectors: Literal["table", "text"] = "table"
    size: int = 0
    sparse: bool = False
    memory_map: str = ""
    encoder: Literal["none", "rgcn", "compgcn", "gat"] = "none"
    encoder_layers: int = 2
    relations: bool = True

    def build(self, sizes: Sizes) -> NodePart:
        """The part with fresh weights."""
        return NodePart(self, sizes)


class NodePart(ModelPart):
    """Embeds entity and relation nodes, adds the kind to all nodes, predicts hidden ones with tied tables.

    Args:
        settings: of the entity vectors.
        sizes: of backbone and graph.
    """

    def __init__(self, settings: Nodes, sizes: Sizes) -> None:
        super().__init__()
        size = settings.size or sizes.hidden
        self.vectors: EntityTable | EntityText
        if settings.vectors == "text":
            self.vectors = EntityText(num_entities=sizes.entities, size=size)
        else:
            self.vectors = EntityTable(
                num_entities=sizes.entities, size=size, sparse=settings.sparse, memory_map=settings.memory_map
            )
        self.widen = nn.Identity() if size == sizes.hidden else nn.Linear(size, sizes.hidden, bias=False)
        self.relations = nn.Embedding(sizes.relations + 1, sizes.hidden) if settings.relations else None
        self.kinds = nn.Embedding(len(NodeKind), sizes.hidden)
        nn.init.zeros_(self.kinds.weight)
        self.entity_head = NodeHead(hidden_size=sizes.hidden, size=size)
        self.relation_head = NodeHead(hidden_size=sizes.hidden, size=sizes.hidden) if settings.relations else None
        self.encoder: nn.Module | None = None
        self.encoder_layers = settings.encoder_layers if settings.encoder != "none" else 0
        if settings.encoder != "none":
            from kgpt.model.relational_encoder import RelationalEncoder  # loads torch_geometric: three seconds

            self.encoder = RelationalEncoder(
                kind=settings.encoder, size=size, num_relations=sizes.relations, num_layers=settings.encoder_layers
            )
        self._backbone: list[Any] = []

    def attach(self, backbone: Any) -> None:
        """Remember the backbone, whose word embeddings entities' texts are made of."""
        self._backbone = [backbone]  # in a list: the backbone is no part of this module

    @property
    def words(self) -> nn.Embedding:
        """The backbone's word embeddings."""
        table: nn.Embedding = self._backbone[0].get_input_embeddings()
        return table

    def start(self, backbone: Any, graph: KnowledgeGraph, vocabulary: Vocabulary) -> None:
        """Begin with names: an untrained node already means roughly what its name says."""
        words = backbone.get_input_embeddings()
        self.vectors.start(graph, vocabulary, words)
        if self.relations is not None:
            start_relations(self.relations, graph.relations, vocabulary, words)

    def entities(self, numbers: torch.Tensor, words: nn.Module) -> torch.Tensor:
        """Vectors of entities as the stack reads them, [...] -> [..., D]."""
        return torch.as_tensor(self.widen(self.vectors(numbers, words)))

    def embed(self, batch: Batch, embedded_BSD: torch.Tensor) -> torch.Tensor:
        """Words as they are, entities and relations from their own tables, and every node's kind."""
        shape, embedded_ND = embedded_BSD.shape, embedded_BSD.flatten(0, 1)
        ids_N, kinds_N = batch.ids.flatten(), batch.kinds.flatten()
        around = self._neighborhood(batch)
        entities = (kinds_N == NodeKind.ENTITY).nonzero()[:, 0]
        rows = self.widen(self._encoded(ids_N[entities], around))
        embedded_ND = embedded_ND.index_copy(0, entities, rows.to(embedded_ND.dtype))
        if self.relations is not None:
            relations = (kinds_N == NodeKind.RELATION).nonzero()[:, 0]
            rows = self.relations(ids_N[relations])
            embedded_ND = embedded_ND.index_copy(0, relations, rows.to(embedded_ND.dtype))
        # a product with three columns has a faster gradient than a look-up of three rows, each met a thousand times
        kinds_ND = torch.nn.functional.one_hot(kinds_N, len(NodeKind)).to(embedded_ND.dtype) @ self.kinds.weight
        return torch.as_tensor((embedded_ND + kinds_ND).view(shape))

    def outputs(self, batch: Batch, states: States) -> Outputs:
        """Logits of hidden entities and relations."""
        outputs = {}
        for kind, name in ((NodeKind.ENTITY, "entity"), (NodeKind.RELATION, "relation")):
            asked_BS = (batch.targets != NO_TARGET) & (batch.kinds == kind)
            if bool(asked_BS.any()):
                told = states.nodes[asked_BS], batch.targets[asked_BS], asked_BS.nonzero()[:, 0]
                outputs[name] = self._entity(*told, batch) if name == "entity" else self._relation(*told)
        return outputs

    def _relation(self, states_ND: torch.Tensor, targets_N: torch.Tensor, rows_N: torch.Tensor) -> HeadOutput:
        assert self.relations is not None and self.relation_head is not None, "this model has no relation nodes"
        return HeadOutput(self.relation_head(states_ND, self.relations.weight[:-1]), targets_N, rows_N)

    def _entity(
        self, states_ND: torch.Tensor, targets_N: torch.Tensor, rows_N: torch.Tensor, batch: Batch
    ) -> HeadOutput:
        if batch.candidates is None:
            return HeadOutput(self.entity_head(states_ND, self.vectors.all(self.words)), targets_N, rows_N)
        logits = self.entity_head(states_ND, self._encoded(batch.candidates, self._neighborhood(batch)))
        if batch.candidate_log_q is not None:
            logits = logits - batch.candidate_log_q
        return HeadOutput(logits, torch.searchsorted(batch.candidates, targets_N), rows_N)

    def _encoded(self, numbers: torch.Tensor, neighborhood: Neighborhood | None) -> torch.Tensor:
        own = self.vectors(numbers, self.words)
        return own if neighborhood is None else neighborhood.replace(numbers, own)

    def _neighborhood(self, batch: Batch) -> Neighborhood | None:
        """The vectors of the entities around the batch, after the relational layers."""
        if self.encoder is None or batch.subgraph is None:
            return None
        found: Neighborhood = self.encoder(self.vectors(batch.subgraph.nodes, self.words), batch.subgraph)
        return found
