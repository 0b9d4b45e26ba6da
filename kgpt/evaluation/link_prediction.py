"""Link prediction by text: an encoder-decoder writes the name of the missing end (KGT5, Saxena et al., 2022).

Names are sampled from the model (500 in the paper), those of entities are scored by their log-probability, all other
entities share the places behind. Where there are few entities all of them can be scored instead. Ranks are filtered
(other right answers do not count) and realistic (ties count half).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.functional import log_softmax

from kgpt.errors import CheckpointError
from kgpt.evaluation.link_ranking import TASK, Side, link_item, relation_categories
from kgpt.evaluation.ranking import link_metrics, rank_among_found
from kgpt.kg.graph import KnowledgeGraph
from kgpt.model import LoadedModel
from kgpt.progress import track
from kgpt.randomness import generator, stable_hash
from kgpt.records import Outcome
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
