"""Attention with queries of its own for every pair of kinds, word or entity (LUKE, Yamada et al., 2020, section 3.2).

Works on encoders whose attention has a `query` projection (BERT, RoBERTa). The stock query serves word to word; three
copies serve word to entity, entity to word and entity to entity. Shapes: B sequences, S nodes, D hidden, H heads.
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from transformers import AttentionInterface
from transformers.masking_utils import ALL_MASK_ATTENTION_FUNCTIONS, AttentionMaskInterface

from kgpt.errors import ConfigError
from kgpt.kg.graph import KnowledgeGraph
from kgpt.model.base import ModelPart, Sizes, model_parts
from kgpt.model.stack import layers_of
from kgpt.sequences.batch import Batch
from kgpt.sequences.vocabulary import Vocabulary
from kgpt.wkgraph import NodeKind

_NAME = "kgpt_entity_aware"
_STATE = "_kgpt_entity_query"
_PAIRS = ("word_to_entity", "entity_to_word", "entity_to_entity")


@model_parts.register("entity_attention")
@dataclass(frozen=True, kw_only=True, slots=True)
class EntityAttentionSettings:
    """Settings of `EntityAttention`: none."""

    def build(self, sizes: Sizes) -> "EntityAttention":
        """The part with queries that are copied from the backbone when training starts."""
        return EntityAttention(sizes)


class Queries(nn.Module):
    """A layer's queries besides the stock one, which serves word to word."""

    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.word_to_entity = nn.Linear(hidden, hidden)
        self.entity_to_word = nn.Linear(hidden, hidden)
        self.entity_to_entity = nn.Linear(hidden, hidden)


class EntityAttention(ModelPart):
    """Three more query projections a layer."""

    needs_this_batch = True

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.queries = nn.ModuleList(Queries(sizes.hidden) for _ in range(sizes.layers))
        self._attentions: list[Any] = []
        self._is_entity: torch.Tensor | None = None

    def attach(self, backbone: Any) -> None:
        """Listen to every layer's query projection.

        Raises:
            ConfigError: the backbone's attention has no such projection.
        """
        modules = [_attention_of(layer) for layer in layers_of(backbone)]
        if not all(modules):
            raise ConfigError(
                f"backbone.family: entity-aware attention needs bert or roberta, found {backbone.config.model_type}"
            )
        AttentionInterface.register(_NAME, entity_aware_attention)
        AttentionMaskInterface.register(_NAME, ALL_MASK_ATTENTION_FUNCTIONS["eager"])
        backbone.config._attn_implementation = _NAME
        self._attentions = modules
        for number, module in enumerate(modules):
            module.query.register_forward_hook(self._hook(number, module))

    def start(self, backbone: Any, graph: KnowledgeGraph, vocabulary: Vocabulary) -> None:
        """All queries begin as the stock one."""
        del backbone, graph, vocabulary
        for queries, stock in zip(self.queries, self._attentions, strict=True):
            for pair in _PAIRS:
                getattr(queries, pair).load_state_dict(stock.query.state_dict())

    def embed(self, batch: Batch, embedded_BSD: torch.Tensor) -> torch.Tensor:
        """Remember which nodes are entities; embeddings stay as they are."""
        is_entity = batch.kinds == NodeKind.ENTITY
        self._is_entity = is_entity if bool(is_entity.any()) else None
        return embedded_BSD

    def end(self) -> None:
        """No node is an entity, and nothing is left on the attentions."""
        self._is_entity = None
        for module in self._attentions:
            setattr(module, _STATE, None)

    def _hook(self, layer: int, module: nn.Module) -> Any:
        def hook(projection: nn.Module, inputs: Any, output: torch.Tensor) -> torch.Tensor:
            del projection
            if self._is_entity is None:
                setattr(module, _STATE, None)
                return output
            from_entity, queries = self._is_entity[..., None], self.queries[layer]
            hidden = inputs[0]
            assert isinstance(queries, Queries)
            to_entity = torch.where(from_entity, queries.entity_to_entity(hidden), queries.word_to_entity(hidden))
            setattr(module, _STATE, (to_entity, self._is_entity))
            return torch.where(from_entity, queries.entity_to_word(hidden), output)

        return hook


def entity_aware_attention(
    module: nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    scaling: float | None = None,
    dropout: float = 0.0,
    **keywords: Any,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Eager attention whose logits toward entities come from the queries that look for entities.

    Args:
        module: the layer's attention, with what the hook left on it.
        query: toward words, [B, H, S, D / H].
        key: of all nodes.
        value: of all nodes.
        attention_mask: additive, [B, 1, S, S], or None.
        scaling: of the logits.
        dropout: of the weights, in training.
        keywords: of other implementations.
    """
    del keywords
    scaling = query.shape[-1] ** -0.5 if scaling is None else scaling
    logits = query @ key.transpose(2, 3) * scaling
    if (told := getattr(module, _STATE, None)) is not None:
        to_entity, is_entity = told
        split = to_entity.view(*to_entity.shape[:2], -1, query.shape[-1]).transpose(1, 2)
        logits = torch.where(is_entity[:, None, None, :], split @ key.transpose(2, 3) * scaling, logits)
    if attention_mask is not None:
        logits = logits + attention_mask
    weights = torch.softmax(logits, dim=-1, dtype=torch.float32).to(query.dtype)
    weights = nn.functional.dropout(weights, p=dropout, training=module.training)
    return (weights @ value).transpose(1, 2).contiguous(), weights


def _attention_of(layer: nn.Module) -> Any:
    """The module of a layer that holds `query`, or None."""
    return next((one for one in layer.modules() if isinstance(getattr(one, "query", None), nn.Linear)), None)
