"""DRAGON (Yasunaga et al., 2022): masked text joined layer by layer with a graph network that predicts held-out edges.

Differs from the release:
- an edge leaves the subgraph with every other edge between its two entities (there its inverse stayed and gave nine in
  ten held-out edges away), and negatives are never true in the graph;
- the graph is the run's own, grounded by linking (there ConceptNet by lemma patterns); nodes are ranked by how many of
  the text's entities they bridge (there by a language model's score);
- layer norms in the graph network where batch norms were; entity rows begin as their names and are learnt;
- text and graph are joined in front of a layer instead of behind it, so that the words see what the last joint brings;
- every layer trains from the start (there the language model is frozen at first).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kgpt.model import Architecture, GraphFusionSettings, PartSettings
from kgpt.model.triple_scorer import ScoreName
from kgpt.objectives import MASKED_LM, Objective, TripleScoring
from kgpt.recipes.base import Count, Length, Positive, Probability, TrainingData, Weight, recipes
from kgpt.sequences import WeightedStream
from kgpt.sequences.subgraph_stream import SubgraphStream


@recipes.register("dragon")
@dataclass(frozen=True, kw_only=True, slots=True)
class Dragon:
    """Pre-training on passages with the graph around them.

    Args:
        node_size: width of a node's state.
        fused_layers: in front of how many of the last layers text and graph are joined (5 of 24 in the paper).
        max_nodes: of a subgraph.
        held_out_frac: share of its edges that is asked for.
        drop_prob: how often such an edge really leaves the subgraph.
        num_negatives: false heads, and as many false tails, an edge.
        score: `distmult`, `transe`, `complex` or `rotate`.
        margin: gamma of the distances' scores, `transe` and `rotate` (9: KEPLER's without text; DRAGON's is unknown).
        temperature: of the negatives' weights.
        penalty: of the relations' mean square.
        max_tokens: of a passage.
    """

    node_size: Count = 64
    fused_layers: Count = 1
    max_nodes: Count = 100
    held_out_frac: Probability = 0.15
    drop_prob: Probability = 0.9
    num_negatives: Count = 32
    score: ScoreName = "distmult"
    margin: Weight = 9.0
    temperature: Positive = 1.0
    penalty: Weight = 0.01
    max_tokens: Length = 128

    @property
    def architectures(self) -> Sequence[Architecture]:
        """Encoders."""
        return ("encoder",)

    def parts(self, architecture: Architecture) -> Mapping[str, PartSettings]:
        """The graph network and its joints."""
        del architecture
        joint = 2 * self.node_size
        fusion = GraphFusionSettings(
            size=self.node_size,
            fused_layers=self.fused_layers,
            joint_size=joint,
            score=self.score,
            margin=self.margin,
        )
        return {"graph_fusion": fusion}

    def streams(self, data: TrainingData, architecture: Architecture) -> Mapping[str, WeightedStream]:
        """Masked text with subgraphs."""
        del architecture
        passages = SubgraphStream(
            passages=data.passages,
            graph=data.graph,
            vocabulary=data.vocabulary,
            max_tokens=self.max_tokens,
            max_nodes=self.max_nodes,
            held_out_frac=self.held_out_frac,
            drop_prob=self.drop_prob,
            num_negatives=self.num_negatives,
        )
        return {"passages": WeightedStream(passages, 1.0)}

    def objectives(self, architecture: Architecture) -> Sequence[Objective]:
        """Masked words and held-out edges, weight 1 each."""
        del architecture
        edges = TripleScoring(name="edge_prediction", temperature=self.temperature, penalty=self.penalty)
        return (MASKED_LM, edges)
