"""What curation's steps cost and how well they tell: documents a second on one core, AUC on people's labels.

Speed and quality on the 256 web texts with human labels of `../shared/data/curation` (or of `KGPT_SHARED_DATA`);
languages on 174 texts in 127 languages, of which fastText's small model is asked for the exact code.
"""

import gzip
import json
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.shared_data import shared_data
from benchmarks.timing import rates
from kgpt.corpus import corpus_steps
from kgpt.corpus.language import language_identifier
from kgpt.corpus.quality_model import fit_quality
from kgpt.records import Document

HEADER = ("what", "figure", "of all dropped")
_RULES = ("gopher_quality", "gopher_repetition", "c4")
_FORGETFUL = ("blocklist", "c4", "fineweb", "gopher_quality", "gopher_repetition", "language", "pii")
_CHANGING = ("normalize", "repair")


def run() -> list[list[str]]:
    """A row a step with its rate and the share it drops, and rows of how well quality and languages are told."""
    data = shared_data() / "curation"
    if not data.is_dir():
        return [[f"skipped: {data} is not there", "", ""]]
    labelled = _rows(data / "dclm_quality_a.jsonl.gz")
    texts, labels = [one["text"] for one in labelled], [bool(one["label"]) for one in labelled]
    model = fit_quality(texts, labels)
    documents = [Document(str(number), text) for number, text in enumerate(texts)]
    with tempfile.TemporaryDirectory() as folder:
        model.save(Path(folder) / "model")
        settings = [{"type": name} for name in (*_FORGETFUL, *_CHANGING)]
        settings.append({"type": "quality_classifier", "model": str(Path(folder) / "model")})
        steps = {str(one["type"]): corpus_steps.build(one).begin() for one in settings}
    rows = _rates(documents, steps)
    rows.append(["AUC of quality_classifier, cross-validated", f"{model.figures.auc:.3f}", ""])
    rows.append(["AUC of Gopher's and C4's rules together", f"{_rules_auc(documents, labels):.3f}", ""])
    return [*rows, _languages(data / "oscar_langid_a.jsonl.gz")]


def _rates(documents: Sequence[Document], steps: dict[str, Callable[[Document], object]]) -> list[list[str]]:
    def contestant(verdict: Callable[[Document], object]) -> Callable[[], float]:
        return lambda: float(sum(1 for one in documents if verdict(one) is not None))

    measured = rates({name: contestant(verdict) for name, verdict in steps.items()})
    shares = {
        name: sum(not isinstance(verdict(one), Document) for one in documents) / len(documents)
        for name, verdict in steps.items()
    }
    return [[name, f"{rate:,.0f} documents/s", f"{shares[name]:.0%}"] for name, rate in measured.items()]


def _rules_auc(documents: Sequence[Document], labels: Sequence[bool]) -> float:
    """Of a verdict that only says stay or go, the area is the mean of the shares told right among good and bad."""
    verdicts = [corpus_steps.build(name).begin() for name in _RULES]
    stays = [all(isinstance(verdict(one), Document) for verdict in verdicts) for one in documents]
    good = [stay for stay, label in zip(stays, labels, strict=True) if label]
    bad = [not stay for stay, label in zip(stays, labels, strict=True) if not label]
    return (sum(good) / len(good) + sum(bad) / len(bad)) / 2


def _languages(path: Path) -> list[str]:
    identify, texts = language_identifier(), _rows(path)
    right = sum(identify(one["text"])[0] == one["lang"] for one in texts)
    return [f"languages told right, of {len({one['lang'] for one in texts})}", f"{right / len(texts):.3f}", ""]


def _rows(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path) as file:
        return [json.loads(line) for line in file]
