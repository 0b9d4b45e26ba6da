"""The readers, the graph and the linker on real data; skipped where there is none."""

from itertools import islice

import pytest

from kgpt.evaluation.entity_linking import evaluate_linking
from kgpt.kg import build_graph, open_graph_store, write_graph
from kgpt.linking import Linker
from kgpt.records import Document, EntityRecord, Triple
from kgpt.sources import open_documents, open_graph, open_questions

pytestmark = pytest.mark.real


def _documents(path):
    return (one for one in open_documents(str(path)).read() if isinstance(one, Document))


@pytest.fixture(scope="module")
def graph(shared_data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("real") / "store"
    built, builder = build_graph(open_graph(str(shared_data / "kg")).read())
    assert builder.skipped.keys() <= {"relation_unused"}
    write_graph(built, folder)
    return open_graph_store(folder)


@pytest.fixture(scope="module")
def linker(graph):
    return Linker.of(graph)


def test_the_wikidata_graph_is_read_whole(graph):
    assert graph.num_triples == 517_248
    assert graph.num_entities >= 293_779
    assert sum(1 for label in graph.entities.aliases if label) == 46_433
    assert int(graph.degrees.max()) > 16_000


def test_every_triple_of_t_rex_is_in_the_graph(graph, shared_data):
    sentences = list(islice(open_documents(str(shared_data / "text" / "trex_sentences.jsonl.gz")).read(), 2_000))

    assert all(isinstance(sentence, Document) and sentence.links for sentence in sentences)
    for sentence in sentences:
        assert all(graph.numbers(triple) is not None for triple in sentence.triples)
        numbers = [graph.numbers(triple) for triple in sentence.triples]
        assert all(relation in graph.between(head, tail)[:, 1] for head, relation, tail in numbers)


def test_every_question_is_bound_to_triples_of_the_graph(graph, shared_data):
    questions = list(open_questions(str(shared_data / "qa" / "entityquestions_qid.jsonl.gz")).read())

    assert len(questions) == 18_425
    assert sum(bool(question.stated_in_text) for question in questions) == 3_186
    assert all(graph.entities.ids.find(question.entity) is not None for question in questions)
    for question in questions[:1_000]:
        assert all(graph.numbers(fact) is not None for fact in question.facts())


def test_one_entitys_whole_rdf_is_read(shared_data):
    items = list(open_graph(str(shared_data / "dumps" / "Q42.ttl.gz")).read())

    assert Triple("Q42", "P31", "Q5") in items
    assert EntityRecord("Q42", label="Douglas Adams") in items
    assert any(isinstance(one, EntityRecord) and one.id == "Q42" and one.aliases for one in items)


@pytest.mark.parametrize(("name", "num_documents"), [("kore50.benchmark.jsonl.gz", 50), ("RSS-500_wd.ttl.gz", 500)])
def test_linking_gold_is_read(shared_data, name, num_documents):
    documents = list(_documents(shared_data / "el" / name))

    assert len(documents) == num_documents
    assert sum(len(document.links) for document in documents) >= 2 * num_documents
    for document in documents:
        assert all(document.surface(link).strip() == document.surface(link) for link in document.links)


@pytest.mark.parametrize(("mode", "floor"), [("A2KB", 0.35), ("D2KB", 0.4)])
def test_the_linker_beats_a_low_floor_on_kore50(linker, shared_data, mode, floor):
    gold = list(_documents(shared_data / "el" / "kore50.benchmark.jsonl.gz"))

    score = evaluate_linking(linker, gold, mode=mode)

    assert score.counts["num_gold_in_kb"] > 50
    assert score.f1 > max(floor, score.figures["prior_f1"] + 0.05)
