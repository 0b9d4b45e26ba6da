"""The kgpt model: a stock backbone, parts that make it see the graph, heads for what is asked.

Enters: a `Batch`, or all batches of a step. Leaves: `Outputs`: logits only where a target stands, since most of a
step's cost would else be the vocabulary. Shapes: B sequences, S nodes, L decoder words, D hidden, V vocabulary.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any, overload

import torch
from torch import nn

from kgpt.errors import CheckpointError
from kgpt.model.base import ModelPart, PartSettings, Sizes, States, model_parts
from kgpt.model.node_part import NodePart
from kgpt.model.router import router_output
from kgpt.model.settings import Architecture
from kgpt.model.stack import BLOCKED, decoder_logits, has_router, layers_of, run_stack, word_logits
from kgpt.sequences.batch import Batch
from kgpt.sequences.outputs import HeadOutput, Output, Outputs
from kgpt.sequences.sequence import NO_TARGET
from kgpt.wkgraph import NodeKind

"""Added to attention logits where nothing may be seen; minus infinity would give nan on rows masked whole."""


class KgptModel(nn.Module):
    """A backbone with the parts that a recipe asks for.

    Args:
        backbone: a Hugging Face model with its language-model head.
        architecture: how it is used.
        parts: settings of the parts by name, in the order they act.
        entity_ids: ids of the graph's entities, by number.
        relation_ids: ids of its relations, by number.
    """

    def __init__(
        self,
        backbone: nn.Module,
        architecture: Architecture,
        *,
        parts: Mapping[str, PartSettings] | None = None,
        entity_ids: Sequence[str] = (),
        relation_ids: Sequence[str] = (),
    ) -> None:
        super().__init__()
        self.backbone: Any = backbone
        self.architecture = architecture
        self.part_settings = dict(parts or {})
        self.entity_ids, self.relation_ids = tuple(entity_ids), tuple(relation_ids)
        sizes = Sizes(
            hidden=self.words.embedding_dim,
            heads=self.config.num_attention_heads,
            layers=self.config.num_hidden_layers,
            entities=len(self.entity_ids),
            relations=len(self.relation_ids),
        )
        self.parts = nn.ModuleDict({name: settings.build(sizes) for name, settings in self.part_settings.items()})
        for part in self.acting_parts():
            part.attach(backbone)

    @property
    def words(self) -> nn.Embedding:
        """The backbone's word embeddings."""
        table: nn.Embedding = self.backbone.get_input_embeddings()
        return table

    @property
    def device(self) -> torch.device:
        """Where the weights are; batches must come along."""
        return self.words.weight.device

    @property
    def config(self) -> Any:
        """The backbone's config."""
        return self.backbone.config

    @property
    def nodes(self) -> NodePart | None:
        """The part that embeds entities and relations, where there is one."""
        return next((part for part in self.acting_parts() if isinstance(part, NodePart)), None)

    def entity_embedding(self, entity: str) -> torch.Tensor:
        """The vector of an entity by its id, [D].

        Raises:
            CheckpointError: the model has no entity vectors, or none of that entity.
        """
        if self.nodes is None:
            raise CheckpointError("this model has no entity vectors: it was trained by a recipe without entity nodes")
        if entity not in self.entity_ids:
            raise CheckpointError(f"{entity}: not one of the {len(self.entity_ids):,} entities that the model knows")
        number = torch.tensor([self.entity_ids.index(entity)], device=self.device)
        return self.nodes.entities(number, self.words)[0]

    @overload
    def forward(self, batch: Batch) -> Outputs: ...
    @overload
    def forward(self, batch: tuple[Batch, ...]) -> tuple[Outputs, ...]: ...
    def forward(self, batch: Batch | tuple[Batch, ...]) -> Outputs | tuple[Outputs, ...]:
        """Logits at the targets, head by head, of one batch or of all that a step reads."""
        return tuple(map(self._read, batch)) if isinstance(batch, tuple) else self._read(batch)

    def _read(self, batch: Batch) -> Outputs:
        with ExitStack() as parts:
            for part in self.acting_parts():
                parts.callback(part.end)
            embedded_BSD, mask = self._embed(batch), self._mask(batch)
            kept = {name: self._part(name).begin(batch) for name in self.parts}
            with self._between_layers(kept):
                out = run_stack(self.backbone, embedded_BSD, mask, batch.positions)
        outputs = dict(self._heads(out.last_hidden_state, batch))
        for name in self.parts:
            outputs |= self._part(name).outputs(batch, States(out.last_hidden_state, kept[name]))
        if has_router(self.backbone):
            outputs["router"] = router_output(self.backbone, out.router_logits, batch.present)
        return outputs

    def _embed(self, batch: Batch) -> torch.Tensor:
        is_word = batch.kinds == NodeKind.WORD
        if self.nodes is None and not bool(is_word.all()):
            raise CheckpointError("the batch has graph nodes but the model was built for words alone")
        embedded = torch.as_tensor(self.words(torch.where(is_word, batch.ids, 0)))
        for part in self.acting_parts():
            embedded = part.embed(batch, embedded)
        return embedded

    def _mask(self, batch: Batch) -> torch.Tensor:
        biases = [part.bias(batch) for part in self.acting_parts()]
        if any(part.opens_visibility for part in self.acting_parts()):
            batch = replace(batch, visibility=None)
        return attention_mask(batch, self.architecture, biases)

    @contextmanager
    def _between_layers(self, kept: Mapping[str, Any]) -> Iterator[None]:
        """While the stack runs, parts that keep something change the states before and after every layer."""
        acting = [(self._part(name), one) for name, one in kept.items() if one is not None]
        with ExitStack() as stack:
            for number, layer in enumerate(layers_of(self.backbone)) if acting else ():
                for hook in (
                    layer.register_forward_pre_hook(_before(number, acting)),
                    layer.register_forward_hook(_after(number, acting)),
                ):
                    stack.callback(hook.remove)
            yield

    def _heads(self, states_BSD: torch.Tensor, batch: Batch) -> Mapping[str, Output]:
        if batch.decoder_targets is not None:
            return {"decoder": self._decode(states_BSD, batch)}
        asked_BS = (batch.targets != NO_TARGET) & (batch.kinds == NodeKind.WORD)
        if not bool(asked_BS.any()):
            return {}
        rows = asked_BS.nonzero()[:, 0]
        return {"word": HeadOutput(word_logits(self.backbone, states_BSD[asked_BS]), batch.targets[asked_BS], rows)}

    def _decode(self, states_BSD: torch.Tensor, batch: Batch) -> HeadOutput:
        assert batch.decoder_targets is not None
        asked_BL = batch.decoder_targets != NO_TARGET
        decoder = self.backbone.get_decoder()
        out = decoder(
            input_ids=shift_right(batch.decoder_targets, self.config),
            encoder_hidden_states=states_BSD,
            encoder_attention_mask=batch.present.long(),
            use_cache=False,
        )
        logits = decoder_logits(self.backbone, out.last_hidden_state[asked_BL])
        return HeadOutput(logits, batch.decoder_targets[asked_BL], asked_BL.nonzero()[:, 0])

    def _part(self, name: str) -> ModelPart:
        part = self.parts[name]
        assert isinstance(part, ModelPart)
        return part

    def acting_parts(self) -> list[ModelPart]:
        """The parts in the order they act."""
        return [self._part(name) for name in self.parts]

    def part_names(self) -> dict[str, Any]:
        """The parts' settings as they are saved."""
        return {name: model_parts.settings(settings) for name, settings in self.part_settings.items()}


