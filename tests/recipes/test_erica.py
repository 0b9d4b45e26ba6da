"""ERICA's two contrasts against section 12 of RECIPES.md."""

import numpy as np
import pytest
import torch
from torch.nn.functional import cosine_similarity

from kgpt.model import MentionPairSettings
from kgpt.model.base import Sizes, States
from kgpt.objectives import ENTITY_DISCRIMINATION, RELATION_DISCRIMINATION, combine
from kgpt.recipes import recipes
from kgpt.records import AlignedPassage, Alignment, Link, Metadata, Triple
from kgpt.sequences import build_passages, collate
from kgpt.sequences.document_pair_stream import DocumentPairStream

TEMPERATURE = 0.05


@pytest.fixture
def stream(training_data):
    return recipes.build("erica").streams(training_data("encoder"), "encoder")["documents"].stream


@pytest.fixture
def batch(stream):
    return collate([stream.draw(index, np.random.default_rng(index)) for index in (0, 1, 2)], pad_id=0)


def entity_states(batch, states):
    """Each entity of each document: the mean over its mentions of the mean over their words."""
    found = {}
    for row, start, end, entity, _, _ in batch.mentions.tolist():
        found.setdefault((row, entity), []).append(states[row, start:end].mean(dim=0))
    return {key: torch.stack(means).mean(dim=0) for key, means in found.items()}


def reference(batch, states):
    """-log exp(cos(h, t) / tau) / sum over the document; NT-Xent over pairs of the same relation."""
    entities, nodes, owners = (
        entity_states(batch, states),
        batch.subgraph.nodes.tolist(),
        batch.subgraph.owners.tolist(),
    )
    keys = list(zip(owners, nodes, strict=True))
    vectors = [entities[key] for key in keys]
    told, pairs = [], []
    for head, relation, tail in batch.triples.positives.tolist():
        others = [place for place, key in enumerate(keys) if key[0] == keys[head][0] and place != head]
        logits = torch.stack([cosine_similarity(vectors[head], vectors[one], dim=0) / TEMPERATURE for one in others])
        told.append(logits.logsumexp(dim=0) - logits[others.index(tail)])
        ends = [vector / vector.norm() for vector in (vectors[head], vectors[tail])]
        pairs.append((relation, torch.cat(ends)))
    contrasts = []
    for place, (relation, pair) in enumerate(pairs):
        others = [(r, cosine_similarity(pair, p, dim=0) / TEMPERATURE) for i, (r, p) in enumerate(pairs) if i != place]
        alike = [logit for r, logit in others if r == relation]
        if alike:
            whole = torch.stack([logit for _, logit in others]).logsumexp(dim=0)
            contrasts.append(torch.stack([whole - logit for logit in alike]).mean())
    return torch.stack(told).mean(), torch.stack(contrasts).mean()


def test_both_losses_are_the_papers(batch):
    torch.manual_seed(0)
    states = torch.randn(*batch.ids.shape, 16)
    part = MentionPairSettings().build(Sizes(16, 2, 1, 10, 3))

    outputs = [part.outputs(batch, States(states))]

    entity, relation = reference(batch, states)
    assert combine([ENTITY_DISCRIMINATION], outputs).total.item() == pytest.approx(entity.item(), rel=1e-4)
    assert combine([RELATION_DISCRIMINATION], outputs).total.item() == pytest.approx(relation.item(), rel=1e-4)


def test_a_document_is_led_by_the_relation_and_the_head(stream, masked_words, capitals):
    for index in range(len(stream)):
        row = stream.draw(index, np.random.default_rng(0))
        head, relation, _ = row.subgraph.asked.positives[0]
        names = capitals.relations.label(int(relation)), capitals.entities.label(int(row.subgraph.nodes[head]))
        question = masked_words.wrap(np.concatenate([masked_words.encode(name) for name in names]))
        assert row.ids[: len(question)].tolist() == question.tolist()


def test_mentions_are_never_masked(stream):
    for seed in range(100):
        row = stream.draw(0, np.random.default_rng(seed))
        assert all((row.targets[start:end] < 0).all() for start, end, *_ in row.mentions.tolist())


def test_without_triples_there_is_no_contrast(training_data):
    outputs = [{}]

    combined = combine([ENTITY_DISCRIMINATION, RELATION_DISCRIMINATION], outputs)

    assert combined.total.item() == 0.0


def test_a_long_passage_is_asked_for_a_fact_of_the_stretch_that_is_read(capitals, masked_words):
    between = " and many bridges, parks and long winter evenings" * 6
    text = f"Berlin is the capital of Germany{between}. Paris is the capital of France."
    facts = [("Berlin", "Q0", "Germany", "Q10"), ("Paris", "Q1", "France", "Q11")]
    links = tuple(
        Link(text.index(name), text.index(name) + len(name), entity)
        for city, q, country, c in facts
        for name, entity in ((city, q), (country, c))
    )
    aligned = tuple(Alignment(Triple(c, "P36", q), 1.0) for _, q, _, c in facts)
    passages = build_passages([AlignedPassage("d#0", "d", text, links, aligned, Metadata())], capitals, masked_words)
    stream = DocumentPairStream(passages=passages, graph=capitals, vocabulary=masked_words, max_tokens=64)
    heads = {capitals.entities.label(capitals.entity(c)): capitals.entity(c) for *_, c in facts}

    num_asked = 0
    for seed in range(60):
        row = stream.draw(0, np.random.default_rng(seed))
        assert len(row.ids) <= 64
        if len(row.subgraph.asked.positives):
            led = masked_words.decode(row.ids[:16])
            first = int(row.subgraph.nodes[row.subgraph.asked.positives[0, 0]])
            assert next(number for name, number in heads.items() if name in led) == first
            num_asked += 1
    assert num_asked > 40
