"""Link prediction as a task: by text, or by a masked node, as the model was trained to be asked.

By text where `kgpt.json` says that the model learnt queries for one end of a triple (`kgt5`, or `kg_t5` with contexts);
contexts come from the graph less what is held out, whatever graph the arm was trained on. A model with nodes for the
graph's entities has either end ranked at a masked node (`node_scoring.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import numpy as np
from pydantic import Field

from kgpt.evaluation.exam import Exam
from kgpt.evaluation.link_prediction import Candidates, evaluate_link_prediction_by_text
from kgpt.evaluation.link_ranking import evaluate_link_ranking
from kgpt.evaluation.node_scoring import NodeScorer
from kgpt.evaluation.probing_tasks import recipe_of
from kgpt.evaluation.task import Measured, Need, tasks
from kgpt.evaluation.whole_set import by_subset
from kgpt.kg.graph import KnowledgeGraph
from kgpt.model import LoadedModel
from kgpt.randomness import stable_hash
from kgpt.records import Triple
from kgpt.sequences.link_stream import LinkStream


@tasks.register("link_prediction")
@dataclass(frozen=True, kw_only=True, slots=True)
class LinkPrediction:
    """The missing end of held-out triples among all entities; of the asked facts where nothing is held out.

    Args:
        max_items: triples asked, picked by a hash of their ids.
        candidates: by text, the entities that are scored: those of `sampled` names, or `all`.
        num_samples: names sampled a query.
    """

    max_items: Annotated[int, Field(ge=1)] = 200
    candidates: Candidates = "sampled"
    num_samples: Annotated[int, Field(ge=1)] = 500

    needs: ClassVar[tuple[Need, ...]] = ("graph",)
    after_fine_tuning: ClassVar[bool] = False

    def refuses(self, loaded: LoadedModel) -> str:
        """Models that learnt neither queries nor nodes."""
        return (
            "" if loaded.entity_ids or _query_settings(loaded) else "needs the recipe kgt5, or a model with graph nodes"
        )

    def measure(self, loaded: LoadedModel, exam: Exam) -> Measured:
        """`mrr`, `hits_at_1`, `hits_at_3`, `hits_at_10`; `mean_rank` of the whole set."""
        told, graph = _asked_triples(exam, self.max_items), exam.graph
        rows = [row for triple in told if (row := graph.numbers(triple)) is not None]
        assert exam.facts is not None
        triples, subsets = np.array(rows, np.int32).reshape(-1, 3), [exam.facts.of([triple]) for triple in told]
        trained = trained_graph(exam)
        if loaded.entity_ids:
            found = evaluate_link_ranking(NodeScorer(loaded, trained), triples, graph, subsets=subsets)
        else:
            found = evaluate_link_prediction_by_text(
                loaded,
                triples,
                graph,
                stream=LinkStream(graph=trained, vocabulary=loaded.vocabulary, **_query_settings(loaded)),
                candidates=self.candidates,
                num_samples=self.num_samples,
                subsets=subsets,
            )
        return by_subset(found, {"mean_rank"})


def trained_graph(exam: Exam) -> KnowledgeGraph:
    """The exam's graph less the triples that no arm was trained on."""
    graph = exam.graph
    assert exam.facts is not None
    held = {row for triple in exam.facts.held_out if (row := graph.numbers(triple)) is not None}
    if not held:
        return graph
    is_kept = np.fromiter((tuple(row) not in held for row in graph.triples.tolist()), np.bool_, graph.num_triples)
    return graph.with_triples(graph.triples[is_kept])


def _asked_triples(exam: Exam, most: int) -> Sequence[Triple]:
    assert exam.facts is not None or exam.graph
    assert exam.facts is not None
    graph = exam.graph
    told = [triple for triple in exam.facts.held_out if graph.numbers(triple) is not None]
    if not told:
        told = [graph.triple((fact.head, fact.relation, fact.tails[0])) for fact in exam.asked()]
    return sorted(told, key=lambda one: stable_hash("link", one.head, one.relation, one.tail))[:most]


def _query_settings(loaded: LoadedModel) -> dict[str, Any]:
    """The settings of the stream that asked the model in training; empty where it was not asked so."""
    recipe = recipe_of(loaded)
    around = {"max_neighbors": int(recipe.get("max_neighbors", 20))}
    if recipe.get("type") == "kgt5":
        max_tokens = 4 * int(recipe.get("max_tokens", 128))
        return {**around, "has_description": bool(recipe.get("has_description", True)), "max_tokens": max_tokens}
    if recipe.get("type") == "kg_t5" and recipe.get("context_weight", 0):
        return {**around, "has_unique_names": False, "has_sentinel": True}
    return {}
