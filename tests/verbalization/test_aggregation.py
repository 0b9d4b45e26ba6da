import numpy as np
import pytest

from kgpt.kg import build_graph
from kgpt.records import EntityRecord, RelationRecord, Triple
from kgpt.verbalization.aggregation import TemplateWriter
from kgpt.verbalization.pieces import Mention, joined
from kgpt.verbalization.statement import StatementBook

NAMES = {"A": "Ada", "F": "female", "H": "human", "L": "London", "M": "mathematician", "P": "author", "B": "Byron"}
FACTS = [("P21", "F"), ("P31", "H"), ("P19", "L"), ("P106", "M"), ("P106", "P"), ("P22", "B")]
GRAPH, _ = build_graph(
    [
        *(EntityRecord(*one) for one in NAMES.items()),
        *(Triple("A", *one) for one in FACTS),
        RelationRecord("P21", "sex or gender"),
        RelationRecord("P31", "instance of"),
    ]
)


@pytest.fixture
def said():
    writer = TemplateWriter(StatementBook(GRAPH))

    def write(*relations, seeds=range(60)):
        rows = [row for row in GRAPH.triples.tolist() if GRAPH.relations.ids[row[1]] in relations]
        return {joined(writer.pieces(rows, np.random.default_rng(seed))) for seed in seeds}

    return write


def test_tails_of_one_relation_share_a_sentence(said):
    assert {
        "Ada worked as a mathematician and an author.",
        "Ada was a mathematician by profession. Ada was an author by profession.",
    } & said("P106")
    assert all(text.count("athematician") == text.count("uthor") == 1 for text in said("P106"))


def test_sentences_are_joined_or_go_on_with_a_pronoun_or_the_name(said):
    texts = said("P19", "P106")

    assert any(" and worked as " in text or " and was born in " in text for text in texts)
    assert any("She " in text for text in texts)
    assert all(text.startswith(("Ada ", "The birthplace of Ada", "London is where Ada")) for text in texts)


@pytest.mark.parametrize("seed", range(20))
def test_every_tail_is_said_once_and_all_mentions_are_the_rows(seed):
    rows = [row for row in GRAPH.triples.tolist() if row[0] == GRAPH.entity("A")]

    pieces = TemplateWriter(StatementBook(GRAPH)).pieces(rows, np.random.default_rng(seed))

    tails = [piece.entity for piece in pieces if isinstance(piece, Mention) and piece.entity != GRAPH.entity("A")]
    assert sorted(tails) == sorted(row[2] for row in rows)
    assert joined(pieces).endswith(".") and "  " not in joined(pieces) and ".." not in joined(pieces)
