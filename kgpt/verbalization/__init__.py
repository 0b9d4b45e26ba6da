"""Room 6: triples in, text out: linearised, by template or pattern, as paths, passages, structures and questions."""

from kgpt.verbalization.base import PieceSource
from kgpt.verbalization.entity_passage import EntityPassages
from kgpt.verbalization.naming import GraphNames, unique_names
from kgpt.verbalization.pieces import Mention, Piece
from kgpt.verbalization.subgraph_source import SubgraphSource
from kgpt.verbalization.template import Templates, load_templates, shipped_templates
from kgpt.verbalization.triple_source import TripleSource
from kgpt.verbalization.verbalizer import Form, Verbalizer

__all__ = [
    "EntityPassages",
    "Form",
    "GraphNames",
    "Mention",
    "Piece",
    "PieceSource",
    "SubgraphSource",
    "Templates",
    "TripleSource",
    "Verbalizer",
    "load_templates",
    "shipped_templates",
    "unique_names",
]
