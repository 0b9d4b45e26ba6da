"""Coverage: the share of the graph's facts that the model answers when asked in plain words (ours)."""

from collections.abc import Sequence

from kgpt.evaluation.answering import answer
from kgpt.evaluation.facts import AskedFact
from kgpt.evaluation.question_answering import exact_match
from kgpt.kg.graph import KnowledgeGraph
from kgpt.model import LoadedModel
from kgpt.records import Outcome
from kgpt.verbalization import Verbalizer

TASK = "coverage"


def evaluate_coverage(loaded: LoadedModel, facts: Sequence[AskedFact], graph: KnowledgeGraph) -> list[Outcome]:
    """Every fact's exact match: its first question template, any label or alias of any right tail counts."""
    verbalizer = Verbalizer(graph)
    questions = [verbalizer.questions((fact.head, fact.relation, fact.tails[0]))[0] for fact in facts]
    outcomes = []
    for fact, (best, *_) in zip(facts, answer(loaded, questions), strict=True):
        names = [name for tail in fact.tails for name in graph.entities.surfaces(tail)]
        right = exact_match(best.text, names)
        outcomes.append(Outcome(TASK, fact.id, "exact_match", right, fact.subsets, best.text, best.probability))
    return outcomes
