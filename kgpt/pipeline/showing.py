"""One passage's word-knowledge graph as every arm could see it, drawn."""

from pathlib import Path

import numpy as np

from kgpt.errors import DataError, did_you_mean
from kgpt.kg import KnowledgeGraph
from kgpt.pipeline.data_stages import TOKENIZER, open_run_graph
from kgpt.records import AlignedPassage, Document
from kgpt.sequences import (
    PassageStore,
    Vocabulary,
    WordKnowledgeGraphStream,
    build_passages,
    load_vocabulary,
    open_passage_store,
)
from kgpt.wkgraph import NeighborSettings, NodeKind, WordKnowledgeGraph
from kgpt.wkgraph.drawing import draw

_NEIGHBORS = NeighborSettings(anchor_prob=1.0, max_triples=3, max_nodes=150)


def draw_document(run: Path, document: str) -> str:
    """The first passage of a document as SVG.

    Raises:
        DataError: the run has no such document.
    """
    return draw(*shown_graph(run, document))


def shown_graph(run: Path, document: str) -> tuple[WordKnowledgeGraph, list[str]]:
    """The graph of a document's first passage, and what to write on each node.

    Raises:
        DataError: the run has no such document.
    """
    passages = open_passage_store(run / "5-sequences")
    ids = {identifier.rpartition("#")[0]: number for number, identifier in reversed(list(enumerate(passages.ids)))}
    if document not in ids:
        raise DataError(f"{run}: no document {document!r} in its sequences; {did_you_mean(document, list(ids)[:50])}")
    graph, vocabulary = open_run_graph(run), load_vocabulary(run / "5-sequences" / TOKENIZER)
    return graph_of_passage(passages, ids[document], graph, vocabulary)


def graph_of_text(
    document: Document, graph: KnowledgeGraph, vocabulary: Vocabulary
) -> tuple[WordKnowledgeGraph, list[str]]:
    """The graph of a linked text that need not be the run's, and what to write on each node."""
    passage = AlignedPassage(f"{document.id}#0", document.id, document.text, document.links, ())
    return graph_of_passage(build_passages([passage], graph, vocabulary), 0, graph, vocabulary)


def graph_of_passage(
    passages: PassageStore, number: int, graph: KnowledgeGraph, vocabulary: Vocabulary
) -> tuple[WordKnowledgeGraph, list[str]]:
    """The graph of one passage, its neighbours drawn the same every time, and what to write on each node."""
    stream = WordKnowledgeGraphStream(passages=passages, graph=graph, vocabulary=vocabulary, neighbors=_NEIGHBORS)
    wkgraph = stream.word_knowledge_graph(number, np.random.default_rng(0))
    return wkgraph, node_names(wkgraph, graph, vocabulary)


def node_names(wkgraph: WordKnowledgeGraph, graph: KnowledgeGraph, vocabulary: Vocabulary) -> list[str]:
    """What to write on each node."""
    names = vocabulary.words(np.where(wkgraph.kinds == NodeKind.WORD, wkgraph.ids, 0))
    for node, kind in enumerate(wkgraph.kinds):
        if kind != NodeKind.WORD:
            labels = graph.entities if kind == NodeKind.ENTITY else graph.relations
            names[node] = labels.label(int(wkgraph.ids[node]))
    return names
