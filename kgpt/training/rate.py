"""The learning rate where none is set, and how many parameters a model's size counts."""

import math

from torch import nn

MIN_RATE = 1e-4


def default_learning_rate(num_parameters: int) -> float:
    """A peak rate by model size: 0.003239 - 0.0001395 ln N (Kaplan et al., 2020, equation D.1), at least 1e-4.

    Fitted there to fresh Transformers of 1 k to 10^9 parameters under Adam, embeddings not counted. To continue a
    trained checkpoint, set a smaller rate yourself.

    >>> round(default_learning_rate(1_000_000), 5)
    0.00131
    """
    return max(MIN_RATE, 0.003239 - 0.0001395 * math.log(max(num_parameters, 1)))


def num_body_parameters(model: nn.Module) -> int:
    """Parameters that take part in every position's product: all but the embedding tables."""
    tables = {id(module.weight) for module in model.modules() if isinstance(module, nn.Embedding)}
    return sum(parameter.numel() for parameter in model.parameters() if id(parameter) not in tables)
