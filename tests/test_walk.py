"""One sentence through every room: read it from top to bottom to see what kgpt does, and what each door hands on."""

import math
from pathlib import Path

import numpy as np
import pytest
import torch

from kgpt.alignment import Aligner, AlignmentSettings
from kgpt.corpus import Curation
from kgpt.corpus.normalize import Normalize
from kgpt.evaluation import FactSubsets, asked_facts, evaluate_cloze, evaluate_linking, exact_match, summarize
from kgpt.kg import build_graph
from kgpt.linking import Linker
from kgpt.model import BackboneSettings, Nodes, build_model, load_checkpoint, save_checkpoint
from kgpt.objectives import ENTITY_PREDICTION, MASKED_LM, RELATION_PREDICTION, combine
from kgpt.records import Document, Link, Metadata, Triple
from kgpt.sequences import (
    NO_TARGET,
    Mixture,
    WeightedStream,
    WordKnowledgeGraphStream,
    build_passages,
    train_vocabulary,
)
from kgpt.sources import open_documents, open_graph
from kgpt.training import TrainingSettings, train
from kgpt.verbalization import Verbalizer
from kgpt.wkgraph import NeighborSettings, NodeKind

SENTENCE = "Marie Curie was born in Warsaw."
TRIPLES = "Q7186\tP19\tQ270\nQ270\tP1376\tQ36\nQ7186\tP106\tQ169470\n"
ENTITIES = "Q7186\tMarie Curie\tMadame Curie\nQ270\tWarsaw\nQ36\tPoland\nQ169470\tphysicist\n"
RELATIONS = "P19\tplace of birth\nP1376\tcapital of\nP106\toccupation\n"
LOSS = 7.3593
"""Of the one training step at the end; a change that should alter no result leaves it as it is."""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A graph of four entities and a text of one sentence, on disk."""
    folder = tmp_path_factory.mktemp("walk")
    for name, content in (("triples", TRIPLES), ("entities", ENTITIES), ("relations", RELATIONS)):
        (folder / f"{name}.tsv").write_text(content, "utf-8")
    (folder / "text.jsonl").write_text('{"id": "curie", "text": "Marie Curie was  born in Warsaw."}\n', "utf-8")
    return folder


def test_a_sentence_walks_through_every_room(files: Path, tmp_path: Path) -> None:  # noqa: PLR0915 - one walk
    # 1 sources: files become triples and documents
    items = list(open_graph(str(files)).read())
    (raw,) = open_documents(str(files / "text.jsonl")).read()
    assert items[0] == Triple("Q7186", "P19", "Q270")
    assert isinstance(raw, Document) and raw.text == "Marie Curie was  born in Warsaw."

    # 2 kg: triples become a graph that counts in numbers
    graph, _ = build_graph(items)
    assert (graph.num_entities, graph.num_relations, graph.num_triples) == (4, 3, 3)
    curie, warsaw = graph.entity("Q7186"), graph.entity("Q270")
    assert graph.entities.surfaces(curie) == ("Marie Curie", "Madame Curie")

    # 3 corpus: documents are cleaned
    (clean,) = Curation([Normalize()]).documents([raw])
    assert clean.text == SENTENCE

    # 4 linking: names become links to entities
    linker = Linker.of(graph)
    linked = linker.link(clean)
    assert [(linked.surface(link), link.entity) for link in linked.links] == [
        ("Marie Curie", "Q7186"),
        ("Warsaw", "Q270"),
    ]

    # 5 alignment: a passage with the triples that it supports
    (passage,) = Aligner(graph, AlignmentSettings(min_words=1)).align([linked])
    assert passage.id == "curie#0"
    assert [item.triple for item in passage.alignments] == [Triple("Q7186", "P19", "Q270")]

    # 6 verbalization: a triple as text
    verbalizer = Verbalizer(graph)
    assert verbalizer.state(graph.triples[0], "linear", np.random.default_rng(0)).count(", ") == 2

    # 7 and 8 wkgraph, sequences: words, then one node for each of the rest, numbered by kind
    texts = [SENTENCE, *(graph.entities.label(number) for number in range(4))]
    vocabulary = train_vocabulary(texts, size=150, starts_text=True)
    passages = build_passages([passage], graph, vocabulary)
    stream = WordKnowledgeGraphStream(
        passages=passages, graph=graph, vocabulary=vocabulary, neighbors=NeighborSettings(anchor_prob=1.0)
    )
    wkgraph = stream.word_knowledge_graph(0, np.random.default_rng(0))
    told = {kind: wkgraph.ids[wkgraph.kinds == kind].tolist() for kind in NodeKind}
    assert told[NodeKind.ENTITY][:2] == [curie, warsaw]
    assert sorted(told[NodeKind.ENTITY][2:]) == sorted([graph.entity("Q36"), graph.entity("Q169470")])
    assert len(told[NodeKind.RELATION]) == graph.num_triples
    assert vocabulary.decode(told[NodeKind.WORD]) == "was born in."
    sequence = stream.draw(0, np.random.default_rng(0))
    assert (sequence.targets != NO_TARGET).sum() == 3  # one word, one entity, one relation
    mixture = Mixture({"graphs": WeightedStream(stream, 1.0)}, tokens_per_step=80, seed=0, pad_id=vocabulary.pad)
    (batch,) = mixture.batches(0)
    assert batch.ids.shape == (6, len(sequence.ids))  # 80 tokens a step

    # 9 model: logits where something is asked
    torch.manual_seed(0)
    sizes = {"hidden_size": 32, "num_layers": 1, "num_heads": 2, "feed_forward_size": 48}
    settings = BackboneSettings(family="roberta", architecture="encoder", **sizes)
    model = build_model(settings, vocabulary, graph, {"nodes": Nodes()})
    outputs = model(batch)
    assert {name: tuple(output.logits.shape) for name, output in outputs.items()} == {
        "word": (6, vocabulary.size),
        "entity": (6, 4),
        "relation": (6, 3),
    }

    # 10 objectives: one number to minimise, near the logarithms of the vocabularies' sizes
    objectives = [MASKED_LM, ENTITY_PREDICTION, RELATION_PREDICTION]
    combined = combine(objectives, [outputs])
    assert combined.total.item() == pytest.approx(sum(combined.means.values()), rel=1e-5)
    assert combined.means["masked_lm"] == pytest.approx(math.log(vocabulary.size), rel=0.1)

    # 11 training: the same step, taken
    told_to = TrainingSettings(steps=1, tokens_per_step=80, log_every=1, checkpoint_every=0, num_threads=1, bf16=False)
    result = train(model, mixture, objectives, told_to, folder=tmp_path / "work", seed=0)
    assert result.curve[0]["loss"] == pytest.approx(combined.total.item(), rel=1e-5)
    assert round(result.curve[0]["loss"], 4) == LOSS

    # the checkpoint is a folder that everybody can open
    (tmp_path / "model").mkdir()
    save_checkpoint(model, vocabulary, tmp_path / "model", about={})
    loaded = load_checkpoint(str(tmp_path / "model"))
    assert loaded.architecture == "encoder"

    # 12 evaluation: figures of the model, of the linker, of an answer
    subsets = FactSubsets(graph=graph, stated={Triple("Q7186", "P19", "Q270")}, popular={})
    facts = asked_facts(graph, subsets, max_facts=10)
    assert {fact.id: fact.subsets[0] for fact in facts}["Q7186|P19"] == "stated_in_text"
    assert summarize(evaluate_cloze(loaded, facts, graph)) == []  # every relation has one tail only: nothing to choose
    gold = Document("curie", SENTENCE, (Link(0, 11, "Q7186"), Link(24, 30, "Q270")), Metadata())
    assert evaluate_linking(linker, [gold]).f1 == 1.0
    assert exact_match("the Warsaw.", ["Warsaw"]) == 1.0
