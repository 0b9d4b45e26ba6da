import numpy as np

from kgpt.verbalization.aggregation import TemplateWriter
from kgpt.verbalization.pieces import Mention
from kgpt.verbalization.statement import StatementBook
from kgpt.verbalization.subgraph import SubgraphGrower
from kgpt.verbalization.subgraph_source import SubgraphSource


def test_there_is_a_text_for_every_triple_that_names_both_its_ends(capitals):
    source = SubgraphSource(grower=SubgraphGrower(capitals), writer=TemplateWriter(StatementBook(capitals)))

    assert len(source) == capitals.num_triples
    for index, (head, _, tail) in enumerate(capitals.triples.tolist()):
        named = {piece.entity for piece in source.pieces(index, np.random.default_rng(0)) if isinstance(piece, Mention)}
        assert {head, tail} <= named
