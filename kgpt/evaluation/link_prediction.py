"""Link prediction: the missing end of a triple, by text or at a masked node, as the model was trained to be asked.

By text an encoder-decoder writes the name of the missing end (KGT5, Saxena et al., 2022); so are models asked whose
`kgpt.json` says that they learnt such queries (`kgt5`, or `kg_t5` with contexts; contexts come from the graph less what
is held out, whatever graph the arm was trained on). Names are sampled from the model (500 in the paper), those of
entities are scored by their log-probability, all others share the places behind; where there are few entities all of
them can be scored instead. A model with nodes for the graph's entities has either end ranked at a masked node. Ranks
are filtered (other right answers do not count) and realistic (ties count half).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import Field
from torch.nn.functional import log_softmax

from kgpt.errors import CheckpointError
from kgpt.evaluation.exam import Exam
from kgpt.evaluation.link_floor import FREQUENCY, FrequencyScorer
from kgpt.evaluation.link_ranking import TASK, Side, evaluate_link_ranking, link_item, relation_categories
from kgpt.evaluation.node_scoring import NodeScorer
from kgpt.evaluation.ranking import link_metrics, rank_among_found
from kgpt.evaluation.task import Measured, Need, recipe_of, tasks
from kgpt.evaluation.whole_set import by_subset, told_apart
from kgpt.kg.graph import KnowledgeGraph
from kgpt.model import LoadedModel
from kgpt.progress import track
from kgpt.randomness import generator, hash_sample, stable_hash
from kgpt.records import Outcome, Triple
from kgpt.sequences.link_stream import LinkStream
from kgpt.verbalization.neighborhood import LinkQuery

Candidates = Literal["sampled", "all"]
_CHUNK = 256


def evaluate_link_prediction_by_text(
    loaded: LoadedModel,
    triples: NDArray[np.int32],
    graph: KnowledgeGraph,
    *,
    stream: LinkStream,
    candidates: Candidates = "sampled",
    num_samples: int = 500,
    max_new_words: int = 32,
    seed: int = 0,
    subsets: Sequence[tuple[str, ...]] | None = None,
) -> list[Outcome]:
    """Every triple's `mean_rank`, `mrr`, `hits_at_1`, `hits_at_3` and `hits_at_10`, its tail asked and then its head.

    Args:
        loaded: an encoder-decoder trained on such queries.
        triples: what is asked, by number, [n, 3].
        graph: the true graph; its other right answers are filtered, its relations' categories are subsets.
        stream: writes queries and names as training did, contexts from the graph that was trained on.
        candidates: `sampled` names, or `all` entities.
        num_samples: names sampled a query.
        max_new_words: of a name.
        seed: of the samples and the contexts' order.
        subsets: for every triple the subsets it counts in besides `tail` or `head`.

    Raises:
        CheckpointError: the model is no encoder-decoder.
    """
    if loaded.architecture != "encoder_decoder":
        raise CheckpointError(f"link prediction by text needs an encoder-decoder; this one is an {loaded.architecture}")
    guesser = Guesser(loaded, stream, num_samples=num_samples, max_new_words=max_new_words)
    everyone = range(graph.num_entities) if candidates == "all" else None
    categories, outcomes = relation_categories(graph), list[Outcome]()
    for place, row in enumerate(track(triples.tolist(), what="link prediction", total=len(triples))):
        names = (categories[row[1]], *(subsets[place] if subsets else ()))
        for query, truth in _queries(row):
            item = link_item(row, graph, _side(query))
            scores = guesser.scores(query, seed=stable_hash(seed, item), candidates=everyone)
            outcomes += _outcomes(item, scores, query, truth, graph, names)
    return outcomes


@dataclass(frozen=True)
class Guesser:
    """Scores entities as answers to a query.

    Args:
        loaded: the model.
        stream: writes queries and names.
        num_samples: names sampled a query.
        max_new_words: of a name.
    """

    loaded: LoadedModel
    stream: LinkStream
    num_samples: int
    max_new_words: int

    @torch.inference_mode()
    def scores(self, query: LinkQuery, *, seed: int, candidates: Sequence[int] | None = None) -> dict[int, float]:
        """The log-probability of every candidate's name; without candidates of those whose names are sampled."""
        backbone = self.loaded.model.backbone.eval()
        source = self.stream.source(query, generator(seed, "context"))
        ids = torch.from_numpy(source)[None].to(self.loaded.model.device)
        found = self._sampled(ids, seed) if candidates is None else candidates
        states = backbone.get_encoder()(input_ids=ids, attention_mask=torch.ones_like(ids))
        out: dict[int, float] = {}
        for start in range(0, len(found), _CHUNK):
            some = found[start : start + _CHUNK]
            out.update(zip(some, self._log_probabilities(states.last_hidden_state, some), strict=True))
        return out

    def _sampled(self, ids: torch.Tensor, seed: int) -> list[int]:
        """The entities whose names are among the samples, sorted; the same seed gives the same."""
        backbone, texts = self.loaded.model.backbone, set[str]()
        with torch.random.fork_rng():
            torch.manual_seed(seed % 2**63)
            for start in range(0, self.num_samples, _CHUNK):
                rows = backbone.generate(
                    input_ids=ids,
                    attention_mask=torch.ones_like(ids),
                    do_sample=True,
                    top_k=0,
                    num_return_sequences=min(_CHUNK, self.num_samples - start),
                    max_new_tokens=self.max_new_words,
                )
                texts |= {self.loaded.vocabulary.decode(row) for row in rows.tolist()}
        numbers = (self.stream.entity_called(text) for text in texts)
        return sorted(number for number in numbers if number is not None)

    def _log_probabilities(self, states_1SD: torch.Tensor, entities: Sequence[int]) -> list[float]:
        """Of writing each entity's name after what the encoder read."""
        targets = [self.stream.target(entity) for entity in entities]
        padded = np.full((len(targets), max(map(len, targets))), -100, np.int64)
        for row, target in enumerate(targets):
            padded[row, : len(target)] = target
        labels_CL = torch.from_numpy(padded).to(states_1SD.device)
        states = states_1SD.expand(len(entities), -1, -1)
        logits = self.loaded.model.backbone(
            encoder_outputs=(states,),
            attention_mask=torch.ones(states.shape[:2], dtype=torch.long, device=states.device),
            labels=labels_CL,
        ).logits
        chances = log_softmax(logits.float(), dim=-1).gather(2, labels_CL.clamp(min=0)[..., None])[..., 0]
        summed: list[float] = chances.masked_fill(labels_CL < 0, 0.0).sum(dim=1).double().tolist()
        return summed


