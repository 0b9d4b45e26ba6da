"""Entity linking against gold, in GERBIL's terms (Usbeck et al., 2015): strong span match, in-KB micro and macro, NIL.

In-KB figures count gold and predicted links to entities of the graph. A2KB: mentions are ours. D2KB: mentions are
given. A link where gold says that nothing is scored (`unscored` spans: dates, optional labels) counts neither way.
Errors say where gold was lost and what was invented.

Beside the linker stand the prior baseline (the likeliest entity of the longest capitalised names, whatever the text
says) and the ceiling: gold is reachable where its entity is in the graph under the very name that the text uses.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from kgpt.evaluation.summary import paired_f1_test
from kgpt.kg.graph import KnowledgeGraph
from kgpt.linking import Linker
from kgpt.linking.alias_index import PARTIAL
from kgpt.linking.unscored import unscored
from kgpt.records import NIL, Document, Link, Result

TASK = "linking"
Mode = Literal["A2KB", "D2KB"]
Span = tuple[int, int]
Choice = tuple[int, int, str]
ERRORS = ("not_detected", "wrong_span", "no_candidate", "wrong_candidate", "false_mention")
MAX_CANDIDATES = 30
_NUM_BINS = 10


@dataclass(slots=True)
class _Tally:
    """Right, gold and found links over documents."""

    right: int = 0
    gold: int = 0
    found: int = 0
    macro: list[tuple[float, float, float]] = field(default_factory=list)
    counts: list[tuple[int, int, int]] = field(default_factory=list)

    def add(self, gold: set[Choice], found: set[Choice]) -> None:
        right = len(gold & found)
        self.right, self.gold, self.found = self.right + right, self.gold + len(gold), self.found + len(found)
        self.macro.append(_figures(right, len(gold), len(found)))
        self.counts.append((right, len(gold), len(found)))

    def figures(self, prefix: str) -> dict[str, float]:
        precision, recall, f1 = _figures(self.right, self.gold, self.found)
        return {f"{prefix}_precision": precision, f"{prefix}_recall": recall, f"{prefix}_f1": f1}

    def macro_figures(self, prefix: str) -> dict[str, float]:
        count = max(1, len(self.macro))
        sums = [sum(column) / count for column in zip(*self.macro, strict=True)] or [0.0, 0.0, 0.0]
        return dict(zip((f"{prefix}_precision", f"{prefix}_recall", f"{prefix}_f1"), sums, strict=True))


@dataclass(frozen=True, slots=True)
class Judgement:
    """One document's gold and predicted links, with what became of each.

    Args:
        document: the text, with its gold links.
        predicted: the links of ours that are scored.
        errors: span and kind of every error.
    """

    document: Document
    predicted: tuple[Link, ...]
    errors: tuple[tuple[Span, str], ...]


@dataclass(frozen=True, slots=True)
class LinkingScore:
    """Counts and figures of one evaluation.

    Args:
        mode: who gives the mentions.
        counts: `num_documents`, `num_gold`, `num_gold_in_kb`, `num_gold_nil`, `num_reachable`.
        figures: precision, recall, F1 and their like, by name.
        errors: how many of each kind.
        judgements: document by document, for the page.
    """

    mode: Mode
    counts: dict[str, int]
    figures: dict[str, float]
    errors: dict[str, int]
    judgements: tuple[Judgement, ...] = ()

    @property
    def f1(self) -> float:
        """In-KB micro F1."""
        return self.figures["in_kb_micro_f1"]

    def as_json(self) -> dict[str, Any]:
        """What `kgpt link --evaluate --json` prints."""
        return {"mode": self.mode, **self.figures, **self.counts, "errors": self.errors}

    def results(self) -> list[Result]:
        """The figures as rows of `results.json`."""
        names = ("in_kb_micro_f1", "in_kb_micro_precision", "in_kb_micro_recall", "in_kb_macro_f1")
        return [Result(TASK, "all", name, self.figures[name], self.counts["num_gold_in_kb"]) for name in names]


def evaluate_linking(linker: Linker, documents: Iterable[Document], *, mode: Mode = "A2KB") -> LinkingScore:
    """Link `documents` anew and compare with the links they bring."""
    graph, predict = linker.graph, linker.choose if mode == "D2KB" else linker.link
    ours, prior, nil = _Tally(), _Tally(), _Tally()
    reached, prior_reached = _Tally(), _Tally()
    calibration = _Calibration()
    counts = Counter(num_documents=0, num_gold=0, num_gold_in_kb=0, num_gold_nil=0, num_reachable=0, num_in_reach=0)
    errors, judgements = Counter(dict.fromkeys(ERRORS, 0)), []
    for document in documents:
        scored = _scored(document, predict(document).links)
        gold, found = _in_kb(document.links, graph), _in_kb(scored, graph)
        baseline = _in_kb(_scored(document, linker.prior(document, given=mode == "D2KB").links), graph)
        reachable, at_hand = _reachable(document, gold, linker)
        ours.add(gold, found)
        prior.add(gold, baseline)
        reached.add(reachable, _beside(document, found, reachable))
        prior_reached.add(reachable, _beside(document, baseline, reachable))
        nil.add(*_nil(document, found, scored, graph, given=mode == "D2KB"))
        calibration.add(gold, scored)
        counts.update(
            num_documents=1, num_gold=len(document.links), num_gold_in_kb=len(gold), num_reachable=len(reachable)
        )
        counts.update(num_gold_nil=sum(link.entity == NIL for link in document.links), num_in_reach=at_hand)
        told = tuple(_errors(document, gold, found, linker))
        errors.update(kind for _, kind in told)
        judgements.append(Judgement(document, tuple(scored), told))
    figures = ours.figures("in_kb_micro") | ours.macro_figures("in_kb_macro") | nil.figures("nil")
    figures |= prior.figures("prior") | reached.figures("reachable") | prior_reached.figures("prior_reachable")
    figures |= _beyond_prior(ours, prior)
    in_reach = counts.pop("num_in_reach")
    figures |= {
        f"candidate_recall_at_{MAX_CANDIDATES}": in_reach / max(1, counts["num_gold_in_kb"]),
        "ceiling_f1": _figures(counts["num_reachable"], counts["num_gold_in_kb"], counts["num_reachable"])[2],
        "calibration_error": calibration.error(),
    }
    return LinkingScore(mode, dict(counts), figures, dict(errors), tuple(judgements))


def _beyond_prior(ours: _Tally, prior: _Tally) -> dict[str, float]:
    """How far in-KB micro F1 lies above the prior baseline's: 95 % interval and p, by documents as they are paired."""
    difference, (low, high), p_value = paired_f1_test(np.array(ours.counts), np.array(prior.counts))
    names = ("beyond_prior_f1", "beyond_prior_low", "beyond_prior_high", "beyond_prior_p_value")
    return dict(zip(names, (difference, low, high, p_value), strict=True))


