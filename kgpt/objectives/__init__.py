"""Room 10: logits and targets in, named losses out."""

from kgpt.objectives.objective import (
    ENTITY_PREDICTION,
    MASKED_LM,
    RELATION_PREDICTION,
    SPAN_CORRUPTION,
    CombinedLoss,
    Objective,
    combine,
)

__all__ = [
    "ENTITY_PREDICTION",
    "MASKED_LM",
    "RELATION_PREDICTION",
    "SPAN_CORRUPTION",
    "CombinedLoss",
    "Objective",
    "combine",
]