def _queries(row: Sequence[int]) -> list[tuple[LinkQuery, int]]:
    head, relation, tail = row
    return [(LinkQuery(head, relation, False), tail), (LinkQuery(tail, relation, True), head)]


def _outcomes(
    item: str,
    scores: Mapping[int, float],
    query: LinkQuery,
    truth: int,
    graph: KnowledgeGraph,
    subsets: tuple[str, ...],
) -> list[Outcome]:
    others = query.answers(graph) - {truth}
    place = rank_among_found(scores, truth, others=others, num_entities=graph.num_entities)
    said = graph.entities.label(max(scores, key=lambda entity: scores[entity])) if scores else ""
    told = (_side(query), *subsets)
    return [Outcome(TASK, item, metric, value, told, said) for metric, value in link_metrics(place).items()]


def _side(query: LinkQuery) -> Side:
    return "head" if query.is_reverse else "tail"


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
        """`mrr`, `hits_at_1`, `hits_at_3`, `hits_at_10`; `mean_rank` of the whole set; the floor `frequency`."""
        told, graph = _asked_triples(exam, self.max_items), exam.graph
        rows = [row for triple in told if (row := graph.numbers(triple)) is not None]
        triples, subsets = np.array(rows, np.int32).reshape(-1, 3), [exam.known.of(triple) for triple in told]
        trained = exam.trained_graph
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
        floor = evaluate_link_ranking(FrequencyScorer.of(trained), triples, graph)
        return [*by_subset(found, {"mean_rank"}), *told_apart(floor, FREQUENCY)]


def _asked_triples(exam: Exam, most: int) -> Sequence[Triple]:
    graph = exam.graph
    told = [triple for triple in exam.known.held_out if graph.numbers(triple) is not None]
    if not told:
        told = [graph.triple((fact.head, fact.relation, fact.tails[0])) for fact in exam.asked()]
    return hash_sample(told, most, keys=lambda one: ("link", one.head, one.relation, one.tail))


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
