"""Cloze probe: the right tail of a fact against the relation's other tails (Petroni et al., 2019).

For each fact the candidates are the distinct tails of its relation, the fact's other right tails removed (filtered),
at most `max_candidates`, picked by a hash of their ids. An encoder-decoder scores a candidate by the log-probability
of writing its label where the linearised triple has its sentinel; an encoder by the mean log-probability of the
label's words at as many masks; a decoder by the log-probability of going on with the label and ending there. Ranks are
realistic (ties count half).
"""

from collections.abc import Sequence
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray

from kgpt.evaluation.facts import AskedFact
from kgpt.evaluation.ranking import rank, rank_metrics
from kgpt.kg.graph import KnowledgeGraph
from kgpt.model import LoadedModel
from kgpt.progress import track
from kgpt.randomness import stable_hash
from kgpt.records import Outcome
from kgpt.sequences import NO_TARGET, collate
from kgpt.sequences import Sequence as TrainingSequence
from kgpt.sequences.causal_stream import causal_sequence
from kgpt.sequences.outputs import HeadOutput
from kgpt.sequences.sequence import plain_sequence
from kgpt.sequences.triple_stream import HIDDEN, asking
from kgpt.verbalization import Verbalizer

TASK = "cloze"


@torch.inference_mode()
def evaluate_cloze(
    loaded: LoadedModel, facts: Sequence[AskedFact], graph: KnowledgeGraph, *, max_candidates: int = 100
) -> list[Outcome]:
    """Every fact's `p_at_1`, `mrr` and `hits_at_10`; a fact whose relation has one tail only is not asked."""
    loaded.model.eval()
    tails_of = {r: np.unique(graph.triples[graph.triples[:, 1] == r, 2]) for r in range(graph.num_relations)}
    verbalizer, outcomes = Verbalizer(graph), []
    for fact in track(facts, what="cloze", total=len(facts)):
        candidates = _candidates(fact, tails_of[fact.relation], graph, max_candidates)
        if len(candidates) < 2:
            continue
        labels = [graph.entities.label(tail) for tail in candidates]
        scores = _score(loaded, verbalizer, fact, labels)
        for metric, value in rank_metrics(rank(scores, truth=0)).items():
            outcomes.append(Outcome(TASK, fact.id, metric, value, fact.subsets, labels[int(np.argmax(scores))]))
    return outcomes


def _candidates(fact: AskedFact, tails: NDArray[np.int32], graph: KnowledgeGraph, limit: int) -> list[int]:
    """The right tail (the first) and then wrong ones."""
    wrong = sorted(set(tails.tolist()) - set(fact.tails), key=lambda t: stable_hash(fact.id, graph.entities.ids[t]))
    return [fact.tails[0], *wrong[: limit - 1]]


def _score(loaded: LoadedModel, verbalizer: Verbalizer, fact: AskedFact, labels: Sequence[str]) -> NDArray[np.float64]:
    rng = np.random.default_rng(0)  # the linear form draws nothing
    row = (fact.head, fact.relation, fact.tails[0])
    if loaded.architecture == "encoder_decoder":
        text = verbalizer.state(row, "linear", rng, hidden="tail", mark=HIDDEN)
        return _score_written(loaded, text, labels)
    if loaded.architecture == "decoder":
        return _score_continued(loaded, verbalizer.state(row, "linear", rng, hidden="tail").rstrip(), labels)
    mask = str(loaded.vocabulary.tokenizer.mask_token)
    return _score_masked(loaded, verbalizer.state(row, "linear", rng, hidden="tail", mark=mask), labels)


def _score_written(loaded: LoadedModel, text: str, labels: Sequence[str]) -> NDArray[np.float64]:
    """Log-probability of writing each label, [C]."""
    sequences = [asking(text, label, loaded.vocabulary, max_tokens=128) for label in labels]
    batch = collate(sequences, pad_id=loaded.vocabulary.pad).to(loaded.model.device)
    output = loaded.model(batch)["decoder"]
    assert batch.decoder_targets is not None
    chances = torch.log_softmax(output.logits.float(), dim=-1).gather(1, output.targets[:, None])[:, 0].cpu()
    owner = (batch.decoder_targets != NO_TARGET).nonzero()[:, 0].cpu()
    return cast(NDArray[np.float64], torch.zeros(len(labels)).index_add(0, owner, chances).double().numpy())


def _score_continued(loaded: LoadedModel, text: str, labels: Sequence[str]) -> NDArray[np.float64]:
    """Log-probability of going on with each label, [C]."""
    vocabulary, sequences = loaded.vocabulary, []
    given = len(vocabulary.encode(text))
    for label in labels:
        sequences.append(causal_sequence(vocabulary.encode(f"{text} {label}"), vocabulary, num_given=given))
    batch = collate(sequences, pad_id=vocabulary.pad).to(loaded.model.device)
    output = loaded.model(batch)["word"]
    assert isinstance(output, HeadOutput) and output.rows is not None
    chances = torch.log_softmax(output.logits.float(), dim=-1).gather(1, output.targets[:, None])[:, 0]
    summed = torch.zeros(len(labels)).index_add(0, output.rows.cpu(), chances.cpu())
    return cast(NDArray[np.float64], summed.double().numpy())


def _score_masked(loaded: LoadedModel, text: str, labels: Sequence[str]) -> NDArray[np.float64]:
    """Mean log-probability of each label's words at as many masks, [C]."""
    words = [loaded.vocabulary.encode(label) for label in labels]
    lengths = sorted({len(one) for one in words})
    scores = np.full(len(labels), -np.inf)
    for length in lengths:
        chances = _mask_chances(loaded, text, length)
        for place, one in enumerate(words):
            if len(one) == length:
                scores[place] = float(chances[np.arange(length), one].mean())
    return scores


def _mask_chances(loaded: LoadedModel, text: str, num_masks: int) -> NDArray[np.float32]:
    """Log-probabilities at `num_masks` masks in the place of the one in `text`, [num_masks, V]."""
    vocabulary = loaded.vocabulary
    ids = vocabulary.encode_wrapped(text, max_tokens=256)
    place = int(np.flatnonzero(ids == vocabulary.mask)[0])
    widened = np.concatenate([ids[:place], np.full(num_masks, vocabulary.mask), ids[place + 1 :]])
    targets = np.full(len(widened), NO_TARGET, np.int64)
    targets[place : place + num_masks] = 0
    sequence: TrainingSequence = plain_sequence(widened, targets=targets)
    output = loaded.model(collate([sequence], pad_id=vocabulary.pad).to(loaded.model.device))["word"]
    return cast(NDArray[np.float32], torch.log_softmax(output.logits.float(), dim=-1).cpu().numpy())
