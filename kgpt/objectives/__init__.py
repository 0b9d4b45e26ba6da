"""Room 10: outputs and targets in, named losses out."""

from kgpt.objectives.contrastive import RELATION_DISCRIMINATION, Contrastive
from kgpt.objectives.cross_entropy import (
    CAUSAL_LM,
    ENTITY_ALIGNMENT,
    ENTITY_DISCRIMINATION,
    ENTITY_PREDICTION,
    MASKED_LM,
    RELATION_PREDICTION,
    SPAN_CORRUPTION,
    CrossEntropy,
    row_losses,
)
from kgpt.objectives.objective import CombinedLoss, Objective, combine
from kgpt.objectives.router_balance import RouterBalance, expert_load
from kgpt.objectives.triple_scoring import TRIPLE_SCORING, TripleScoring

__all__ = [
    "CAUSAL_LM",
    "ENTITY_ALIGNMENT",
    "ENTITY_DISCRIMINATION",
    "ENTITY_PREDICTION",
    "MASKED_LM",
    "RELATION_DISCRIMINATION",
    "RELATION_PREDICTION",
    "SPAN_CORRUPTION",
    "TRIPLE_SCORING",
    "CombinedLoss",
    "Contrastive",
    "CrossEntropy",
    "Objective",
    "RouterBalance",
    "TripleScoring",
    "combine",
    "expert_load",
    "row_losses",
]