def _figures(right: int, gold: int, found: int) -> tuple[float, float, float]:
    """Precision, recall, F1; nothing to find and nothing found scores 1 (GERBIL)."""
    if not gold and not found:
        return 1.0, 1.0, 1.0
    return right / max(1, found), right / max(1, gold), 2 * right / (gold + found)


def _in_kb(links: Iterable[Link], graph: KnowledgeGraph) -> set[Choice]:
    return {
        (link.start, link.end, link.entity)
        for link in links
        if link.entity != NIL and graph.entities.ids.find(link.entity) is not None
    }


def _scored(document: Document, links: Iterable[Link]) -> list[Link]:
    """The links that count: those at gold spans, and those clear of spans where nothing is scored."""
    gold = {(link.start, link.end) for link in document.links}
    silent = unscored(document)
    return [
        link
        for link in links
        if (link.start, link.end) in gold or not any(link.start < b and a < link.end for a, b in silent)
    ]


def _reachable(document: Document, gold: set[Choice], linker: Linker) -> tuple[set[Choice], int]:
    """The gold whose entity bears the very name in the text, and how many are among the likeliest candidates."""
    reachable, at_hand = set(), 0
    for start, end, entity in gold:
        number = linker.graph.entity(entity)
        found = linker.index.candidates(document.text[start:end], max_candidates=10**6)
        place = next((place for place, one in enumerate(found) if one.entity == number), None)
        if place is not None:
            at_hand += place < MAX_CANDIDATES
            if found[place].kinds != PARTIAL:
                reachable.add((start, end, entity))
    return reachable, at_hand


def _beside(document: Document, found: set[Choice], reachable: set[Choice]) -> set[Choice]:
    """The predictions that do not touch gold out of reach."""
    within = {(start, end) for start, end, _ in reachable}
    beyond = [(one.start, one.end) for one in document.links if (one.start, one.end) not in within]
    return {
        (start, end, entity)
        for start, end, entity in found
        if (start, end) in within or not any(start < b and a < end for a, b in beyond)
    }


def _nil(
    document: Document, found: set[Choice], scored: Sequence[Link], graph: KnowledgeGraph, *, given: bool
) -> tuple[set[Choice], set[Choice]]:
    """Gold and predicted NIL: gold mentions of entities that the graph has not, and those we link to nothing."""
    linked = {(start, end) for start, end, _ in found}
    gold = {
        (link.start, link.end, NIL)
        for link in document.links
        if link.entity == NIL or graph.entities.ids.find(link.entity) is None
    }
    spans = [(link.start, link.end) for link in (scored if given else document.links)]
    return gold, {(*span, NIL) for span in spans if span not in linked}


@dataclass(slots=True)
class _Calibration:
    """Expected calibration error over ten bins of the score (Naeini et al., 2015)."""

    counts: list[int] = field(default_factory=lambda: [0] * _NUM_BINS)
    scores: list[float] = field(default_factory=lambda: [0.0] * _NUM_BINS)
    right: list[int] = field(default_factory=lambda: [0] * _NUM_BINS)

    def add(self, gold: set[Choice], links: Iterable[Link]) -> None:
        for link in links:
            if link.entity != NIL:
                number = min(_NUM_BINS - 1, int(link.score * _NUM_BINS))
                self.counts[number] += 1
                self.scores[number] += link.score
                self.right[number] += (link.start, link.end, link.entity) in gold

    def error(self) -> float:
        apart = (abs(score - right) for score, right in zip(self.scores, self.right, strict=True))
        return sum(apart) / max(1, sum(self.counts))


def _errors(document: Document, gold: set[Choice], found: set[Choice], linker: Linker) -> Iterable[tuple[Span, str]]:
    spans = {(start, end) for start, end, _ in found}
    for start, end, entity in sorted(gold - found):
        if (start, end) in spans:
            numbers = {one.entity for one in linker.index.candidates(document.text[start:end])}
            yield (start, end), "wrong_candidate" if linker.graph.entity(entity) in numbers else "no_candidate"
        else:
            touched = any(start < stop and begin < end for begin, stop in spans)
            yield (start, end), "wrong_span" if touched else "not_detected"
    gold_spans = [(start, end) for start, end, _ in gold]
    for start, end, _ in sorted(found):
        if not any(start < stop and begin < end for begin, stop in gold_spans):
            yield (start, end), "false_mention"
