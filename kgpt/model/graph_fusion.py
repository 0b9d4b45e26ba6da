"""A graph network beside an encoder's last layers, joined through one node of each (DRAGON, Yasunaga et al., 2022).

In front of each of the last layers the graph network makes a round, then the first word and the context node are
mixed. After a last round the nodes' states score the triples that were held out of the subgraph (DistMult).

Shapes: B sequences, S nodes of a sequence, D hidden, N nodes of the joined subgraphs, G width of a node, E edges,
H heads, P triples, K negatives.
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from kgpt.errors import ConfigError
from kgpt.kg.graph import KnowledgeGraph
from kgpt.model.base import ModelPart, Sizes, States, model_parts
from kgpt.model.entity_vectors import EntityTable
from kgpt.model.triple_scorer import ScoreName, score_targets, triple_score
from kgpt.sequences.batch import Batch, GraphTensors
from kgpt.sequences.outputs import Outputs, TripleScores
from kgpt.sequences.subgraph import CONTEXT_NODE
from kgpt.sequences.vocabulary import Vocabulary

NUM_NODE_KINDS = 4
"""The context node, entities that the text mentions, entities between them, others."""


@model_parts.register("graph_fusion")
@dataclass(frozen=True, kw_only=True, slots=True)
class GraphFusionSettings:
    """Settings of `GraphFusion`.

    Args:
        size: width of a node's state.
        heads: of the graph network's attention.
        fused_layers: in front of how many of the last layers text and graph are joined.
        joint_size: inner width where the two are mixed.
        score: what scores the held-out triples.
        margin: of the scores that are distances.
    """

    size: int = 200
    heads: int = 4
    fused_layers: int = 5
    joint_size: int = 400
    score: ScoreName = "distmult"
    margin: float = 0.0

    def build(self, sizes: Sizes) -> "GraphFusion":
        """The part with fresh weights.

        Raises:
            ConfigError: more fused layers than there are, or a width that the heads do not divide.
        """
        if not 1 <= self.fused_layers <= sizes.layers:
            raise ConfigError(f"fused_layers: expected 1 to {sizes.layers} (the layers), found {self.fused_layers}")
        if self.size % self.heads:
            raise ConfigError(f"size: {self.size} is no multiple of the {self.heads} heads")
        return GraphFusion(self, sizes)


@dataclass(eq=False, slots=True)
class _Beside:
    """What goes from layer to layer: the graph, its nodes' states, and every sequence's context node."""

    subgraph: GraphTensors
    nodes: torch.Tensor
    context: torch.Tensor


class GraphFusion(ModelPart):
    """Entity rows, one round of the graph network a fused layer, the mixing, the scorer."""

    def __init__(self, settings: GraphFusionSettings, sizes: Sizes) -> None:
        super().__init__()
        self.first = sizes.layers - settings.fused_layers
        self.score, self.margin = settings.score, settings.margin
        self.entities = EntityTable(num_entities=sizes.entities, size=settings.size)
        self.kinds = nn.Embedding(NUM_NODE_KINDS, settings.size)
        num_types = 2 * (sizes.relations + 1) + 1  # both ways, with that of text and mention; and to itself
        self.rounds = nn.ModuleList(
            GraphRound(settings.size, settings.heads, num_types) for _ in range(settings.fused_layers)
        )
        self.last_round = GraphRound(settings.size, settings.heads, num_types)
        joined = sizes.hidden + settings.size
        self.mix = nn.Sequential(
            nn.Linear(joined, settings.joint_size), nn.GELU(), nn.Linear(settings.joint_size, joined)
        )
        self.joint_norm = nn.LayerNorm(joined)
        self.from_first, self.from_last = (
            nn.Linear(settings.size, settings.size),
            nn.Linear(settings.size, settings.size),
        )
        self.node_norm = nn.LayerNorm(settings.size)
        self.relations = nn.Embedding(sizes.relations, settings.size)

    def start(self, backbone: Any, graph: KnowledgeGraph, vocabulary: Vocabulary) -> None:
        """Entities begin as their names."""
        self.entities.start(graph, vocabulary, backbone.get_input_embeddings())

    def begin(self, batch: Batch) -> Any:
        """The nodes before any round: context nodes are zero, all others their entity's row; each with its kind."""
        if batch.subgraph is None:
            return None
        first = self._first_states(batch.subgraph)
        is_context = batch.subgraph.nodes == CONTEXT_NODE
        return _Beside(batch.subgraph, first, is_context.nonzero()[:, 0])

    def before_layer(self, layer: int, states_BSD: torch.Tensor, kept: Any) -> torch.Tensor:
        """One round, then the first word and the context node mixed: the layer spreads what the first word learnt."""
        if layer < self.first:
            return states_BSD
        nodes_NG = self.rounds[layer - self.first](kept.nodes, kept.subgraph)
        joined = torch.cat([states_BSD[:, 0], nodes_NG[kept.context].to(states_BSD.dtype)], dim=1)
        joined = self.joint_norm(joined + self.mix(joined))
        words, context = joined.split([states_BSD.shape[-1], nodes_NG.shape[-1]], dim=1)
        kept.nodes = nodes_NG.index_copy(0, kept.context, context.to(nodes_NG.dtype))
        return torch.cat([words[:, None].to(states_BSD.dtype), states_BSD[:, 1:]], dim=1)

    def outputs(self, batch: Batch, states: States) -> Outputs:
        """Scores of the held-out triples under `triples`."""
        if batch.subgraph is None or batch.triples is None or not len(batch.triples.positives):
            return {}
        nodes_NG = self.last_round(states.kept.nodes, batch.subgraph)
        last = self.from_first(self._first_states(batch.subgraph)) + self.from_last(nodes_NG)
        nodes_NG = self.node_norm(torch.nn.functional.gelu(last)).float()
        scores = score_targets(self, nodes_NG, batch.triples)
        used = self.relations(batch.triples.positives[:, 1])
        penalty = (used**2).mean(dim=1).sum()
        return {"triples": TripleScores(scores.positives, scores.false_heads, scores.false_tails, penalty)}

    def forward(self, head: torch.Tensor, relation: torch.Tensor, tail: torch.Tensor) -> torch.Tensor:
        """Scores of triples by the states of their ends [..., G] and the relations' numbers [...]."""
        return triple_score(self.score, head, self.relations(relation), tail, margin=self.margin)

    def _first_states(self, subgraph: GraphTensors) -> torch.Tensor:
        is_context = (subgraph.nodes == CONTEXT_NODE)[:, None]
        rows = self.entities(subgraph.nodes.clamp(min=0), nn.Identity())
        return torch.as_tensor(torch.where(is_context, 0.0, rows) + self.kinds(subgraph.kinds))


