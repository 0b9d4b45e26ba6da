"""How well the linker links, set by set, each with weights fitted on the other sets: gold that fits never judges.

The graph is the Wikidata extract of `../shared/data/kg` (or of `KGPT_SHARED_DATA`), the gold five sets of ELEVANT and
RSS-500, which no weights are ever fitted on. A2KB: the mentions are ours; D2KB: they are given. The gain over the prior
baseline comes with a 95 % bootstrap and a permutation test over documents.
"""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.shared_data import shared_data
from kgpt.evaluation.entity_linking import LinkingScore, Mode, evaluate_linking
from kgpt.kg import KnowledgeGraph, open_graph_store
from kgpt.kg.store import build_store
from kgpt.linking import Linker
from kgpt.records import Document
from kgpt.sources import open_documents, open_graph
from kgpt.sources.base import read_bulk
from kgpt.sources.reading import kept

_FITTED_ON = ("wiki-fair", "news-fair", "kore50", "msnbc", "oke-2016-train")
_JUDGED = (*_FITTED_ON, "rss-500")
_FIGURES = {
    "P": "in_kb_micro_precision",
    "R": "in_kb_micro_recall",
    "F1": "in_kb_micro_f1",
    "macro F1": "in_kb_macro_f1",
    "prior F1": "prior_f1",
    "ceiling F1": "ceiling_f1",
    "reachable F1": "reachable_f1",
    "prior in reach": "prior_reachable_f1",
    "recall@30": "candidate_recall_at_30",
    "NIL F1": "nil_f1",
    "calibration": "calibration_error",
}
HEADER = ("set, who gives mentions", "in-KB gold", *_FIGURES, "F1 beyond prior", "p")


def run() -> list[list[str]]:
    """A row of figures a set and mode."""
    data = shared_data()
    missing = [path for path in (data / "kg", *(_gold(data, name) for name in _JUDGED)) if not path.exists()]
    if missing:
        return [[f"skipped: {missing[0]} is not there", *[""] * (len(HEADER) - 1)]]
    documents = {name: list(kept(open_documents(str(_gold(data, name))).read(), Document, name)) for name in _JUDGED}
    with tempfile.TemporaryDirectory() as folder:
        linker = Linker.of(_built(data / "kg", Path(folder) / "store"))
        return [row for name in _JUDGED for row in _judged(linker, documents, name)]


def _gold(data: Path, name: str) -> Path:
    return data / "el" / f"{name}.benchmark.jsonl.gz"


def _built(source: Path, store: Path) -> KnowledgeGraph:
    build_store(read_bulk(open_graph(str(source))), store)
    return open_graph_store(store)


def _judged(linker: Linker, documents: Mapping[str, Sequence[Document]], name: str) -> list[list[str]]:
    others = [one for other in _FITTED_ON if other != name for one in documents[other]]
    fitted = linker.fitted(others, complete=True)
    modes: tuple[Mode, ...] = ("A2KB", "D2KB")
    return [_row(f"{name}, {mode}", evaluate_linking(fitted, documents[name], mode=mode)) for mode in modes]


def _row(name: str, score: LinkingScore) -> list[str]:
    told = score.figures
    figures = [f"{told[figure]:.3f}" for figure in _FIGURES.values()]
    interval = f"{told['beyond_prior_f1']:+.3f} [{told['beyond_prior_low']:+.3f}, {told['beyond_prior_high']:+.3f}]"
    return [name, f"{score.counts['num_gold_in_kb']:,}", *figures, interval, f"{told['beyond_prior_p_value']:.4f}"]
