"""What can be added to a backbone: parts that change embeddings, attention or states, or that read heads from them.

A recipe names its parts' settings; settings build the part and are saved beside its weights, so a checkpoint can be
opened without the recipe. Shapes: B sequences, S nodes, D hidden, H heads.
"""

from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import nn

from kgpt.kg.graph import KnowledgeGraph
from kgpt.registry import Registry
from kgpt.sequences.batch import Batch
from kgpt.sequences.outputs import Outputs
from kgpt.sequences.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Sizes:
    """What a part must fit.

    Args:
        hidden: width of the states.
        heads: attention heads a layer.
        layers: of the stack that reads nodes.
        entities: of the graph.
        relations: of the graph.
    """

    hidden: int
    heads: int
    layers: int
    entities: int
    relations: int


@dataclass(frozen=True, eq=False, slots=True)
class States:
    """What the stack gave for a batch: states [B, S, D], and what the part itself kept from layer to layer."""

    nodes: torch.Tensor
    kept: Any = None


class ModelPart(nn.Module):
    """A part that changes nothing: every method is a door that a part may use."""

    needs_this_batch = False
    """Whether layers read what the part remembers of the batch, so that they must not be run again later."""

    opens_visibility = False
    """Whether nodes that do not see each other may attend, as far as the part's bias lets them."""

    def attach(self, backbone: Any) -> None:
        """Take hold of the backbone's own modules, once, when the model is built or loaded."""

    def start(self, backbone: Any, graph: KnowledgeGraph, vocabulary: Vocabulary) -> None:
        """Begin a new training: weights from names, ids of descriptions."""

    def embed(self, batch: Batch, embedded_BSD: torch.Tensor) -> torch.Tensor:
        """The embeddings that the stack reads, from those of the words."""
        del batch
        return embedded_BSD

    def bias(self, batch: Batch) -> torch.Tensor | None:
        """What is added to the attention's logits, [B, 1 or H, S, S]."""
        del batch
        return None

    def begin(self, batch: Batch) -> Any:
        """What the part keeps from layer to layer; None keeps nothing, and no layer is changed."""
        del batch
        return None

    def before_layer(self, layer: int, states_BSD: torch.Tensor, kept: Any) -> torch.Tensor:
        """The states that layer `layer` (from 0) reads."""
        del layer, kept
        return states_BSD

    def after_layer(self, layer: int, states_BSD: torch.Tensor, kept: Any) -> torch.Tensor:
        """The states that go on after layer `layer` (from 0)."""
        del layer, kept
        return states_BSD

    def end(self) -> None:
        """Forget the batch: the backbone, run by itself, is the stock one again."""

    def outputs(self, batch: Batch, states: States) -> Outputs:
        """What the part's own heads say."""
        del batch, states
        return {}


class PartSettings(Protocol):
    """Settings that build a part."""

    def build(self, sizes: Sizes) -> ModelPart:
        """The part with fresh weights."""


model_parts: Registry[PartSettings] = Registry("model part")
