"""Triples scored by the vectors of their ends: KEPLER's objective, with several scoring functions.

An entity's vector is the state of the first node of its description's row (Wang et al., 2021, section 3.2). Shapes:
P triples, K negatives a side, D width.
"""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import nn

from kgpt.model.base import ModelPart, Sizes, States, model_parts
from kgpt.sequences.batch import Batch, TripleTensors
from kgpt.sequences.outputs import Outputs, TripleScores

ScoreName = Literal["transe", "distmult", "complex", "rotate"]


@model_parts.register("triple_scorer")
@dataclass(frozen=True, kw_only=True, slots=True)
class TripleScorerSettings:
    """Settings of `TripleScorer`.

    Args:
        score: `transe`, `distmult`, `complex` or `rotate`.
        margin: gamma of the distances' scores (KEPLER: 4 beside text, 9 alone).
    """

    score: ScoreName = "transe"
    margin: float = 4.0

    def build(self, sizes: Sizes) -> "TripleScorer":
        """The part with fresh relations."""
        return TripleScorer(self, sizes)


class TripleScorer(ModelPart):
    """Reads the batch's `triples`, whose ends are rows of the batch, and scores them and their negatives."""

    def __init__(self, settings: TripleScorerSettings, sizes: Sizes) -> None:
        super().__init__()
        self.score, self.margin = settings.score, settings.margin
        reach = (settings.margin + 2.0) / sizes.hidden
        self.relations = nn.Embedding(sizes.relations, sizes.hidden)
        nn.init.uniform_(self.relations.weight, -reach, reach)

    def outputs(self, batch: Batch, states: States) -> Outputs:
        """Scores under `triples`, where the batch has triples between its rows."""
        if batch.triples is None or batch.subgraph is not None:
            return {}
        return {"triples": score_targets(self, states.nodes[:, 0].float(), batch.triples)}

    def forward(self, head: torch.Tensor, relation: torch.Tensor, tail: torch.Tensor) -> torch.Tensor:
        """Scores of triples by the vectors of their ends [..., D] and the relations' numbers [...]."""
        return triple_score(self.score, head, self.relations(relation), tail, margin=self.margin)


def score_targets(scorer: nn.Module, vectors: torch.Tensor, asked: TripleTensors) -> TripleScores:
    """Scores of the triples asked for and of their negatives; `vectors` are those of all places, [places, D]."""
    head, relation, tail = asked.positives.T
    relation_P1 = relation[:, None]
    return TripleScores(
        positives=scorer(vectors[head], relation, vectors[tail]),
        false_heads=scorer(vectors[asked.false_heads], relation_P1, vectors[tail][:, None]),
        false_tails=scorer(vectors[head][:, None], relation_P1, vectors[asked.false_tails]),
    )


def triple_score(
    name: ScoreName, head: torch.Tensor, relation: torch.Tensor, tail: torch.Tensor, *, margin: float
) -> torch.Tensor:
    """How true a triple is, [..., D] x 3 -> [...].

    `transe` (Bordes et al., 2013, norm 2), `distmult` (Yang et al., 2015, over the root of D as DRAGON has it),
    `complex` (Trouillon et al., 2016), `rotate` (Sun et al., 2019; the relation's first half are the angles).
    """
    if name == "transe":
        return torch.as_tensor(margin - torch.linalg.vector_norm(head + relation - tail, dim=-1))
    if name == "distmult":
        return torch.as_tensor((head * relation * tail).sum(dim=-1) / head.shape[-1] ** 0.5)
    real, imaginary = (head.chunk(2, dim=-1), tail.chunk(2, dim=-1)), relation.chunk(2, dim=-1)
    (head_re, head_im), (tail_re, tail_im) = real
    if name == "complex":
        rel_re, rel_im = imaginary
        product = (head_re * rel_re - head_im * rel_im) * tail_re + (head_re * rel_im + head_im * rel_re) * tail_im
        return product.sum(dim=-1)
    cos, sin = torch.cos(imaginary[0]), torch.sin(imaginary[0])
    gap_re, gap_im = head_re * cos - head_im * sin - tail_re, head_re * sin + head_im * cos - tail_im
    return margin - torch.sqrt(gap_re**2 + gap_im**2 + 1e-9).sum(dim=-1)
