"""Graph LM (Plenz and Frank, 2024): an entity's facts as a graph of texts in T5's own relative positions.

Differs from the paper:
- pre-training hides a node behind a sentinel and has it written; there the graphs come with fine-tuning;
- relative positions are array operations; nodes are told apart by place, so a relation and a concept of one name do not
  collide;
- beside the graphs stand text and train questions, as in every arm.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kgpt.model import Architecture, GraphPositionSettings, PartSettings
from kgpt.objectives import SPAN_CORRUPTION, Objective
from kgpt.recipes.base import Count, Probability, TrainingData, Weight, recipes, weighed
from kgpt.recipes.text_only import TextOnly
from kgpt.sequences import WeightedStream
from kgpt.sequences.levi_graph_stream import LeviGraphStream, Reach


@recipes.register("graph_lm")
@dataclass(frozen=True, kw_only=True, slots=True)
class GraphLM:
    """Pre-training on graphs of texts.

    Args:
        graph_weight: the graphs' share of the tokens.
        text_weight: the text's share.
        question_weight: the train questions' share.
        reach: `local` or `global`.
        max_triples: facts of a graph.
        relation_prob: how often the hidden node is the relation.
        text_prob: how often a passage stands beside its entity's graph.
    """

    graph_weight: Weight = 0.7
    text_weight: Weight = 0.2
    question_weight: Weight = 0.1
    reach: Reach = "global"
    max_triples: Count = 6
    relation_prob: Probability = 0.2
    text_prob: Probability = 0.25

    @property
    def architectures(self) -> Sequence[Architecture]:
        """Encoder-decoders with T5's relative positions."""
        return ("encoder_decoder",)

    def parts(self, architecture: Architecture) -> Mapping[str, PartSettings]:
        """Positions along triples."""
        del architecture
        return {"graph_positions": GraphPositionSettings()}

    def streams(self, data: TrainingData, architecture: Architecture) -> Mapping[str, WeightedStream]:
        """Graphs, and what the control reads."""
        graphs = LeviGraphStream(
            graph=data.graph,
            passages=data.passages,
            vocabulary=data.vocabulary,
            reach=self.reach,
            max_triples=self.max_triples,
            relation_prob=self.relation_prob,
            text_prob=self.text_prob,
        )
        text = TextOnly(text_weight=self.text_weight, question_weight=self.question_weight)
        mixed = {"graphs": WeightedStream(graphs, self.graph_weight, "triples"), **text.streams(data, architecture)}
        return weighed(mixed)

    def objectives(self, architecture: Architecture) -> Sequence[Objective]:
        """Span corruption, on graphs and text alike."""
        del architecture
        return (SPAN_CORRUPTION,)
