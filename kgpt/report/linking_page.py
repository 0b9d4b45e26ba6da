"""The page of an evaluation of entity linking: every text with gold and ours laid over each other, errors by kind.

One HTML file without script: kinds are shown and hidden by CSS.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from kgpt.atomic import write_bytes
from kgpt.evaluation.entity_linking import ERRORS, Judgement, LinkingScore
from kgpt.linking import Linker
from kgpt.records import NIL
from kgpt.report.judged_text import OUTSIDE, RIGHT, Region, judged_text
from kgpt.report.plots import ScoreBin, calibration_plot
from kgpt.report.template import render

_TEMPLATE = "linking.html.jinja"
_NUM_BINS = 10
KINDS = {
    RIGHT: ("✓", "right", "span and entity as in gold"),
    "wrong_candidate": ("✗", "wrong entity", "another entity of that name was chosen"),
    "no_candidate": ("∅", "no candidate", "the graph does not know the entity by that name"),
    "wrong_span": ("↔", "wrong span", "found with other ends"),
    "not_detected": ("○", "missed", "nothing was linked there"),
    "false_mention": ("+", "invented", "gold links nothing of the graph there"),
    OUTSIDE: ("·", "outside", "gold's entity is not in the graph, and nothing was linked"),
}
"""Of each kind a mark, a name and what it means."""

_FIGURES = (
    ("in_kb_micro_precision", "precision"),
    ("in_kb_micro_recall", "recall"),
    ("in_kb_micro_f1", "micro F1"),
    ("in_kb_macro_f1", "macro F1"),
    ("nil_f1", "NIL F1"),
    ("prior_f1", "prior baseline F1"),
    ("ceiling_f1", "ceiling F1"),
    ("reachable_f1", "F1 within reach"),
    ("candidate_recall_at_30", "candidate recall at 30"),
    ("calibration_error", "calibration error"),
)


@dataclass(frozen=True, slots=True)
class JudgedDocument:
    """A document as regions, and how many of each kind it has."""

    id: str
    title: str
    regions: tuple[Region, ...]
    counts: Mapping[str, int]

    @property
    def mentions(self) -> list[Region]:
        """The regions that have a link."""
        return [region for region in self.regions if region.kind]


@dataclass(frozen=True, slots=True)
class JudgedSet:
    """One gold set as a section of the page."""

    key: str
    name: str
    mode: str
    counts: Mapping[str, int]
    figures: Sequence[tuple[str, str]]
    kinds: Mapping[str, int]
    calibration: Markup
    documents: Sequence[JudgedDocument]


def write_linking_page(scores: Mapping[str, LinkingScore], linker: Linker, out: Path) -> None:
    """Write the page about evaluations of `linker` to `out`, whole or not at all.

    Args:
        scores: by name of the gold set.
        linker: which was evaluated.
        out: the HTML file.
    """
    sets = [_judged_set(f"set-{n}", name, score, linker) for n, (name, score) in enumerate(scores.items(), start=1)]
    total = Counter[str]()
    for one in sets:
        total.update(one.kinds)
    write_bytes(out, render(_TEMPLATE, title=", ".join(scores), sets=sets, kinds=KINDS, errors=ERRORS, total=total))


def _judged_set(key: str, name: str, score: LinkingScore, linker: Linker) -> JudgedSet:
    documents = [_judged_document(one, linker, given=score.mode == "D2KB") for one in score.judgements]
    kinds = Counter[str]()
    for document in documents:
        kinds.update(document.counts)
    bins = calibration_bins(score.judgements)
    label = f"Share of links that is right by their score, {name}"
    return JudgedSet(
        key=key,
        name=name,
        mode=score.mode,
        counts=score.counts,
        figures=[(title, f"{score.figures[figure]:.3f}") for figure, title in _FIGURES],
        kinds=kinds,
        calibration=Markup(calibration_plot(bins, label=label, name=f"{key}-calibration")),
        documents=documents,
    )


def _judged_document(judgement: Judgement, linker: Linker, *, given: bool) -> JudgedDocument:
    names = linker.graph.entities

    def label(entity: str) -> str:
        return names.label(linker.graph.entity(entity))

    def known(entity: str) -> bool:
        return entity != NIL and names.ids.find(entity) is not None

    document = judgement.document
    considered = linker.considered(document, given=given)
    regions = tuple(judged_text(judgement, considered, label=label, known=known))
    title = str(document.metadata.extra.get("title") or document.id)
    return JudgedDocument(document.id, title, regions, Counter(region.kind for region in regions if region.kind))


def calibration_bins(judgements: Sequence[Judgement]) -> list[ScoreBin]:
    """Predicted links in ten bins by score, empty bins left out."""
    bins: dict[int, list[tuple[float, bool]]] = {}
    for judgement in judgements:
        gold = {(link.start, link.end, link.entity) for link in judgement.document.links}
        for link in judgement.predicted:
            if link.entity != NIL:
                right = (link.start, link.end, link.entity) in gold
                bins.setdefault(min(_NUM_BINS - 1, int(link.score * _NUM_BINS)), []).append((link.score, right))
    return [
        ScoreBin(sum(score for score, _ in one) / len(one), sum(right for _, right in one) / len(one), len(one))
        for _, one in sorted(bins.items())
    ]
