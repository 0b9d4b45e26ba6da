"""Longer sequences for a trained backbone: other rotary settings, or its learnt positions interpolated."""

from copy import deepcopy
from typing import Any

import torch
from torch.nn.functional import interpolate

from kgpt.errors import ConfigError
from kgpt.model.family import WITHOUT_POSITION_IDS, first_position
from kgpt.model.settings import LongContextSettings

_BART_OFFSET = 2
_LEARNT = ("position_embeddings.weight", "embed_positions.weight")


def lengthen(model: Any, settings: LongContextSettings) -> Any:
    """`model` for sequences of `settings.max_positions`, all other weights as they were.

    Raises:
        ConfigError: the model reads sequences of that length already.
    """
    if model.config.model_type in WITHOUT_POSITION_IDS:
        return model  # relative positions have no end
    config, longest = deepcopy(model.config), _longest(model.config)
    if settings.max_positions <= longest:
        raise ConfigError(
            f"backbone.long_context.max_positions: {settings.max_positions} is no longer than the {longest} that the "
            "checkpoint reads; give more, or leave long_context away"
        )
    config.max_position_embeddings = settings.max_positions + first_position(config)
    if getattr(config, "rope_parameters", None) is not None:
        config.rope_parameters = _rotary(config.rope_parameters, settings, longest)
    longer = type(model)(config)
    weights = {name: _stretched(name, value, config) for name, value in model.state_dict().items()}
    longer.load_state_dict(weights)
    return longer


def _longest(config: Any) -> int:
    return int(config.max_position_embeddings) - first_position(config)


def _rotary(parameters: dict[str, Any], settings: LongContextSettings, longest: int) -> dict[str, Any]:
    """The rotary settings; ModernBERT has them by layer type."""
    if "rope_theta" not in parameters:
        return {name: _rotary(one, settings, longest) for name, one in parameters.items()}
    if settings.method == "theta":
        return parameters | {"rope_theta": settings.theta}
    told: dict[str, Any] = {"rope_type": settings.method, "factor": settings.max_positions / longest}
    return parameters | told | ({"original_max_position_embeddings": longest} if settings.method == "yarn" else {})


def _stretched(name: str, weight: torch.Tensor, config: Any) -> torch.Tensor:
    """A table of learnt positions with rows in between; any other weight as it is."""
    if not name.endswith(_LEARNT):
        return weight
    first = _BART_OFFSET if name.endswith("embed_positions.weight") else first_position(config)
    length = int(config.max_position_embeddings) - (0 if name.endswith("embed_positions.weight") else first)
    rows = interpolate(weight[first:].T[None], size=length, mode="linear", align_corners=True)[0].T
    return torch.cat([weight[:first], rows])
