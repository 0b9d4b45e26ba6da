"""Stock Hugging Face models, fresh by config or from a checkpoint."""

from pathlib import Path
from typing import Any

import torch
from huggingface_hub.errors import StrictDataclassError
from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForMaskedLM, AutoModelForSeq2SeqLM
from transformers.models.auto.configuration_auto import CONFIG_MAPPING
from transformers.utils.logging import disable_progress_bar

from kgpt.errors import CheckpointError, ConfigError, did_you_mean
from kgpt.model.family import config_sizes
from kgpt.model.long_context import lengthen
from kgpt.model.settings import Architecture, BackboneSettings
from kgpt.sequences import Vocabulary

KGPT_MODEL_TYPE = "kgpt"
"""`model_type` of the folder of graph parts inside a checkpoint."""

NO_CODE = {"trust_remote_code": False}
"""No code of a checkpoint's is run; said, since transformers would ask at a terminal."""
_CONVERT = 'AutoModel.from_pretrained("FOLDER").save_pretrained("FOLDER")'
_AUTO: dict[Architecture, Any] = {
    "encoder": AutoModelForMaskedLM,
    "encoder_decoder": AutoModelForSeq2SeqLM,
    "decoder": AutoModelForCausalLM,
}


def build_backbone(settings: BackboneSettings, vocabulary: Vocabulary) -> Any:
    """The backbone that `settings` ask for, with a row for every word of `vocabulary`.

    Raises:
        ConfigError: an unknown family, or one that does not fit the architecture.
        CheckpointError: the checkpoint cannot be loaded.
    """
    if settings.checkpoint:
        model = load_backbone(settings.checkpoint, settings.architecture, whole=False, attention=settings.attention)
    else:
        model = _fresh(settings, vocabulary)
    if model.get_input_embeddings().weight.shape[0] < vocabulary.size:
        model.resize_token_embeddings(vocabulary.size, mean_resizing=False)
    if settings.long_context is not None:
        model = lengthen(model, settings.long_context)
    return model


def load_backbone(checkpoint: str, architecture: Architecture, *, whole: bool = True, attention: str = "eager") -> Any:
    """A Hugging Face checkpoint (local folder or Hub name) with its language-model head.

    Args:
        checkpoint: where.
        architecture: what it is used as.
        whole: refuse a checkpoint that lacks weights (transformers makes them up); to train on, they may be fresh.
        attention: transformers' implementation.

    Raises:
        CheckpointError: not there, not a checkpoint, not whole, or of another architecture.
    """
    disable_progress_bar()
    try:
        model, told = _AUTO[architecture].from_pretrained(
            checkpoint,
            attn_implementation=attention,
            dtype=torch.float32,
            output_loading_info=True,
            use_safetensors=True,
            **NO_CODE,
        )
    except Exception as error:  # transformers raises OSError, ValueError, KeyError and safetensors' own here
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        if "no file named model.safetensors" in reason:
            reason = f"no model.safetensors, and kgpt opens no pickled weights; convert those you trust: {_CONVERT}"
        raise CheckpointError(
            f"{checkpoint}: cannot be loaded as {architecture.replace('_', '-')}: {reason}"
        ) from error
    if whole and told["missing_keys"]:
        lacking = sorted(told["missing_keys"])
        raise CheckpointError(f"{checkpoint}: lacks {len(lacking)} of the weights, {lacking[0]} first; is it whole?")
    return model


def checkpoint_files(checkpoint: str) -> list[Path]:
    """The files of a checkpoint in a folder, sorted; none of one on the Hub, which its name stands for."""
    return sorted(path for path in Path(checkpoint).glob("*") if path.is_file()) if checkpoint else []


def checkpoint_architecture(checkpoint: str) -> Architecture:
    """Whether a checkpoint is an encoder, an encoder-decoder or a decoder.

    Raises:
        CheckpointError: no checkpoint there.
    """
    if checkpoint.startswith(("/", ".")) and not Path(checkpoint).is_dir():
        raise CheckpointError(
            f"{checkpoint}: no such folder; give a checkpoint's folder or a name on the Hugging Face Hub"
        )
    try:
        config = AutoConfig.from_pretrained(checkpoint, **NO_CODE)
    except (OSError, ValueError) as error:
        reason = str(error).strip().splitlines()[0]
        inside = sorted(one for depth in range(4) for one in Path(checkpoint).glob(f"{'*/' * depth}model/config.json"))
        hint = f"; there is one in {inside[0].parent}" if inside else ""
        raise CheckpointError(f"{checkpoint}: not a Hugging Face checkpoint: {reason}{hint}") from error
    if config.model_type == KGPT_MODEL_TYPE:
        raise CheckpointError(f"{checkpoint}: these are a checkpoint's graph parts; give its folder, the one above")
    if config.is_encoder_decoder:
        return "encoder_decoder"
    named = config.architectures or [""]
    return "decoder" if named[0].endswith(("ForCausalLM", "LMHeadModel")) else "encoder"


def _fresh(settings: BackboneSettings, vocabulary: Vocabulary) -> Any:
    if settings.family not in CONFIG_MAPPING:
        hint = did_you_mean(settings.family, list(CONFIG_MAPPING.keys()))
        raise ConfigError(f"backbone.family: transformers knows no {settings.family!r}; {hint}")
    common = {
        "vocab_size": vocabulary.size,
        "pad_token_id": vocabulary.pad,
        "bos_token_id": int(vocabulary.prefix[0]) if len(vocabulary.prefix) else None,
        "eos_token_id": vocabulary.end,
        "attn_implementation": settings.attention,
    }
    _check_extra(settings)
    try:
        config = CONFIG_MAPPING[settings.family](**(common | config_sizes(settings) | settings.extra))
    except (StrictDataclassError, TypeError, ValueError, ZeroDivisionError) as error:
        reason = " ".join(str(error).split())
        raise ConfigError(f"backbone: {settings.family} refuses its sizes: {reason}") from error
    if config.is_encoder_decoder and config.decoder_start_token_id is None:
        config.decoder_start_token_id = vocabulary.pad
    try:
        return _AUTO[settings.architecture].from_config(config, attn_implementation=settings.attention)
    except ValueError as error:
        reason = str(error).strip().splitlines()[0]
        if "Unrecognized configuration class" not in reason:
            raise ConfigError(f"backbone: {settings.family} refuses its sizes: {reason}") from error
        raise ConfigError(
            f"backbone.family: {settings.family} is no {settings.architecture.replace('_', '-')}; take another family, "
            "or set backbone.architecture to what it is"
        ) from error


def _check_extra(settings: BackboneSettings) -> None:
    """Refuse settings that the family's config does not know.

    Raises:
        ConfigError: names the setting and the nearest known one.
    """
    default = CONFIG_MAPPING[settings.family]()
    known = set(default.to_dict()) | set(default.attribute_map)
    for name in settings.extra:
        if name not in known:
            raise ConfigError(
                f"backbone.extra.{name}: {settings.family} has no such setting; {did_you_mean(name, known)}"
            )
