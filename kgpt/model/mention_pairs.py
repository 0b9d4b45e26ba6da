"""Entities and pairs of entities by the states of their mentions, to be told apart (ERICA, Qin et al., 2021).

No weights of its own. The batch's subgraph names the entities of every document; its `triples` are those that the
document states, the first of each document being the one that the question in front asks for. Shapes: D hidden,
N entities of all documents, P triples.
"""

from dataclasses import dataclass

import torch
from torch.nn.functional import normalize

from kgpt.model.base import ModelPart, Sizes, States, model_parts
from kgpt.model.mention import Mentions
from kgpt.sequences.batch import Batch
from kgpt.sequences.outputs import HeadOutput, Outputs, PairOutput


@model_parts.register("mention_pairs")
@dataclass(frozen=True, kw_only=True, slots=True)
class MentionPairSettings:
    """Settings of `MentionPairs`.

    Args:
        temperature: cosines are divided by it.
    """

    temperature: float = 0.05

    def build(self, sizes: Sizes) -> "MentionPairs":
        """The part, which has no weights."""
        del sizes
        return MentionPairs(self.temperature)


class MentionPairs(ModelPart):
    """Heads `tail_mention` (which entity of the document is the tail) and `relation_pair` (pairs of one relation)."""

    def __init__(self, temperature: float) -> None:
        super().__init__()
        self.temperature = temperature

    def outputs(self, batch: Batch, states: States) -> Outputs:
        """Similarities of the asked heads with their documents' entities, and of all stated pairs."""
        if batch.subgraph is None or batch.triples is None or not len(batch.triples.positives):
            return {}
        entities_ND = normalize(_entities(batch, states.nodes), dim=1)
        heads, relations, tails = batch.triples.positives.T
        owners = batch.subgraph.owners
        first = _firsts(owners[heads])
        logits = entities_ND[heads[first]] @ entities_ND.T / self.temperature
        elsewhere = owners[heads[first]][:, None] != owners[None, :]
        itself = torch.arange(len(owners), device=owners.device) == heads[first][:, None]
        told = HeadOutput(logits.masked_fill(elsewhere | itself, -1e4), tails[first], owners[heads[first]])
        return {"tail_mention": told, "relation_pair": self._pairs(entities_ND, heads, relations, tails)}

    def _pairs(
        self, entities_ND: torch.Tensor, heads: torch.Tensor, relations: torch.Tensor, tails: torch.Tensor
    ) -> PairOutput:
        pairs = normalize(torch.cat([entities_ND[heads], entities_ND[tails]], dim=1), dim=1)
        itself = torch.eye(len(pairs), dtype=torch.bool, device=pairs.device)
        alike = (relations[:, None] == relations[None, :]) & ~itself
        return PairOutput((pairs @ pairs.T / self.temperature).masked_fill(itself, -1e4), alike)


def _entities(batch: Batch, states_BSD: torch.Tensor) -> torch.Tensor:
    """The mean over an entity's mentions of the mean over each mention's words, [N, D]."""
    assert batch.subgraph is not None
    mentions = Mentions.of(batch)
    means = mentions.means(states_BSD)
    summed = means.new_zeros(len(batch.subgraph.nodes), means.shape[1]).index_add(0, mentions.places, means)
    counts = torch.bincount(mentions.places, minlength=len(summed)).clamp(min=1)
    return summed / counts[:, None]


def _firsts(owners: torch.Tensor) -> torch.Tensor:
    """Where each document's triples begin; `owners` are in order."""
    return torch.cat([torch.ones(1, dtype=torch.bool, device=owners.device), owners[1:] != owners[:-1]]).nonzero()[:, 0]
