"""Relative positions along a graph's triples in T5's own buckets (Graph LM, Plenz and Frank, 2024, section 4).

Within a triple positions are counted as if "head relation tail" were written. All other pairs share one new bucket,
begun as T5's farthest; text and graph look at each other through two more. Batches without graph positions go the stock
way. Shapes: B sequences, S nodes, H heads.
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from kgpt.errors import ConfigError
from kgpt.kg.graph import KnowledgeGraph
from kgpt.model.base import ModelPart, Sizes, model_parts
from kgpt.model.bucket_bias import bucket_bias
from kgpt.model.family import WITHOUT_POSITION_IDS
from kgpt.sequences.batch import Batch
from kgpt.sequences.graph_position import FAR, UNSEEN
from kgpt.sequences.vocabulary import Vocabulary

_NEW_BUCKETS = UNSEEN - FAR
_VERY_FAR = 100_000


@model_parts.register("graph_positions")
@dataclass(frozen=True, kw_only=True, slots=True)
class GraphPositionSettings:
    """Settings of `GraphPositions`: none."""

    def build(self, sizes: Sizes) -> "GraphPositions":
        """The part with fresh buckets."""
        return GraphPositions(sizes)


class GraphPositions(ModelPart):
    """Gives T5's encoder the bias of graph positions in place of its own."""

    needs_this_batch = True

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.new_buckets = nn.Parameter(torch.zeros(_NEW_BUCKETS, sizes.heads))
        self._attention: list[Any] = []
        self._replaces = False

    def attach(self, backbone: Any) -> None:
        """Stand in for the encoder's own bias where a batch has graph positions.

        Raises:
            ConfigError: the backbone has no relative positions of T5's kind.
        """
        if backbone.config.model_type not in WITHOUT_POSITION_IDS:
            raise ConfigError(f"backbone.family: graph positions need a T5, found {backbone.config.model_type}")
        attention = backbone.get_encoder().block[0].layer[0].SelfAttention
        self._attention = [attention]
        stock = attention.compute_bias

        def compute_bias(query_length: int, key_length: int, *rest: Any, **named: Any) -> torch.Tensor:
            own: torch.Tensor = stock(query_length, key_length, *rest, **named)
            return torch.zeros_like(own) if self._replaces else own

        attention.compute_bias = compute_bias

    def start(self, backbone: Any, graph: KnowledgeGraph, vocabulary: Vocabulary) -> None:
        """All new buckets begin as the bucket of words that are very far to the right."""
        del backbone, graph, vocabulary
        attention = self._attention[0]
        with torch.no_grad():
            far = self._stock_buckets(torch.tensor(_VERY_FAR))
            self.new_buckets.copy_(attention.relative_attention_bias.weight[far].expand_as(self.new_buckets))

    def bias(self, batch: Batch) -> torch.Tensor | None:
        """The bias of every pair, [B, H, S, S]; None where the batch's positions follow from the order."""
        self._replaces = batch.relative_positions is not None
        if batch.relative_positions is None:
            return None
        told, stock = batch.relative_positions, self._attention[0].relative_attention_bias.weight
        usual = self._stock_buckets(torch.where(told >= FAR, 0, told).long())
        new = (len(stock) + (told - FAR).clamp(max=_NEW_BUCKETS - 1)).long()
        return bucket_bias(torch.cat([stock, self.new_buckets]), torch.where(told >= FAR, new, usual))

    def end(self) -> None:
        """The encoder's own bias stands again."""
        self._replaces = False

    def _stock_buckets(self, relative: torch.Tensor) -> torch.Tensor:
        attention = self._attention[0]
        buckets: torch.Tensor = attention._relative_position_bucket(
            relative,
            bidirectional=True,
            num_buckets=attention.relative_attention_num_buckets,
            max_distance=attention.relative_attention_max_distance,
        )
        return buckets
