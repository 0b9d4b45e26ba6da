"""A logistic model of a text's quality over hashed words and a few counts, fitted on labelled texts; no pickle.

Enters: texts that people called good or bad, or good ones beside unlabelled ones. Leaves: a safetensors file whose
metadata says what it was fitted on and how well it tells the labels in cross-validation.
"""

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from math import exp
from pathlib import Path
from typing import Any

import numpy as np
import xxhash
from numpy.typing import NDArray

from kgpt.atomic import write_bytes
from kgpt.corpus.gopher_repetition import repeated
from kgpt.errors import DataError
from kgpt.io import require_file
from kgpt.records import Document
from kgpt.sources.malformed import told_as_malformed
from kgpt.text import words

NUM_BUCKETS = 2**15
_END_MARKS = (".", "?", "!", '"', "”", "'")
_STOP_WORDS = frozenset(
    """a an and are as at be by for from have in is it not of on or that the this to was with""".split()  # noqa: SIM905
)
_DIGIT = re.compile(r"\d")
_FORM = "kgpt quality model 1"
_FOLDS = 5
_INVERSE_PENALTY = 3.0
_DEVIATION = 0.2
"""Of the counts as the regression sees them: so small that they do not drown the words."""
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class QualityFigures:
    """What a model was fitted on, and how well it tells the labels.

    Args:
        num_good: texts called good.
        num_others: texts called bad, or unlabelled ones.
        unlabelled: whether the others are unlabelled.
        auc: area under the ROC curve in 5-fold cross-validation.
        num_left_out: unlabelled texts beside bad ones.
    """

    num_good: int
    num_others: int
    unlabelled: bool
    auc: float
    num_left_out: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class QualityModel:
    """A fitted model.

    Args:
        weights: of the buckets, then of the counts, float64.
        bias: added to the score.
        mean: of every count in the texts it was fitted on.
        scale: what they are divided by.
        told_prob: that a good text is labelled, 1 where all labels are known (Elkan and Noto, 2008).
        figures: what it was fitted on.
    """

    weights: Floats
    bias: float
    mean: Floats
    scale: Floats
    told_prob: float
    figures: QualityFigures

    def probability(self, text: str) -> float:
        """That `text` is good."""
        buckets, values = hashed_words(text)
        score = self.weights[buckets] @ values + self.bias
        score += self.weights[NUM_BUCKETS:] @ ((text_counts(text) - self.mean) / self.scale)
        return min(1.0, 1 / (1 + exp(-min(max(float(score), -50.0), 50.0))) / self.told_prob)

    def save(self, path: Path) -> None:
        """Write the model to `path`, whole or not at all."""
        from safetensors.numpy import save

        arrays = {"weights": self.weights, "mean": self.mean, "scale": self.scale}
        numbers = {"bias": self.bias, "told_prob": self.told_prob, "figures": asdict(self.figures)}
        write_bytes(path, save(arrays, metadata={"form": _FORM, "numbers": json.dumps(numbers, sort_keys=True)}))


