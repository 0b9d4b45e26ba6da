import numpy as np
import pytest
import torch

from kgpt.evaluation import FactSubsets, asked_facts, evaluate_cloze
from kgpt.kg import build_graph
from kgpt.records import EntityRecord, RelationRecord, Triple


@pytest.fixture(scope="module")
def facts(capitals):
    subsets = FactSubsets(graph=capitals, stated=(), popular={})
    return asked_facts(capitals, subsets, max_facts=100)


def written_chance(loaded, text, label):
    """Log-probability of sentinel, label, end; the stock model asked word by word."""
    words = loaded.vocabulary
    targets = [words.sentinel(0), *words.encode(label).tolist(), words.end]
    logits = loaded.model.backbone(
        torch.from_numpy(words.encode_wrapped(f"{text}<extra_id_0>", max_tokens=128))[None],
        decoder_input_ids=torch.tensor([[0, *targets[:-1]]]),
    ).logits[0]
    return sum(float(row.log_softmax(0)[target]) for row, target in zip(logits, targets, strict=True))


def masked_chance(loaded, text, label):
    """Mean log-probability of the label's words at as many masks; the stock model asked."""
    words = loaded.vocabulary
    targets = words.encode(label).tolist()
    ids = torch.from_numpy(words.wrap(np.append(words.encode(text.rstrip()), [words.mask] * len(targets))))
    chances = loaded.model.backbone(ids[None]).logits[0, ids == words.mask].log_softmax(dim=-1)
    return float(np.mean([float(row[target]) for row, target in zip(chances, targets, strict=True)]))


def continued_chance(loaded, text, label):
    """Log-probability of going on with label and end; the stock model asked at once."""
    words = loaded.vocabulary
    given = [words.tokenizer.bos_token_id, *words.encode(text.rstrip()).tolist()]
    ids = [*given[:1], *words.encode(f"{text.rstrip()} {label}").tolist(), words.end]
    logits = loaded.model.backbone(torch.tensor([ids])).logits[0].log_softmax(dim=-1)
    return sum(float(logits[place - 1, ids[place]]) for place in range(len(given), len(ids)))


@torch.inference_mode()
@pytest.mark.parametrize(
    ("kind", "chance"), [("writer", written_chance), ("reader", masked_chance), ("speaker", continued_chance)]
)
def test_ranks_are_those_of_the_stock_models_log_probabilities(kind, chance, request, facts, capitals):
    loaded, names = request.getfixturevalue(kind), capitals.entities
    values = {one.item: one.value for one in evaluate_cloze(loaded, facts, capitals) if one.metric == "mrr"}

    assert len(values) == len(facts)
    for fact in facts:
        text = f"{names.label(fact.head)}, {capitals.relations.label(fact.relation)}, "
        tails = {int(tail) for _, relation, tail in capitals.triples if relation == fact.relation}
        scores = {tail: chance(loaded, text, names.label(tail)) for tail in tails - set(fact.tails[1:])}
        place = 1 + sum(score > scores[fact.tails[0]] for score in scores.values())
        assert values[fact.id] == pytest.approx(1 / place)


def test_another_right_tail_is_no_candidate(writer, facts, capitals):
    (fact,) = [one for one in facts if len(one.tails) == 2]

    outcomes = evaluate_cloze(writer, [fact], capitals)

    other = capitals.entities.label(fact.tails[1])
    assert outcomes[0].predicted != other
    assert {one.metric for one in outcomes} == {"p_at_1", "mrr", "hits_at_10"}


def test_two_candidates_have_rank_one_or_two(writer, facts, capitals):
    outcomes = evaluate_cloze(writer, facts, capitals, max_candidates=2)

    assert {one.value for one in outcomes if one.metric == "mrr"} <= {1.0, 0.5}


def test_a_relation_with_one_tail_is_not_asked(writer):
    items = [EntityRecord("Q1", "Berlin"), EntityRecord("Q2", "Germany"), RelationRecord("P1", "capital of")]
    graph, _ = build_graph([*items, Triple("Q1", "P1", "Q2")])
    facts = asked_facts(graph, FactSubsets(graph=graph, stated=(), popular={}), max_facts=10)

    assert len(facts) == 1
    assert evaluate_cloze(writer, facts, graph) == []
