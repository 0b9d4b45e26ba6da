"""The kgpt model: a stock backbone, graph nodes among its words, heads for what is asked.

Enters: `Batch`. Leaves: `Outputs`: logits only where a target stands, since most of a step's cost would else be the
vocabulary. Shapes: B sequences, S nodes, L decoder words, D hidden, V vocabulary.
"""

from typing import Any

import torch
from torch import nn

from kgpt.errors import CheckpointError
from kgpt.model.backbone import decoder_logits, encoder_states, word_logits
from kgpt.model.embedding import GraphEmbedding
from kgpt.model.head import NodeHead
from kgpt.sequences.outputs import HeadOutput, Outputs
from kgpt.sequences.sequence import NO_TARGET, Batch
from kgpt.wkgraph import NodeKind

BLOCKED = -1e4
"""Added to attention logits where nothing may be seen; minus infinity would give nan on rows masked whole."""


class KgptModel(nn.Module):
    """A backbone with graph-aware embeddings and heads.

    Args:
        backbone: a Hugging Face model with its language-model head.
        num_entities: entities that can be nodes; 0 for a model of words alone.
        num_relations: relations that can be nodes.
    """

    def __init__(self, backbone: nn.Module, *, num_entities: int = 0, num_relations: int = 0) -> None:
        super().__init__()
        self.backbone: Any = backbone
        self.graph: GraphEmbedding | None = None
        if num_entities:
            hidden_size = self.words.embedding_dim
            self.graph = GraphEmbedding(num_entities=num_entities, num_relations=num_relations, hidden_size=hidden_size)
            self.entity_head = NodeHead(hidden_size=hidden_size)
            self.relation_head = NodeHead(hidden_size=hidden_size)

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

    def forward(self, batch: Batch) -> Outputs:
        """Logits at the batch's targets, head by head."""
        states_BSD = encoder_states(self.backbone, self._embed(batch), attention_mask(batch), batch.positions)
        if batch.decoder_targets is not None:
            return {"decoder": self._decode(states_BSD, batch)}
        return self._node_outputs(states_BSD, batch)

    def _embed(self, batch: Batch) -> torch.Tensor:
        if self.graph is not None:
            embedded: torch.Tensor = self.graph(batch.ids, batch.kinds, self.words)
            return embedded
        if bool((batch.kinds != NodeKind.WORD).any()):
            raise CheckpointError("the batch has graph nodes but the model was built for words alone")
        return torch.as_tensor(self.words(batch.ids))

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
        return HeadOutput(logits, batch.decoder_targets[asked_BL])

    def _node_outputs(self, states_BSD: torch.Tensor, batch: Batch) -> Outputs:
        outputs: dict[Any, HeadOutput] = {}
        for kind in NodeKind:
            asked_BS = (batch.targets != NO_TARGET) & (batch.kinds == kind)
            if bool(asked_BS.any()):
                name = kind.name.lower()
                outputs[name] = self._head(kind, states_BSD[asked_BS], batch.targets[asked_BS], batch.candidates)
        return outputs

    def _head(
        self,
        kind: NodeKind,
        states_ND: torch.Tensor,
        targets_N: torch.Tensor,
        candidates_C: torch.Tensor | None,
    ) -> HeadOutput:
        if kind == NodeKind.WORD:
            return HeadOutput(word_logits(self.backbone, states_ND), targets_N)
        assert self.graph is not None
        if kind == NodeKind.RELATION:
            return HeadOutput(self.relation_head(states_ND, self.graph.relations.weight[:-1]), targets_N)
        if candidates_C is None:
            return HeadOutput(self.entity_head(states_ND, self.graph.entities.weight[:-1]), targets_N)
        rows = self.graph.entities(candidates_C)
        return HeadOutput(self.entity_head(states_ND, rows), torch.searchsorted(candidates_C, targets_N))


def attention_mask(batch: Batch) -> torch.Tensor:
    """What the backbone takes: [B, S] where all present nodes see each other, else additive [B, 1, S, S]."""
    if batch.visibility is None:
        return batch.present.long()
    blocked = torch.zeros(batch.visibility.shape, device=batch.ids.device)
    return blocked.masked_fill(~batch.visibility, BLOCKED)[:, None]


def shift_right(targets_BL: torch.Tensor, config: Any) -> torch.Tensor:
    """Decoder input: the start word, then the targets without their last; padding where nothing is asked."""
    shifted = targets_BL.new_full(targets_BL.shape, config.decoder_start_token_id)
    shifted[:, 1:] = targets_BL[:, :-1]
    return shifted.masked_fill(shifted == NO_TARGET, config.pad_token_id)