def attention_mask(
    batch: Batch, architecture: Architecture = "encoder", biases: Sequence[torch.Tensor | None] = ()
) -> torch.Tensor:
    """What the backbone takes: [B, S] where nothing but padding is hidden, else additive [B, 1 or H, S, S]."""
    added = [bias for bias in biases if bias is not None]
    if batch.visibility is None and batch.segments is None and not added:
        return batch.present.long()
    blocked_BSS = ~_visible(batch, causal=architecture == "decoder")
    mask = torch.zeros(blocked_BSS.shape, device=batch.ids.device).masked_fill(blocked_BSS, BLOCKED)[:, None]
    return mask + torch.stack([*added]).sum(dim=0) if len(added) > 1 else mask + added[0] if added else mask


def _visible(batch: Batch, *, causal: bool) -> torch.Tensor:
    """Who may attend to whom, [B, S, S]; every node sees itself, padding too."""
    length = batch.ids.shape[1]
    if batch.visibility is not None:
        return batch.visibility
    if batch.segments is not None:
        visible = batch.segments[:, :, None] == batch.segments[:, None, :]
    else:
        visible = batch.present[:, None, :].expand(-1, length, -1)
    if causal:
        visible = visible & torch.ones(length, length, dtype=torch.bool, device=visible.device).tril()
    return visible | torch.eye(length, dtype=torch.bool, device=visible.device)


def shift_right(targets_BL: torch.Tensor, config: Any) -> torch.Tensor:
    """Decoder input: the start word, then the targets without their last; padding where nothing is asked."""
    shifted = targets_BL.new_full(targets_BL.shape, config.decoder_start_token_id)
    shifted[:, 1:] = targets_BL[:, :-1]
    return shifted.masked_fill(shifted == NO_TARGET, config.pad_token_id)


def _before(layer: int, acting: Sequence[tuple[ModelPart, Any]]) -> Any:
    """A hook that lets every acting part change what a layer reads, its first argument."""

    def hook(module: nn.Module, inputs: tuple[Any, ...]) -> Any:
        del module
        states, *others = inputs
        for part, kept in acting:
            states = part.before_layer(layer, states, kept)
        return (states, *others)

    return hook


def _after(layer: int, acting: Sequence[tuple[ModelPart, Any]]) -> Any:
    """A hook that lets every acting part change what a layer gives; some families' layers give tuples."""

    def hook(module: nn.Module, inputs: Any, output: Any) -> Any:
        del module, inputs
        states = output[0] if isinstance(output, tuple) else output
        for part, kept in acting:
            states = part.after_layer(layer, states, kept)
        return (states, *output[1:]) if isinstance(output, tuple) else states

    return hook
