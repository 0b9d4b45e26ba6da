"""How likely each reading is: one logistic model over all candidates of a name, and NIL among them.

p(candidate | name, text) = exp(w·f) / (1 + sum over the name's candidates of exp(w·f)): NIL scores 0. Beliefs from the
name and its place alone come first; they weigh the graph's joints between candidates, and the whole model follows.
The weights that ship with kgpt were fitted by `fit` on gold of five sets of entity-linking evaluation (see
docs/linking.md); any linked text trains others.

Shapes: M matches, P pairs, F features.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, field_validator, model_validator
from scipy.optimize import minimize

from kgpt.config import Settings
from kgpt.errors import did_you_mean
from kgpt.linking.features import FEATURES, NUM_LOCAL


class Weights(Settings):
    """How much each feature counts.

    Args:
        local: by feature, where only the name and its place are looked at.
        whole: by feature, of the whole model.
    """

    local: dict[str, float] = Field(default_factory=dict)
    whole: dict[str, float] = Field(default_factory=dict)

    @field_validator("local", "whole")
    @classmethod
    def _of_features(cls, named: dict[str, float]) -> dict[str, float]:
        for name, weight in named.items():
            if name not in FEATURES:
                raise ValueError(f"no feature is called {name!r}; {did_you_mean(name, FEATURES)}")
            if not math.isfinite(weight):
                raise ValueError(f"the weight of {name} is {weight}; a finite number is needed")
        return named

    @model_validator(mode="after")
    def _both(self) -> "Weights":
        if bool(self.local) != bool(self.whole):
            raise ValueError("weights come as both `local` and `whole`; `kgpt link --fit` writes them")
        return self

    def vector(self, *, whole: bool) -> NDArray[np.float64]:
        """The weights in the order of `FEATURES`, [F]; features that are not named count 0."""
        named: Mapping[str, float] = self.whole if whole else self.local
        return np.array([named.get(feature, 0.0) for feature in FEATURES])


def probabilities(
    features: NDArray[np.float64], indptr: NDArray[np.int64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The probability of every pair, [P].

    Args:
        features: of the pairs, [P, F].
        indptr: where each match's pairs begin, [M + 1]; a match has at least one.
        weights: of the features, [F].
    """
    scores = features @ weights
    if not len(scores):
        return scores
    owners = np.repeat(np.arange(len(indptr) - 1), np.diff(indptr))
    highest = np.maximum(np.maximum.reduceat(scores, indptr[:-1]), 0.0)
    shares = np.exp(scores - highest[owners])
    totals = np.add.reduceat(shares, indptr[:-1]) + np.exp(-highest)
    return np.asarray(shares / totals[owners])


@dataclass(frozen=True, eq=False, slots=True)
class Judged:
    """Readings of which one knows which are right.

    Args:
        features: of the pairs, [P, F].
        indptr: where each match's pairs begin, [M + 1].
        right: whether the pair is a gold link, [P]; a match without one is NIL.
    """

    features: NDArray[np.float64]
    indptr: NDArray[np.int64]
    right: NDArray[np.bool_]


def fit(judged: Sequence[Judged], *, whole: bool, l2: float = 1.0) -> dict[str, float]:
    """The weights under which the judged readings are likeliest.

    Args:
        judged: readings of texts.
        whole: whether features of the whole text count.
        l2: strength of the pull to zero, on features scaled to unit variance.
    """
    columns = len(FEATURES) if whole else NUM_LOCAL
    x = np.concatenate([one.features[:, :columns] for one in judged])
    right = np.concatenate([one.right for one in judged]).astype(np.float64)
    counts = np.concatenate([np.diff(one.indptr) for one in judged])
    indptr = np.concatenate([[0], np.cumsum(counts)])
    center, scale = x.mean(axis=0), x.std(axis=0)
    center[0], scale[scale == 0] = 0.0, 1.0
    z = (x - center) / scale

    def loss(w: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        scores = z @ w
        highest = np.maximum(np.maximum.reduceat(scores, indptr[:-1]), 0.0)
        shares = np.exp(scores - np.repeat(highest, counts))
        totals = np.add.reduceat(shares, indptr[:-1]) + np.exp(-highest)
        penalized = np.concatenate([[0.0], w[1:]])
        value = (np.log(totals) + highest).sum() - right @ scores + l2 * (penalized @ penalized) / 2
        return float(value), z.T @ (shares / np.repeat(totals, counts) - right) + l2 * penalized

    found = minimize(loss, np.zeros(columns), jac=True, method="L-BFGS-B", options={"maxiter": 1000}).x
    weights = found / scale
    weights[0] -= float((found * center / scale)[1:].sum())
    return {feature: round(float(weight), 4) for feature, weight in zip(FEATURES, weights, strict=False)}
