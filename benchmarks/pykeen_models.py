"""TransE, DistMult, ComplEx and RotatE as PyKEEN has them, trained on a graph of kgpt and asked as its models are."""

import time
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from kgpt.evaluation.link_ranking import Side
from kgpt.kg.graph import KnowledgeGraph


@dataclass(frozen=True, kw_only=True)
class Budget:
    """How a model is trained.

    Args:
        epochs: passes over the triples.
        dimension: of an entity's vector (of complex numbers where the model has them).
        learning_rate: of Adam.
        is_ranked: against all entities, by cross entropy, with inverse relations (LCWA); else against negatives.
        batch_size: triples, or queries of a ranked one, a step.
        num_negatives: a triple.
        loss: against negatives: `nssa` (self-adversarial, Sun et al., 2019) or `infonce` (cross entropy among them).
        loss_settings: of that loss.
        extra: further settings of the model.
    """

    epochs: int
    dimension: int = 128
    learning_rate: float = 1e-3
    is_ranked: bool = False
    batch_size: int = 256
    num_negatives: int = 32
    loss: str = "nssa"
    loss_settings: Mapping[str, float] = field(default_factory=lambda: {"margin": 9.0, "adversarial_temperature": 1.0})
    extra: Mapping[str, Any] = field(default_factory=dict)


_SMALL = {"entity_initializer": "xavier_uniform", "relation_initializer": "xavier_uniform"}
BUDGETS: Mapping[str, Budget] = {
    "TransE": Budget(epochs=16, learning_rate=5e-3, extra={"scoring_fct_norm": 1}),
    "DistMult": Budget(
        epochs=8,
        learning_rate=1e-2,
        num_negatives=128,
        loss="infonce",
        loss_settings={"margin": 0.0, "log_adversarial_temperature": 0.0},
    ),
    "ComplEx": Budget(epochs=16, dimension=64, learning_rate=1e-2, is_ranked=True, extra=_SMALL),
    "RotatE": Budget(epochs=20, dimension=32, learning_rate=5e-3, num_negatives=16),
}


@dataclass(frozen=True, slots=True)
class PykeenScorer:
    """Scores of all entities as an end, by a PyKEEN model."""

    model: Any

    def __call__(self, triples: NDArray[np.int32], side: Side) -> NDArray[np.float32]:
        """The scores of all entities as that end of the triples, [B, E]."""
        rows = torch.from_numpy(np.asarray(triples, np.int64))
        with torch.inference_mode():
            scores = self.model.predict_t(rows[:, :2]) if side == "tail" else self.model.predict_h(rows[:, 1:])
        return np.asarray(scores.float().numpy(), np.float32)


def train_pykeen(name: str, graph: KnowledgeGraph, *, seed: int, budget: Budget) -> tuple[PykeenScorer, float]:
    """A model trained on all triples of `graph`, with its numbering; and the seconds of its training."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model, loop, factory = _prepared(name, graph, seed, budget)
        started = time.perf_counter()
        loop.train(factory, num_epochs=budget.epochs, batch_size=budget.batch_size, use_tqdm=False)
    return PykeenScorer(model.eval()), time.perf_counter() - started


def _prepared(name: str, graph: KnowledgeGraph, seed: int, budget: Budget) -> tuple[Any, Any, Any]:
    from pykeen.models import model_resolver
    from pykeen.training import LCWATrainingLoop, SLCWATrainingLoop
    from pykeen.triples import CoreTriplesFactory

    factory = CoreTriplesFactory(
        torch.from_numpy(graph.triples.astype(np.int64)),
        num_entities=graph.num_entities,
        num_relations=graph.num_relations,
        create_inverse_triples=budget.is_ranked,
    )
    told: dict[str, Any] = {"loss": "crossentropy"}
    if not budget.is_ranked:
        told = {"loss": budget.loss, "loss_kwargs": dict(budget.loss_settings)}
    made = {"embedding_dim": budget.dimension, "random_seed": seed, **told, **budget.extra}
    model = model_resolver.make(name, triples_factory=factory, **made)
    room: dict[str, Any] = {"model": model, "triples_factory": factory}
    room |= {"optimizer": torch.optim.Adam(model.parameters(), lr=budget.learning_rate)}
    if budget.is_ranked:
        return model, LCWATrainingLoop(**room), factory
    sampled = {"negative_sampler": "basic", "negative_sampler_kwargs": {"num_negs_per_pos": budget.num_negatives}}
    return model, SLCWATrainingLoop(**room, **sampled), factory