class GraphRound(nn.Module):
    """One round of attention along edges, their inverses and self-loops, with edge types in keys and messages.

    Differs from GATConvE as released: layer norms stand where batch norms stood (a step's result must not hang on who
    else is in the batch), and kinds are in the nodes, not in the edges too.
    """

    def __init__(self, size: int, heads: int, num_types: int) -> None:
        super().__init__()
        self.heads, self.num_types = heads, num_types
        self.types = nn.Embedding(num_types, size)
        self.query, self.key = nn.Linear(size, size), nn.Linear(2 * size, size)
        self.message = nn.Linear(2 * size, size)
        self.after = nn.Sequential(nn.Linear(size, size), nn.LayerNorm(size), nn.ReLU(), nn.Linear(size, size))
        self.norm = nn.LayerNorm(size)

    def forward(self, nodes_NG: torch.Tensor, subgraph: GraphTensors) -> torch.Tensor:
        """The nodes' states after the round, [N, G]."""
        from torch_geometric.utils import scatter, softmax

        sources, types, targets = self._edges(len(nodes_NG), subgraph.edges)
        edge = self.types(types)
        split = (len(sources), self.heads, -1)
        query = self.query(nodes_NG)[sources].view(split)
        key = self.key(torch.cat([nodes_NG[targets], edge], dim=1)).view(split)
        message = self.message(torch.cat([nodes_NG[sources], edge], dim=1)).view(split)
        logits_EH = (query * key).sum(dim=-1).float() / query.shape[-1] ** 0.5
        degree = torch.bincount(sources, minlength=len(nodes_NG))
        weights_EH = softmax(logits_EH, sources, num_nodes=len(nodes_NG)) * degree[sources][:, None]
        gathered = scatter((message * weights_EH[..., None]).flatten(1), targets, dim_size=len(nodes_NG), reduce="sum")
        return torch.as_tensor(self.norm(nodes_NG + self.after(gathered.to(nodes_NG.dtype))))

    def _edges(self, num_nodes: int, edges_E3: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Edges along, against, and from every node to itself."""
        heads, relations, tails = edges_E3.T
        itself = torch.arange(num_nodes, device=heads.device)
        num_relations = (self.num_types - 1) // 2
        loops = torch.full_like(itself, self.num_types - 1)
        sources, targets = torch.cat([heads, tails, itself]), torch.cat([tails, heads, itself])
        return sources, torch.cat([relations, relations + num_relations, loops]), targets
