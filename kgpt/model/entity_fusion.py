"""Entity vectors fused into the words they are aligned to, layer by layer (ERNIE, Zhang et al., 2019, section 3.3).

Fusion follows the last layers of a stock encoder: entities attend to one another, then word and entity are mixed at the
first word of each mention. The denoising entity head asks every aligned word for its entity among the batch's. Shapes:
B sequences, S nodes, D hidden, F width of an entity, M mentions, X most mentions of a sequence.
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from kgpt.errors import ConfigError
from kgpt.kg.graph import KnowledgeGraph
from kgpt.model.base import ModelPart, Sizes, States, model_parts
from kgpt.model.mention import Mentions
from kgpt.model.translation import translation_vectors
from kgpt.sequences.batch import Batch
from kgpt.sequences.outputs import HeadOutput, Outputs
from kgpt.sequences.sequence import HIDDEN_ENTITY, NO_TARGET
from kgpt.sequences.vocabulary import Vocabulary


@model_parts.register("entity_fusion")
@dataclass(frozen=True, kw_only=True, slots=True)
class EntityFusionSettings:
    """Settings of `EntityFusion`.

    Args:
        size: width of an entity's vector.
        heads: of the entities' attention.
        fused_layers: after how many of the last layers words and entities are mixed.
        translation_epochs: passes of TransE over the graph that give the entity vectors; they stay as they are.
    """

    size: int = 100
    heads: int = 4
    fused_layers: int = 2
    translation_epochs: int = 50

    def build(self, sizes: Sizes) -> "EntityFusion":
        """The part with fresh weights.

        Raises:
            ConfigError: more fused layers than there are.
        """
        if not 1 <= self.fused_layers <= sizes.layers:
            raise ConfigError(f"fused_layers: expected 1 to {sizes.layers} (the layers), found {self.fused_layers}")
        return EntityFusion(self, sizes)


@dataclass(eq=False, slots=True)
class _Fused:
    """What goes from layer to layer: mentions with an entity, vectors in slots [B, X, F], empty slots."""

    rows: torch.Tensor
    words: torch.Tensor
    slots: torch.Tensor
    entities: torch.Tensor
    empty: torch.Tensor


class EntityFusion(ModelPart):
    """Frozen entity vectors, one fusion a fused layer, the denoising head."""

    def __init__(self, settings: EntityFusionSettings, sizes: Sizes) -> None:
        super().__init__()
        self.epochs = settings.translation_epochs
        self.first = sizes.layers - settings.fused_layers
        self.vectors = nn.Embedding(sizes.entities, settings.size)
        self.vectors.weight.requires_grad_(False)
        self.fusions = nn.ModuleList(
            Fusion(sizes.hidden, settings.size, settings.heads, is_last=layer == settings.fused_layers - 1)
            for layer in range(settings.fused_layers)
        )
        self.denoise = nn.Linear(sizes.hidden, settings.size)

    def start(self, backbone: Any, graph: KnowledgeGraph, vocabulary: Vocabulary) -> None:
        """Learn the entity vectors by TransE, and leave them."""
        del backbone, vocabulary
        vectors = translation_vectors(graph, size=self.vectors.embedding_dim, epochs=self.epochs)
        with torch.no_grad():
            self.vectors.weight.copy_(vectors)

    def begin(self, batch: Batch) -> Any:
        """The vectors of the entities that are shown, in slots by sequence."""
        mentions = Mentions.of(batch)
        shown = mentions.shown != HIDDEN_ENTITY
        if not bool(shown.any()):
            return None
        rows, words = mentions.rows[shown], mentions.starts[shown]
        slots = _slots(rows)
        size = (len(batch.ids), int(slots.max()) + 1)
        entities = self.vectors.weight.new_zeros(*size, self.vectors.embedding_dim)
        empty = torch.ones(size, dtype=torch.bool, device=rows.device)
        entities = entities.index_put((rows, slots), self.vectors(mentions.shown[shown]))
        return _Fused(rows, words, slots, entities, empty.index_put((rows, slots), torch.zeros_like(shown[shown])))

    def after_layer(self, layer: int, states_BSD: torch.Tensor, kept: Any) -> torch.Tensor:
        """Words and entities after one fusion."""
        if layer < self.first:
            return states_BSD
        fusion = self.fusions[layer - self.first]
        states_BSD, kept.entities = fusion(states_BSD, kept)
        return states_BSD

    def outputs(self, batch: Batch, states: States) -> Outputs:
        """The aligned words' entities, among all that the batch asks for."""
        mentions = Mentions.of(batch)
        asked = mentions.asked != NO_TARGET
        if not bool(asked.any()):
            return {}
        choices, targets = torch.unique(mentions.asked[asked], return_inverse=True)
        words = states.nodes[mentions.rows[asked], mentions.starts[asked]]
        logits = self.denoise(words) @ self.vectors(choices).to(words.dtype).T
        return {"aligned_entity": HeadOutput(logits, targets, mentions.rows[asked])}


class Fusion(nn.Module):
    """Entities attend to one another, then words and entities are mixed where they are aligned (equations 3 to 6).

    Nobody reads the entities after the last fusion, so it does not change them.
    """

    def __init__(self, hidden: int, size: int, heads: int, *, is_last: bool) -> None:
        super().__init__()
        self.attention = nn.MultiheadAttention(size, heads, batch_first=True)
        self.entity_norm = nn.LayerNorm(size)
        self.from_words, self.from_entities = nn.Linear(hidden, hidden), nn.Linear(size, hidden, bias=False)
        self.to_words, self.word_norm = nn.Linear(hidden, hidden), nn.LayerNorm(hidden)
        self.to_entities = None if is_last else nn.Linear(hidden, size)
        self.mixed_norm = None if is_last else nn.LayerNorm(size)

    def forward(self, states_BSD: torch.Tensor, kept: _Fused) -> tuple[torch.Tensor, torch.Tensor]:
        """New states of words and of entities; words without an entity take part with an entity of zero."""
        entities = self._attended(kept)
        aligned = states_BSD.new_zeros(states_BSD.shape).index_put(
            (kept.rows, kept.words), self.from_entities(entities[kept.rows, kept.slots]).to(states_BSD.dtype)
        )
        inner_BSD = torch.nn.functional.gelu(self.from_words(states_BSD) + aligned)
        words = self.word_norm(states_BSD + self.to_words(inner_BSD))
        words = words.to(states_BSD.dtype)
        if self.to_entities is None or self.mixed_norm is None:
            return words, entities
        told = self.to_entities(inner_BSD[kept.rows, kept.words])
        mixed = self.mixed_norm(entities[kept.rows, kept.slots] + told)
        return words, entities.index_put((kept.rows, kept.slots), mixed.to(entities.dtype))

    def _attended(self, kept: _Fused) -> torch.Tensor:
        """Sequences without any entity attend to their zeros, so that no row of the mask is empty."""
        masked = kept.empty & ~kept.empty.all(dim=1, keepdim=True)
        entities = kept.entities
        seen, _ = self.attention(entities, entities, entities, key_padding_mask=masked, need_weights=False)
        return torch.as_tensor(self.entity_norm(entities + seen))


def _slots(rows: torch.Tensor) -> torch.Tensor:
    """How many of the same row stand before each; `rows` are in order."""
    order = torch.arange(len(rows), device=rows.device)
    return order - torch.searchsorted(rows, rows)
