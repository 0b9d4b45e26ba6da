"""Stock Hugging Face models, fresh by config or from a checkpoint, and where their parts are.

Every family's own names stop here: `states` is the stack without its head, `word_logits` the head.
"""

from pathlib import Path
from typing import Any

import torch
from transformers import AutoConfig, AutoModelForMaskedLM, AutoModelForSeq2SeqLM
from transformers.models.auto.configuration_auto import CONFIG_MAPPING
from transformers.utils.logging import disable_progress_bar

from kgpt.errors import CheckpointError, ConfigError, did_you_mean
from kgpt.model.settings import Architecture, BackboneSettings
from kgpt.sequences import Vocabulary

_AUTO: dict[Architecture, Any] = {"encoder": AutoModelForMaskedLM, "encoder_decoder": AutoModelForSeq2SeqLM}
_POSITION_SHIFTED = {"roberta", "xlm-roberta", "camembert"}
_WITHOUT_POSITION_IDS = {"t5", "mt5", "umt5", "longt5"}


def build_backbone(settings: BackboneSettings, vocabulary: Vocabulary) -> Any:
    """The backbone that `settings` ask for, with a row for every word of `vocabulary`.

    Raises:
        ConfigError: an unknown family, or one that does not fit the architecture.
        CheckpointError: the checkpoint cannot be loaded.
    """
    if settings.checkpoint:
        model = load_backbone(settings.checkpoint, settings.architecture, whole=False)
    else:
        model = _fresh(settings, vocabulary)
    if model.get_input_embeddings().weight.shape[0] < vocabulary.size:
        model.resize_token_embeddings(vocabulary.size, mean_resizing=False)
    return model


def load_backbone(checkpoint: str, architecture: Architecture, *, whole: bool = True) -> Any:
    """A Hugging Face checkpoint (local folder or Hub name) with its language-model head.

    Args:
        checkpoint: where.
        architecture: what it is used as.
        whole: refuse a checkpoint that lacks weights (transformers makes them up); to train on, they may be fresh.

    Raises:
        CheckpointError: not there, not a checkpoint, not whole, or of another architecture.
    """
    disable_progress_bar()
    try:
        model, told = _AUTO[architecture].from_pretrained(
            checkpoint, attn_implementation="eager", dtype=torch.float32, output_loading_info=True
        )
    except Exception as error:  # transformers raises OSError, ValueError, KeyError and safetensors' own here
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise CheckpointError(
            f"{checkpoint}: cannot be loaded as {architecture.replace('_', '-')}: {reason}"
        ) from error
    if whole and told["missing_keys"]:
        lacking = sorted(told["missing_keys"])
        raise CheckpointError(f"{checkpoint}: lacks {len(lacking)} of the weights, {lacking[0]} first; is it whole?")
    return model


def checkpoint_architecture(checkpoint: str) -> Architecture:
    """Whether a checkpoint is an encoder or an encoder-decoder.

    Raises:
        CheckpointError: no checkpoint there.
    """
    if checkpoint.startswith(("/", ".")) and not Path(checkpoint).is_dir():
        raise CheckpointError(
            f"{checkpoint}: no such folder; give a checkpoint's folder or a name on the Hugging Face Hub"
        )
    try:
        config = AutoConfig.from_pretrained(checkpoint)
    except (OSError, ValueError) as error:
        reason = str(error).strip().splitlines()[0]
        raise CheckpointError(f"{checkpoint}: not a Hugging Face checkpoint: {reason}") from error
    return "encoder_decoder" if config.is_encoder_decoder else "encoder"


def encoder_states(
    backbone: Any, embeddings: torch.Tensor, mask: torch.Tensor, positions: torch.Tensor
) -> torch.Tensor:
    """States of the encoder stack over embedded nodes.

    Args:
        backbone: the model.
        embeddings: of the nodes, [B, S, D].
        mask: bool or additive, [B, S] or [B, 1, S, S].
        positions: soft positions from 0, [B, S].

    Returns:
        States [B, S, D].
    """
    family = backbone.config.model_type
    keywords: dict[str, Any] = {"inputs_embeds": embeddings, "attention_mask": mask}
    if family not in _WITHOUT_POSITION_IDS and "position_ids" in _accepted(backbone):
        offset = backbone.config.pad_token_id + 1 if family in _POSITION_SHIFTED else 0
        keywords["position_ids"] = positions + offset
    stack = backbone.get_encoder() if backbone.config.is_encoder_decoder else backbone.base_model
    states: torch.Tensor = stack(**keywords).last_hidden_state
    return states


def word_logits(backbone: Any, states: torch.Tensor) -> torch.Tensor:
    """Logits over the vocabulary for some states of an encoder, [N, D] -> [N, V]."""
    for name in ("lm_head", "cls", "vocab_projector"):
        if hasattr(backbone, name):
            logits: torch.Tensor = getattr(backbone, name)(states)
            return logits
    return torch.as_tensor(backbone.decoder(backbone.head(states)))  # ModernBERT


def decoder_logits(backbone: Any, states: torch.Tensor) -> torch.Tensor:
    """Logits over the vocabulary for some states of a decoder, [N, D] -> [N, V]."""
    if getattr(backbone.config, "scale_decoder_outputs", False):
        states = states * backbone.config.d_model**-0.5
    logits: torch.Tensor = backbone.get_output_embeddings()(states)
    bias = getattr(backbone, "final_logits_bias", None)  # BART
    return logits if bias is None else logits + bias


def _accepted(backbone: Any) -> frozenset[str]:
    import inspect

    return frozenset(inspect.signature(backbone.base_model.forward).parameters)


def _fresh(settings: BackboneSettings, vocabulary: Vocabulary) -> Any:
    if settings.family not in CONFIG_MAPPING:
        hint = did_you_mean(settings.family, list(CONFIG_MAPPING.keys()))
        raise ConfigError(f"backbone.family: transformers knows no {settings.family!r}; {hint}")
    common = {
        "vocab_size": vocabulary.size,
        "pad_token_id": vocabulary.pad,
        "eos_token_id": vocabulary.end,
        "attn_implementation": "eager",
    }
    sizes = _t5_sizes(settings) if settings.family in _WITHOUT_POSITION_IDS else _bert_sizes(settings)
    config = CONFIG_MAPPING[settings.family](**(common | sizes | settings.extra))
    try:
        return _AUTO[settings.architecture].from_config(config, attn_implementation="eager")
    except ValueError as error:
        raise ConfigError(
            f"backbone.family: {settings.family} is no {settings.architecture.replace('_', '-')}"
        ) from error


def _t5_sizes(settings: BackboneSettings) -> dict[str, Any]:
    return {
        "d_model": settings.hidden_size,
        "d_kv": settings.hidden_size // settings.num_heads,
        "d_ff": settings.feed_forward_size,
        "num_layers": settings.num_layers,
        "num_decoder_layers": settings.num_layers,
        "num_heads": settings.num_heads,
        "dropout_rate": settings.dropout,
        "feed_forward_proj": "gated-gelu",
        "tie_word_embeddings": True,
        "decoder_start_token_id": 0,
    }


def _bert_sizes(settings: BackboneSettings) -> dict[str, Any]:
    return {
        "hidden_size": settings.hidden_size,
        "num_hidden_layers": settings.num_layers,
        "num_attention_heads": settings.num_heads,
        "intermediate_size": settings.feed_forward_size,
        "hidden_act": "gelu_pytorch_tanh",
        "hidden_dropout_prob": settings.dropout,
        "attention_probs_dropout_prob": settings.dropout,
        "max_position_embeddings": settings.max_positions + 8,
        "type_vocab_size": 1,
    }
