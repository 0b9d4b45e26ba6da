"""How Hugging Face families name their sizes, and which of them shift their positions.

Every family's own names stop here and in `stack.py`.
"""

import inspect
from dataclasses import fields
from functools import cache
from typing import Any

from transformers import AutoModel
from transformers.models.auto.configuration_auto import CONFIG_MAPPING

from kgpt.errors import ConfigError
from kgpt.model.settings import BackboneSettings

WITHOUT_POSITION_IDS = {"t5", "mt5", "umt5", "longt5"}
_FEED_FORWARD = ("intermediate_size", "moe_intermediate_size", "hidden_dim", "n_inner", "ffn_dim", "ffn_hidden_size")
_FOUR_TIMES = {"bloom", "mpt"}
"""Families whose feed-forward layers are four times as wide as the others."""
_DROPOUTS = (
    *("hidden_dropout_prob", "attention_probs_dropout_prob", "hidden_dropout", "attention_dropout", "dropout"),
    *("embedding_dropout", "mlp_dropout", "resid_pdrop", "embd_pdrop", "attn_pdrop"),
)


def first_position(config: Any) -> int:
    """The row of position 0: families after RoBERTa begin behind the padding's row, the others with row 0."""
    return int(config.pad_token_id) + 1 if _begins_behind_padding(config.__class__) else 0


@cache
def _begins_behind_padding(config_class: type) -> bool:
    """Whether a family's code makes its positions from the padding, as fairseq's does."""
    model = AutoModel._model_mapping.get(config_class, None)  # there is no public way to a family's module
    module = inspect.getmodule(model[0] if isinstance(model, tuple) else model)
    places = [module, *(one for one in vars(module).values() if isinstance(one, type))] if module else []
    return any(hasattr(one, "create_position_ids_from_input_ids") for one in places)


def config_sizes(settings: BackboneSettings) -> dict[str, Any]:
    """The settings in the words of the family's config class.

    Raises:
        ConfigError: the family has no size of that name.
    """
    config_class = CONFIG_MAPPING[settings.family]
    known = {one.name for one in fields(config_class)} | config_class.attribute_map.keys()
    if "d_kv" in known:
        return _t5(settings)
    if "encoder_ffn_dim" in known:
        return _bart(settings)
    common = {
        "hidden_size": settings.hidden_size,
        "word_embed_proj_dim": settings.hidden_size,
        "num_hidden_layers": settings.num_layers,
        "num_attention_heads": settings.num_heads,
        **dict.fromkeys(_FEED_FORWARD, settings.feed_forward_size),
        **dict.fromkeys(_DROPOUTS, settings.dropout),
    }
    if settings.family == "modernbert":
        own = {"max_position_embeddings": settings.max_positions}
    else:
        own = _of_decoder(settings) if settings.architecture == "decoder" else _of_encoder(settings)
    usual = 4 * settings.hidden_size
    if settings.family in _FOUR_TIMES and settings.feed_forward_size != usual:
        raise ConfigError(
            f"backbone.feed_forward_size: {settings.family} has no such size, it takes 4 times hidden_size; set {usual}"
        )
    is_lost = known.isdisjoint(_FEED_FORWARD) and settings.family not in _FOUR_TIMES
    if is_lost or not known >= {"hidden_size", "num_hidden_layers", "num_attention_heads"}:
        raise ConfigError(
            f"backbone.family: {settings.family} calls its sizes by names that kgpt does not know; "
            "continue a checkpoint of it (backbone.checkpoint), or take another family"
        )
    return {name: value for name, value in (common | own).items() if name in known}


def _t5(settings: BackboneSettings) -> dict[str, Any]:
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


def _bart(settings: BackboneSettings) -> dict[str, Any]:
    sides = [(f"{side}_layers", settings.num_layers) for side in ("encoder", "decoder")]
    sides += [(f"{side}_ffn_dim", settings.feed_forward_size) for side in ("encoder", "decoder")]
    sides += [(f"{side}_attention_heads", settings.num_heads) for side in ("encoder", "decoder")]
    return dict(sides) | {
        "d_model": settings.hidden_size,
        "dropout": settings.dropout,
        "max_position_embeddings": settings.max_positions,
    }


def _of_encoder(settings: BackboneSettings) -> dict[str, Any]:
    return {
        "hidden_act": "gelu_pytorch_tanh",
        "max_position_embeddings": settings.max_positions + 8,
        "type_vocab_size": 1,
    }


def _of_decoder(settings: BackboneSettings) -> dict[str, Any]:
    return {
        "num_key_value_heads": settings.num_heads,
        "head_dim": settings.hidden_size // settings.num_heads,
        "rotary_dim": min(64, settings.hidden_size // settings.num_heads),
        "max_position_embeddings": settings.max_positions,
        "tie_word_embeddings": True,
    }
