"""What model a run trains: a fresh backbone by its sizes, or one continued from a checkpoint."""

from typing import Any, Literal

from pydantic import Field

from kgpt.config import Settings

Architecture = Literal["encoder", "encoder_decoder"]


class BackboneSettings(Settings):
    """The stock Hugging Face model that everything is built around.

    Args:
        checkpoint: a local folder or a Hub name to continue from; empty for a fresh model.
        family: `model_type` of a fresh model, say `t5`, `roberta`, `bert`.
        architecture: how it is used: `encoder` or `encoder_decoder`.
        hidden_size: width of the states.
        num_layers: of the encoder, and of the decoder where there is one.
        num_heads: attention heads a layer.
        feed_forward_size: inner width of a layer.
        dropout: everywhere the family has it.
        max_positions: longest sequence, for families with learnt positions.
        extra: further settings of the family's own config class, by its names.
    """

    checkpoint: str = ""
    family: str = "t5"
    architecture: Architecture = "encoder_decoder"
    hidden_size: int = 128
    num_layers: int = 3
    num_heads: int = 4
    feed_forward_size: int = 384
    dropout: float = 0.0
    max_positions: int = 512
    extra: dict[str, Any] = Field(default_factory=dict)
