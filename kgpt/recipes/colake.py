"""CoLAKE (Sun et al., 2020): masked words, entities and relations of word-knowledge graphs.

Differs from the paper's release:
- positions are offset as the backbone expects (there pre-trained RoBERTa positions are shifted by two);
- neighbours are cut to fit instead of dropping larger graphs; masks are not capped at 15 a kind;
- the micro-batch's losses are guarded for kinds that nothing asks;
- of the anchors those alone are asked for that are masked (there every anchor that is left is a target, too);
- negatives are `num_negatives` a batch (there so many for every entity asked for), drawn by how often an entity is
  mentioned and by its degree; passages without an entity are read, too;
- entity rows share the backbone's AdamW, dense; `sparse: true` updates the rows of a batch alone, by row-wise Adagrad
  (there row-sparse Adam for 3 M entities).

Beyond the paper: graphs of an entity alone with its neighbours, vectors from names, relational encoders, a logQ
correction, a learnt distance bias.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from kgpt.model import Architecture, DistanceBiasSettings, Nodes, PartSettings
from kgpt.objectives import ENTITY_PREDICTION, MASKED_LM, RELATION_PREDICTION, Objective
from kgpt.recipes.base import Count, Length, Limit, Probability, TrainingData, Weight, recipes, weighed
from kgpt.sequences import MaskedTextStream, PassageStore, WeightedStream, WordKnowledgeGraphStream
from kgpt.sequences.entity_passages import entity_passages
from kgpt.wkgraph import NeighborSettings


@recipes.register("colake")
@dataclass(frozen=True, kw_only=True, slots=True)
class Colake:
    """Pre-training on word-knowledge graphs.

    Args:
        graph_weight: the word-knowledge graphs' share of the tokens.
        text_weight: plain masked text's share (none in the paper).
        entity_weight: the share of graphs without text, an entity among its neighbours (none in the paper), for
            entities that no text mentions.
        anchor_prob: probability that an anchor brings its triples.
        max_triples: per anchor.
        max_nodes: of a sequence.
        num_negatives: entities drawn for a batch to choose among, besides its own.
        log_q: correct for how often a candidate is drawn.
        vectors: entity vectors from a `table`, or from the entity's `text` (no table: new entities have vectors too).
        sparse: the table's updates touch a batch's rows alone.
        memory_map: a file for a table beyond memory.
        encoder: a relational encoder over sampled neighbourhoods: `none`, `rgcn`, `compgcn` or `gat`.
        encoder_neighbors: edges that it reads of each entity, hop by hop.
        distance_bias: a learnt bias by distance in place of the hard visibility.
    """

    graph_weight: Weight = 1.0
    text_weight: Weight = 0.0
    entity_weight: Weight = 0.0
    anchor_prob: Probability = 0.5
    max_triples: Limit = 15
    max_nodes: Length = 256
    num_negatives: Limit = 200
    log_q: bool = False
    vectors: Literal["table", "text"] = "table"
    sparse: bool = False
    memory_map: str = ""
    encoder: Literal["none", "rgcn", "compgcn", "gat"] = "none"
    encoder_neighbors: Annotated[tuple[Count, ...], Field(min_length=1)] = (8,)
    distance_bias: bool = False

    @property
    def architectures(self) -> Sequence[Architecture]:
        """Encoders."""
        return ("encoder",)

    def parts(self, architecture: Architecture) -> Mapping[str, PartSettings]:
        """Entities and relations are nodes."""
        del architecture
        nodes = Nodes(
            vectors=self.vectors,
            sparse=self.sparse,
            memory_map=self.memory_map,
            encoder=self.encoder,
            encoder_layers=len(self.encoder_neighbors),
        )
        bias = {"distance_bias": DistanceBiasSettings(opens=True)} if self.distance_bias else {}
        return {"nodes": nodes, **bias}

    def streams(self, data: TrainingData, architecture: Architecture) -> Mapping[str, WeightedStream]:
        """Word-knowledge graphs, plain text and graphs without text where asked for."""
        del architecture
        text = MaskedTextStream(passages=data.passages, vocabulary=data.vocabulary, max_tokens=self.max_nodes)
        mixed = {
            "graphs": WeightedStream(self._graphs(data, data.passages, self.anchor_prob), self.graph_weight),
            "text": WeightedStream(text, self.text_weight),
        }
        if self.entity_weight:
            alone = self._graphs(data, entity_passages(data.graph, data.vocabulary), 1.0)
            mixed["entities"] = WeightedStream(alone, self.entity_weight, "triples")
        return weighed(mixed)

    def _graphs(self, data: TrainingData, passages: PassageStore, anchor_prob: float) -> WordKnowledgeGraphStream:
        return WordKnowledgeGraphStream(
            passages=passages,
            graph=data.graph,
            vocabulary=data.vocabulary,
            neighbors=NeighborSettings(anchor_prob=anchor_prob, max_triples=self.max_triples, max_nodes=self.max_nodes),
            num_negatives=self.num_negatives,
            log_q=self.log_q,
            encoder_neighbors=self.encoder_neighbors if self.encoder != "none" else (),
        )

    def objectives(self, architecture: Architecture) -> Sequence[Objective]:
        """One a kind of node, weight 1 each."""
        del architecture
        return (MASKED_LM, ENTITY_PREDICTION, RELATION_PREDICTION)
