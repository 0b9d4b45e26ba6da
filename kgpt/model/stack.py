"""A backbone's stack of layers run over embedded nodes, and its language-model head on some of the states.

Every family's own names stop here and in `family.py`. Shapes: B sequences, S nodes, D hidden, N places, V vocabulary.
"""

import inspect
from typing import Any

import torch
from torch import nn

from kgpt.errors import ConfigError
from kgpt.model.family import WITHOUT_POSITION_IDS, first_position

BLOCKED = -1e4
"""What is added to the attention of a node that is not seen."""
FULL, SLIDING = "full_attention", "sliding_attention"


def stack_of(backbone: Any) -> Any:
    """The part that reads nodes: the encoder, or the decoder of a decoder-only model."""
    return backbone.get_encoder() if backbone.config.is_encoder_decoder else backbone.base_model


def layers_of(backbone: Any) -> nn.ModuleList:
    """The layers of `stack_of`, first to last."""
    lists = [one for one in stack_of(backbone).modules() if isinstance(one, nn.ModuleList)]
    num_layers = backbone.config.num_hidden_layers
    return next(one for one in lists if len(one) == num_layers)


def run_stack(backbone: Any, embeddings: torch.Tensor, mask: torch.Tensor, positions: torch.Tensor) -> Any:
    """What the stack gives over embedded nodes, as transformers' output object.

    Args:
        backbone: the model.
        embeddings: of the nodes, [B, S, D].
        mask: 1 where present [B, S], or additive [B, 1 or H, S, S].
        positions: soft positions from 0, [B, S].
    """
    _check_positions(backbone, positions)
    family = backbone.config.model_type
    keywords: dict[str, Any] = {
        "inputs_embeds": embeddings,
        "attention_mask": _windowed(backbone.config, mask, positions),
    }
    accepted = _accepted(stack_of(backbone))
    if family not in WITHOUT_POSITION_IDS and "position_ids" in accepted:
        keywords["position_ids"] = positions + first_position(backbone.config)
    if "use_cache" in accepted:
        keywords["use_cache"] = False
    if has_router(backbone):
        keywords["output_router_logits"] = True
    return stack_of(backbone)(**keywords)


def _windowed(config: Any, mask: torch.Tensor, positions: torch.Tensor) -> torch.Tensor | dict[str, torch.Tensor]:
    """An additive mask as layers with a sliding window take it, which transformers leaves to who gives such a mask.

    Positions tell how far apart two nodes are: packed texts each begin anew, graph nodes stand by their text.
    """
    kinds = set(getattr(config, "layer_types", None) or ())
    window = getattr(config, "sliding_window", None)
    is_unused = not getattr(config, "use_sliding_window", True) or (kinds and SLIDING not in kinds)
    if mask.dim() == 2 or window is None or is_unused:
        return mask
    apart = (positions[:, :, None] - positions[:, None, :])[:, None]
    is_far = apart.abs() > window if hasattr(config, "local_attention") else apart >= window
    local = mask.masked_fill(is_far, BLOCKED)
    return {FULL: mask, SLIDING: local} if kinds else local


def _check_positions(backbone: Any, positions: torch.Tensor) -> None:
    """Refuse positions that a table of learnt ones has not (looked at on the CPU alone, where it costs nothing).

    Raises:
        ConfigError: a sequence is longer than the backbone reads.
    """
    longest = num_positions(backbone.config)
    if longest is None or positions.device.type != "cpu":
        return
    if (needed := int(positions.max()) + 1) > longest:
        raise ConfigError(
            f"backbone.max_positions: the backbone reads {longest} positions, and a sequence has {needed}; raise it (a "
            "checkpoint's: backbone.long_context), or lower the recipe's max_tokens or max_nodes"
        )


def num_positions(config: Any) -> int | None:
    """How many learnt positions a family has; None where positions are rotary or relative."""
    rotary = getattr(config, "rope_parameters", None) is not None
    if rotary or config.model_type in WITHOUT_POSITION_IDS or not hasattr(config, "max_position_embeddings"):
        return None
    return int(config.max_position_embeddings) - first_position(config)


def encoder_states(
    backbone: Any, embeddings: torch.Tensor, mask: torch.Tensor, positions: torch.Tensor
) -> torch.Tensor:
    """States of the stack over embedded nodes, [B, S, D]; see `run_stack`."""
    states: torch.Tensor = run_stack(backbone, embeddings, mask, positions).last_hidden_state
    return states


def has_router(backbone: Any) -> bool:
    """Whether the backbone is a mixture of experts with a router to balance."""
    return hasattr(backbone.config, "router_aux_loss_coef") and num_experts(backbone) > 0


def num_experts(backbone: Any) -> int:
    """Experts a layer; 0 for a dense model."""
    names = ("num_local_experts", "num_experts", "n_routed_experts")
    return next((getattr(backbone.config, name) for name in names if hasattr(backbone.config, name)), 0)


def word_logits(backbone: Any, states_ND: torch.Tensor) -> torch.Tensor:
    """Logits over the vocabulary for some states of an encoder or a decoder-only model, [N, D] -> [N, V].

    Raises:
        ConfigError: the family has its head under names that are not known here.
    """
    for name in ("lm_head", "cls"):
        if hasattr(backbone, name):
            return torch.as_tensor(getattr(backbone, name)(states_ND))
    if hasattr(backbone, "vocab_projector"):  # DistilBERT
        transformed = backbone.vocab_layer_norm(backbone.activation(backbone.vocab_transform(states_ND)))
        return torch.as_tensor(backbone.vocab_projector(transformed))
    if hasattr(backbone, "head") and hasattr(backbone, "decoder"):  # ModernBERT
        return torch.as_tensor(backbone.decoder(backbone.head(states_ND)))
    raise ConfigError(
        f"backbone.family: the word head of {backbone.config.model_type} is not known; "
        "take bert, roberta, distilbert, modernbert or a decoder"
    )


def decoder_logits(backbone: Any, states_ND: torch.Tensor) -> torch.Tensor:
    """Logits over the vocabulary for some states of an encoder-decoder's decoder, [N, D] -> [N, V]."""
    if getattr(backbone.config, "scale_decoder_outputs", False):
        states_ND = states_ND * backbone.config.d_model**-0.5
    logits: torch.Tensor = backbone.get_output_embeddings()(states_ND)
    bias = getattr(backbone, "final_logits_bias", None)  # BART
    return logits if bias is None else logits + bias


def _accepted(stack: Any) -> frozenset[str]:
    return frozenset(inspect.signature(stack.forward).parameters)
