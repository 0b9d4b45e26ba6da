"""Every entity of a graph as a passage of its own: its name alone, which is its mention.

A word-knowledge graph of such a passage is the entity among its neighbours, with no text: what CoLAKE is asked in
completion (Sun et al., 2020, section 4.4) is of this form. Ours as training data.
"""

import numpy as np

from kgpt.kg.graph import KnowledgeGraph
from kgpt.records import AlignedPassage, Link, Metadata
from kgpt.sequences.passage_store import PassageStore, build_passages
from kgpt.sequences.vocabulary import Vocabulary

SOURCE = "entities"


def entity_passages(graph: KnowledgeGraph, vocabulary: Vocabulary) -> PassageStore:
    """A passage for every entity that is the head of a triple, in the graph's order."""
    heads = np.flatnonzero(np.diff(graph.head_indptr)).tolist()
    return build_passages((_passage(graph, head) for head in heads), graph, vocabulary)


def _passage(graph: KnowledgeGraph, entity: int) -> AlignedPassage:
    name, identifier = graph.entities.label(entity), graph.entities.ids[entity]
    link = Link(0, len(name), identifier)
    return AlignedPassage(f"{identifier}#0", identifier, name, (link,), (), Metadata(source=SOURCE))
