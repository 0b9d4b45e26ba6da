import pytest

from kgpt.kg import build_graph
from kgpt.pipeline.sentence_generator import SentenceGenerator
from kgpt.pipeline.verbalizing import GraphVerbalizer, learnt_patterns, told_texts
from kgpt.records import EntityRecord, Triple
from kgpt.verbalization.aggregation import TemplateWriter
from kgpt.verbalization.pieces import joined
from kgpt.verbalization.statement import StatementBook
from kgpt.verbalization.subgraph import SubgraphGrower


@pytest.fixture
def verbalizer():
    def build(graph, **settings):
        writer = TemplateWriter(StatementBook(graph))
        return GraphVerbalizer(grower=SubgraphGrower(graph), writer=writer, **settings)

    return build


def test_every_triple_is_told_once_with_exact_links(verbalizer, capitals):
    documents = list(verbalizer(capitals, license="CC0").documents())

    told = [triple for document in documents for triple in document.triples]
    assert sorted(told) == sorted(capitals.triple(row) for row in capitals.triples)
    for document in documents:
        linked = {link.entity for link in document.links}
        assert linked == {end for triple in document.triples for end in (triple.head, triple.tail)}
        for link in document.links:
            assert document.surface(link) == capitals.entities.label(capitals.entity(link.entity))
        assert (document.metadata.source, document.metadata.license) == ("kgpt verbalize", "CC0")
    assert len({document.id for document in documents}) == len(documents)


def test_a_seed_decides_everything(verbalizer, capitals):
    one, same, other = ([d.text for d in verbalizer(capitals, seed=seed).documents()] for seed in (0, 0, 1))

    assert one == same != other


def test_what_has_no_name_is_counted(verbalizer):
    triples = [Triple("a", "r", "b"), Triple("a", "r", "c"), Triple("b", "r", "a"), Triple("c", "r", "a")]
    graph, _ = build_graph([*triples, EntityRecord("a", "A"), EntityRecord("b", "B")])
    written = verbalizer(graph)

    documents = list(written.documents())

    assert written.left_out == {"tail_without_label": 1, "head_without_label": 1}
    assert sum(len(document.triples) for document in documents) == 2


def test_patterns_are_learnt_from_aligned_passages(capital_passages, capitals):
    texts = list(told_texts(capital_passages, capitals))

    book = learnt_patterns(texts, "en")

    capital = capitals.relations.ids.find("P36")
    assert [len(text.rows) for text in texts] == [1] * 5
    assert book.of((capital,)) == [
        (1, " is the capital of ", 0, " and a city of many bridges, parks and long winter evenings.")
    ]


class Forgetful(SentenceGenerator):
    """Stands in for a trained generator: writes what it reads, but for Rome."""

    def __post_init__(self):
        """Any model will do."""

    def write(self, subgraphs):
        return [joined(pieces).replace("Rome", "it") for pieces in subgraphs]


def test_a_generated_sentence_that_forgets_an_entity_is_left_out_and_counted(capitals):
    written = GraphVerbalizer(grower=SubgraphGrower(capitals, max_triples=1), writer=Forgetful(loaded=None))

    documents = list(written.documents())

    kept = {triple for document in documents for triple in document.triples}
    rome = {triple for triple in map(capitals.triple, capitals.triples) if "Q2" in (triple.head, triple.tail)}
    assert kept == set(map(capitals.triple, capitals.triples)) - rome
    assert written.left_out["names_too_few_entities"] == len(rome)
    assert all(document.surface(link) in document.text for document in documents for link in document.links)
    assert all(len(document.links) == 2 for document in documents)
