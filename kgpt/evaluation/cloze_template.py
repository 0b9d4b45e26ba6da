"""The knowledge probe in LAMA's form: the right tail at its place of a sentence, against its relation's other tails.

A fact is asked with every template of its relation (Petroni et al., 2019, have one; ParaRel, Elazar et al., 2021, has
paraphrases), its metrics are means over them. Candidates are the relation's tails in the graph, the fact's other right
ones left out; labels may have several words, as in no published LAMA. Ranks are realistic (ties count half).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, islice
from pathlib import Path
from typing import Annotated, ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from kgpt.evaluation.exam import Exam
from kgpt.evaluation.facts import AskedFact, candidate_tails
from kgpt.evaluation.label_scoring import score_labels
from kgpt.evaluation.name_guessing import NameGuesser
from kgpt.evaluation.ranking import rank
from kgpt.evaluation.task import Measured, Need, TakesAny, tasks
from kgpt.kg.graph import KnowledgeGraph
from kgpt.model import LoadedModel
from kgpt.progress import track
from kgpt.records import Outcome, Result
from kgpt.sources.cloze_templates import ClozeTemplate, ClozeTemplatesFile

TASK = "cloze_template"
UHN = "uhn"
_OF_RELATION = "relation:"


def evaluate_cloze_templates(
    loaded: LoadedModel,
    facts: Sequence[AskedFact],
    graph: KnowledgeGraph,
    templates: Iterable[ClozeTemplate],
    *,
    max_candidates: int = 100,
) -> list[Outcome]:
    """Every fact's `p_at_1`, `p_at_10` and `mrr`; with paraphrases `consistency` and `consistent_and_right`, too.

    Facts whose name does not give them away count in the subset `uhn`. Not asked are facts whose relation has no
    template or one tail only.

    Args:
        loaded: the model.
        facts: what is asked; of several tails the first.
        graph: candidates and names.
        templates: of any relations; one a relation is LAMA's probe.
        max_candidates: tails to choose among, at most, picked by a hash of their ids; LAMA has all.
    """
    loaded.model.eval()
    texts: dict[str, list[ClozeTemplate]] = defaultdict(list)
    for template in templates:
        texts[template.relation].append(template)
    asked = [fact for fact in facts if graph.relations.ids[fact.relation] in texts]
    guesser, outcomes = NameGuesser.learn(graph, {fact.relation for fact in asked}), list[Outcome]()
    for fact in track(asked, what="cloze templates", total=len(asked)):
        candidates = candidate_tails(fact, graph, most=max_candidates)
        if len(candidates) < 2:
            continue
        relation, head = graph.relations.ids[fact.relation], graph.entities.label(fact.head)
        labels = [graph.entities.label(tail) for tail in candidates]
        scores_TC = np.stack([score_labels(loaded, one.ask(head), labels) for one in texts[relation]])
        names = dict.fromkeys((*fact.subsets, f"{_OF_RELATION}{relation}"))
        told = (*names, *(() if guesser.is_guessable(fact) else (UHN,)))
        said = labels[int(scores_TC[0].argmax())]
        outcomes += [Outcome(TASK, fact.id, *one, told, said) for one in template_metrics(scores_TC).items()]
    return outcomes


def template_metrics(scores_TC: NDArray[np.floating]) -> dict[str, float]:
    """The metrics of one fact from the candidates' scores under every template, the right one first.

    `consistency` is the share of pairs of templates with the same best candidate; `consistent_and_right` is 1 where the
    right one is best under all (Elazar et al., 2021). A tie for the first place is no hit.

    >>> template_metrics(np.array([[2.0, 1.0], [0.0, 1.0]]))["consistency"]
    0.0
    """
    places = np.array([rank(scores, truth=0) for scores in scores_TC])
    metrics = {"p_at_1": places <= 1, "p_at_10": places <= 10, "mrr": 1 / places}
    found = {metric: float(values.mean()) for metric, values in metrics.items()}
    if len(scores_TC) > 1:
        pairs = [one == other for one, other in combinations(scores_TC.argmax(axis=1).tolist(), 2)]
        found |= {"consistency": float(np.mean(pairs)), "consistent_and_right": float((places <= 1).all())}
    return found


def mean_over_relations(outcomes: Iterable[Outcome]) -> list[Result]:
    """LAMA's convention: every metric's mean over the relations' means, `macro_METRIC`; n is the number of relations.

    Over all facts and over those of every subset; outcomes that name no relation are left out.
    """
    values: dict[tuple[str, str, str], dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for one in outcomes:
        relations = [name for name in one.subsets if name.startswith(_OF_RELATION)]
        for relation in relations:
            for subset in ("all", *(name for name in one.subsets if name not in relations)):
                values[one.task, subset, f"macro_{one.metric}"][relation].append(one.value)
    return [
        Result(*key, value=float(np.mean([np.mean(one) for one in found.values()])), n=len(found))
        for key, found in values.items()
    ]


@tasks.register("cloze_template")
@dataclass(frozen=True, kw_only=True, slots=True)
class ClozeByTemplate(TakesAny):
    """The right tail at its place of a sentence, against the relation's other tails (LAMA, ParaRel).

    Args:
        templates: LAMA's relations, ParaRel's patterns, or a file of either form; may hold `{data_dir}`.
        max_candidates: tails that are ranked.
    """

    templates: str = ""
    max_candidates: Annotated[int, Field(ge=2)] = 100

    needs: ClassVar[tuple[Need, ...]] = ("graph",)
    after_fine_tuning: ClassVar[bool] = False

    def files(self, exam: Exam) -> Sequence[Path]:
        """The templates."""
        return [exam.path(self.templates, setting="templates")]

    def measure(self, loaded: LoadedModel, exam: Exam) -> Measured:
        """`p_at_1`, `p_at_10`, `mrr`, with paraphrases `consistency`; `macro_METRIC` is the mean over relations."""
        (path,) = self.files(exam)
        templates = list(ClozeTemplatesFile(path).read())
        facts = _asked_of(exam, {one.relation for one in templates})
        found = evaluate_cloze_templates(loaded, facts, exam.graph, templates, max_candidates=self.max_candidates)
        return [*found, *mean_over_relations(found)]


def _asked_of(exam: Exam, relations: set[str]) -> list[AskedFact]:
    """As many facts as a task asks, of some relations alone."""
    ids = exam.graph.relations.ids
    everything = replace(exam, max_facts=exam.graph.num_triples).asked()
    return list(islice((fact for fact in everything if ids[fact.relation] in relations), exam.max_facts))