def load_quality_model(path: Path) -> QualityModel:
    """The model in `path`.

    Raises:
        DataError: no such file, or no quality model.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(require_file(path, what="quality model"), framework="numpy") as file:
            told = file.metadata() or {}
            if told.get("form") != _FORM:
                raise DataError(
                    f"{path}: no quality model; make one with `kgpt corpus fit-quality LABELLED --out {path}`"
                )
            arrays = {name: file.get_tensor(name) for name in ("weights", "mean", "scale")}
    except SafetensorError as error:
        raise DataError(f"{path}: torn, or no quality model: {error}") from error
    with told_as_malformed(str(path), what="torn, or no quality model"):
        numbers = json.loads(told["numbers"])
        model = QualityModel(**(arrays | numbers | {"figures": QualityFigures(**numbers["figures"])}))
        _require_sound(model)
    return model


def _require_sound(model: QualityModel) -> None:
    """Refuse arrays of other sizes than the features' and numbers that give no probability.

    Raises:
        ValueError: either.
    """
    num_counts = len(text_counts(""))
    shapes = [one.shape for one in (model.weights, model.mean, model.scale)]
    if shapes != [(NUM_BUCKETS + num_counts,), (num_counts,), (num_counts,)]:
        raise ValueError(f"arrays of {shapes}")
    told = np.concatenate([model.weights, model.mean, model.scale, [float(model.bias), float(model.told_prob)]])
    if not np.isfinite(told).all() or not (model.scale > 0).all() or not 0 < model.told_prob <= 1:
        raise ValueError("numbers that give no probability")


def fit_quality(texts: Sequence[str], labels: Sequence[bool | None]) -> QualityModel:
    """A model that tells good texts from the others.

    Args:
        texts: what it learns from.
        labels: whether each is good; None where nobody said. Unlabelled texts beside good ones alone count as others,
            and the probabilities are corrected for the good ones among them (Elkan and Noto, 2008); beside bad
            ones they are left out.

    Raises:
        DataError: fewer than ten texts of either kind.
    """
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    unlabelled = False not in labels
    kept = [(text, bool(label)) for text, label in zip(texts, labels, strict=True) if unlabelled or label is not None]
    is_good = np.array([label for _, label in kept], bool)
    if min(num_good := int(is_good.sum()), len(kept) - num_good) < 2 * _FOLDS:
        raise DataError(
            f"{num_good} good texts and {len(kept) - num_good} others: too few to learn from; "
            f"at least {2 * _FOLDS} of each are needed"
        )
    features, mean, scale = _features([text for text, _ in kept])
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=0)
    model = _logistic(is_balanced=not unlabelled)  # the correction needs the probability that a text is labelled
    guessed = cross_val_predict(model, features, is_good, cv=folds, method="predict_proba")[:, 1]
    fitted = model.fit(features, is_good)
    figures = QualityFigures(
        num_good,
        len(kept) - num_good,
        unlabelled,
        auc=float(roc_auc_score(is_good, guessed)),
        num_left_out=len(texts) - len(kept),
    )
    told_prob = float(guessed[is_good].mean()) if unlabelled else 1.0
    return QualityModel(fitted.coef_[0], float(fitted.intercept_[0]), mean, scale, told_prob, figures)


def label_of(document: Document, field: str) -> bool | None:
    """Whether `field` of the metadata calls a document good; None where it does not say.

    Raises:
        DataError: it says something else.
    """
    found = document.metadata.extra.get(field)
    if found is None or found in (0, 1):
        return None if found is None else bool(found)
    raise DataError(
        f"document {document.id}: {field} is {found!r}; a good text has 1, a bad one 0, an unlabelled one none"
    )


def hashed_words(text: str) -> tuple[NDArray[np.int64], Floats]:
    """The buckets of the words and pairs of words in `text`, and how much each counts: logarithmic, of length 1."""
    told = words(text.lower())
    pairs = map(" ".join, pairwise(told))
    counts = Counter(told)
    counts.update(pairs)
    values = np.log1p(np.fromiter(counts.values(), np.float64, len(counts)))
    buckets = np.fromiter((xxhash.xxh3_64_intdigest(one.encode()) for one in counts), np.uint64, len(counts))
    return (buckets % NUM_BUCKETS).astype(np.int64), values / max(float(np.linalg.norm(values)), 1.0)


def text_counts(text: str) -> Floats:
    """What the rules of Gopher and FineWeb count, as numbers in place of thresholds."""
    told, lines = text.split(), [line for line in map(str.strip, text.split("\n")) if line]
    num_words, num_lines, num_chars = max(len(told), 1), max(len(lines), 1), max(len(text), 1)
    return np.array(
        [
            np.log1p(len(told)),
            np.log1p(num_words / num_lines),
            sum(map(len, told)) / num_words,
            sum(word.lower() in _STOP_WORDS for word in told) / num_words,
            sum(word[:1].isupper() for word in told) / num_words,
            len(set(told)) / num_words**0.75,
            sum(line.endswith(_END_MARKS) for line in lines) / num_lines,
            sum(len(line) <= 30 for line in lines) / num_lines,
            repeated(lines)[1],
            len(_DIGIT.findall(text)) / num_chars,
            sum(map(text.count, "!?#|•…")) / num_words,
            sum(map(text.count, ",;:()")) / num_words,
        ]
    )


def _features(texts: Sequence[str]) -> tuple[Any, Floats, Floats]:
    """The rows that the regression sees, and what the counts in them were shifted and divided by."""
    from scipy.sparse import csr_matrix, hstack

    hashed = [hashed_words(text) for text in texts]
    ends = np.cumsum([0, *(len(buckets) for buckets, _ in hashed)])
    values, buckets = np.concatenate([one for _, one in hashed]), np.concatenate([one for one, _ in hashed])
    counts = np.stack([text_counts(text) for text in texts])
    mean, scale = counts.mean(axis=0), np.maximum(counts.std(axis=0), 1e-6) / _DEVIATION
    rows = csr_matrix((values, buckets, ends), shape=(len(texts), NUM_BUCKETS))
    return hstack([rows, csr_matrix((counts - mean) / scale)], format="csr"), mean, scale


def _logistic(*, is_balanced: bool) -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=_INVERSE_PENALTY, max_iter=1000, class_weight="balanced" if is_balanced else None)
