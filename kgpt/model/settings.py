"""What model a run trains: a fresh backbone by its sizes, or one continued from a checkpoint."""

from typing import Any, Literal

from pydantic import Field

from kgpt.config import Settings

Architecture = Literal["encoder", "encoder_decoder", "decoder"]


class LongContextSettings(Settings):
    """Longer sequences than a checkpoint was trained on.

    Args:
        max_positions: the longest sequence from now on.
        method: for rotary positions `theta` (a larger base; Xiong et al., 2023), `linear` (positions squeezed; Chen et
            al., 2023) or `yarn` (Peng et al., 2023); learnt positions are always interpolated; relative ones need
            nothing.
        theta: the rotary base of `theta`.
    """

    max_positions: int = Field(ge=16)
    method: Literal["theta", "linear", "yarn"] = "theta"
    theta: float = Field(default=500_000.0, gt=1)


class BackboneSettings(Settings):
    """The stock Hugging Face model that everything is built around.

    Args:
        checkpoint: a local folder or a Hub name to continue from; empty for a fresh model.
        family: `model_type` of a fresh model, say `t5`, `roberta`, `bert`, `modernbert`, `bart`, `llama`, `qwen3`,
            `mixtral`.
        architecture: how it is used: `encoder`, `encoder_decoder` or `decoder`.
        hidden_size: width of the states.
        num_layers: of the encoder, and of the decoder where there is one.
        num_heads: attention heads a layer.
        feed_forward_size: inner width of a layer (of each expert).
        dropout: everywhere the family has it.
        max_positions: longest sequence, for families with learnt positions.
        long_context: lengthen a checkpoint's sequences; null leaves them.
        attention: transformers' implementation: `eager` (fastest on CPU below 1,024 words, and the one that takes every
            mask) or `sdpa`.
        extra: further settings of the family's own config class, by its names.
    """

    checkpoint: str = ""
    family: str = "t5"
    architecture: Architecture = "encoder_decoder"
    hidden_size: int = Field(default=128, ge=1)
    num_layers: int = Field(default=3, ge=1)
    num_heads: int = Field(default=4, ge=1)
    feed_forward_size: int = Field(default=384, ge=1)
    dropout: float = Field(default=0.0, ge=0, lt=1)
    max_positions: int = Field(default=512, ge=16)
    long_context: LongContextSettings | None = None
    attention: Literal["eager", "sdpa"] = "eager"
    extra: dict[str, Any] = Field(default_factory=dict)
