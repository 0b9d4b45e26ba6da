"""Entity linking against gold, in GERBIL's terms (Usbeck et al., 2015): strong span match, in-KB micro and macro.

In-KB figures count gold and predicted links to entities of the graph. A2KB: mentions are ours. D2KB: mentions are
given. Errors say where gold was lost and what was invented.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from kgpt.kg.graph import KnowledgeGraph
from kgpt.linking import Linker
from kgpt.linking.mention import candidates_of
from kgpt.records import NIL, Document, Link, Result

TASK = "linking"
Mode = Literal["A2KB", "D2KB"]


@dataclass(frozen=True, slots=True)
class LinkingScore:
    """Counts and figures of one evaluation."""

    mode: Mode
    num_documents: int
    num_gold: int
    num_gold_in_kb: int
    precision: float
    recall: float
    f1: float
    macro_f1: float
    errors: dict[str, int]

    def as_json(self) -> dict[str, Any]:
        """What `kgpt link --evaluate --json` prints."""
        return {
            "mode": self.mode,
            "in_kb_micro_f1": self.f1,
            "in_kb_micro_precision": self.precision,
            "in_kb_micro_recall": self.recall,
            "in_kb_macro_f1": self.macro_f1,
            "num_gold": self.num_gold,
            "num_gold_in_kb": self.num_gold_in_kb,
            "num_documents": self.num_documents,
            "errors": self.errors,
        }

    def results(self) -> list[Result]:
        """The figures as rows of `results.json`."""
        values = {
            "in_kb_micro_f1": self.f1,
            "in_kb_micro_precision": self.precision,
            "in_kb_micro_recall": self.recall,
            "in_kb_macro_f1": self.macro_f1,
        }
        return [Result(TASK, "all", metric, value, self.num_gold_in_kb) for metric, value in values.items()]


def evaluate_linking(linker: Linker, documents: Iterable[Document], *, mode: Mode = "A2KB") -> LinkingScore:
    """Link `documents` anew and compare with the links they bring."""
    errors: Counter[str] = Counter(not_detected=0, wrong_span=0, no_candidate=0, wrong_candidate=0, false_mention=0)
    totals, macro, num_gold = Counter[str](), [], 0
    for document in documents:
        predicted = linker.choose(document) if mode == "D2KB" else linker.link(document)
        gold = _in_kb(document.links, linker.graph)
        found = _in_kb(predicted.links, linker.graph)
        counts = {"right": len(gold & found), "gold": len(gold), "found": len(found)}
        totals.update(counts)
        macro.append(_f1(**counts))
        num_gold += len(document.links)
        errors.update(_errors(document, gold, found, linker))
    return LinkingScore(
        mode=mode,
        num_documents=len(macro),
        num_gold=num_gold,
        num_gold_in_kb=totals["gold"],
        precision=totals["right"] / max(1, totals["found"]),
        recall=totals["right"] / max(1, totals["gold"]),
        f1=_f1(right=totals["right"], gold=totals["gold"], found=totals["found"]),
        macro_f1=sum(macro) / max(1, len(macro)),
        errors=dict(errors),
    )


def _in_kb(links: Iterable[Link], graph: KnowledgeGraph) -> set[tuple[int, int, str]]:
    return {
        (link.start, link.end, link.entity)
        for link in links
        if link.entity != NIL and graph.entities.ids.find(link.entity) is not None
    }


def _f1(*, right: int, gold: int, found: int) -> float:
    """Harmonic mean; nothing to find and nothing found scores 1 (GERBIL)."""
    return 2 * right / (gold + found) if gold + found else 1.0


def _errors(
    document: Document, gold: set[tuple[int, int, str]], found: set[tuple[int, int, str]], linker: Linker
) -> Counter[str]:
    errors: Counter[str] = Counter()
    spans = {(start, end) for start, end, _ in found}
    for start, end, entity in gold - found:
        if (start, end) not in spans:
            touched = any(start < stop and begin < end for begin, stop in spans)
            errors["wrong_span" if touched else "not_detected"] += 1
            continue
        surface = document.text[start:end]
        numbers = {c.entity for c in candidates_of(surface, linker.index, sentence_start=True)}
        errors["wrong_candidate" if linker.graph.entity(entity) in numbers else "no_candidate"] += 1
    gold_spans = [(start, end) for start, end, _ in gold]
    errors["false_mention"] += sum(
        not any(start < stop and begin < end for begin, stop in gold_spans) for start, end, _ in found
    )
    return errors
