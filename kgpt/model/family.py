"""How Hugging Face families name their sizes, and which of them shift their positions.

Every family's own names stop here and in `stack.py`.
"""

import inspect
from functools import cache
from typing import Any

from transformers import AutoModel

from kgpt.model.settings import BackboneSettings

WITHOUT_POSITION_IDS = {"t5", "mt5", "umt5", "longt5"}
_T5 = WITHOUT_POSITION_IDS
_BART = {"bart", "mbart", "pegasus"}


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
    """The settings in the words of the family's config class."""
    if settings.family in _T5:
        return _t5(settings)
    if settings.family in _BART:
        return _bart(settings)
    if settings.family == "modernbert":
        return _modernbert(settings)
    return _llama(settings) if settings.architecture == "decoder" else _bert(settings)


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


def _bert(settings: BackboneSettings) -> dict[str, Any]:
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


def _modernbert(settings: BackboneSettings) -> dict[str, Any]:
    dropouts = ("embedding_dropout", "mlp_dropout", "attention_dropout")
    return dict.fromkeys(dropouts, settings.dropout) | {
        "hidden_size": settings.hidden_size,
        "num_hidden_layers": settings.num_layers,
        "num_attention_heads": settings.num_heads,
        "intermediate_size": settings.feed_forward_size,
        "max_position_embeddings": settings.max_positions,
    }


def _llama(settings: BackboneSettings) -> dict[str, Any]:
    return {
        "hidden_size": settings.hidden_size,
        "num_hidden_layers": settings.num_layers,
        "num_attention_heads": settings.num_heads,
        "num_key_value_heads": settings.num_heads,
        "head_dim": settings.hidden_size // settings.num_heads,
        "intermediate_size": settings.feed_forward_size,
        "moe_intermediate_size": settings.feed_forward_size,
        "attention_dropout": settings.dropout,
        "max_position_embeddings": settings.max_positions,
        "tie_word_embeddings": True,
    }
