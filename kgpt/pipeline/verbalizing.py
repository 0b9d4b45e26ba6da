"""A whole graph as documents: every triple in one, each a subgraph of one entity as text with links."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

import numpy as np

from kgpt.alignment.sentence import sentence_splitter
from kgpt.kg.graph import KnowledgeGraph
from kgpt.pipeline.sentence_generator import SentenceGenerator, found_mentions
from kgpt.progress import track
from kgpt.randomness import generator
from kgpt.records import VERBALIZED, AlignedPassage, Document, Link, Metadata
from kgpt.verbalization.naming import GraphNames
from kgpt.verbalization.pattern import PatternBook, ToldText
from kgpt.verbalization.pieces import Mention, Span, linked
from kgpt.verbalization.subgraph import Row, SubgraphGrower, serialized
from kgpt.verbalization.subgraph_source import SubgraphWriter

_BATCH_SIZE = 32
Subgraph = tuple[str, list[list[int]]]
"""A document's id, and its triples."""


@dataclass(frozen=True, kw_only=True)
class GraphVerbalizer:
    """Writes a graph out; counts what it leaves out, triple by triple.

    Args:
        grower: makes subgraphs.
        writer: a rule or patterns, or a generator.
        seed: of everything random.
        license: of what the graph says, for the documents' metadata.
        min_recall: a generated sentence that names a smaller share of its entities is left out.
        left_out: triples by reason.
    """

    grower: SubgraphGrower
    writer: SubgraphWriter | SentenceGenerator
    seed: int = 0
    license: str = ""
    min_recall: float = 1.0
    left_out: Counter[str] = field(default_factory=Counter)

    def documents(self) -> Iterator[Document]:
        """The documents, in the order of their heads."""
        if isinstance(self.writer, SentenceGenerator):
            yield from self._generated(self.writer)
            return
        for name, rows in self._subgraphs():
            text, spans = linked(self.writer.pieces(rows, generator(self.seed, "write", name)))
            yield self._document(name, rows, text, spans)

    def _subgraphs(self) -> Iterator[Subgraph]:
        graph = self.grower.graph
        heads = np.flatnonzero(np.diff(graph.head_indptr)).tolist()
        for head in track(heads, what="verbalizing", total=len(heads)):
            identifier = graph.entities.ids[head]
            rng = generator(self.seed, "grow", identifier)
            for number, rows in enumerate(self.grower.covering(head, rng)):
                if kept := self._named(rows):
                    yield f"{identifier}#{number}", kept

    def _named(self, rows: list[list[int]]) -> list[list[int]]:
        """The triples whose ends both have a label."""
        labels = self.grower.graph.entities.labels
        if not labels[rows[0][0]]:
            self.left_out["head_without_label"] += len(rows)
            return []
        kept = [row for row in rows if labels[row[2]]]
        self.left_out["tail_without_label"] += len(rows) - len(kept)
        return kept

    def _generated(self, writer: SentenceGenerator) -> Iterator[Document]:
        names, subgraphs = GraphNames(self.grower.graph), self._subgraphs()
        while batch := list(islice(subgraphs, _BATCH_SIZE)):
            sources = [serialized(rows, names) for _, rows in batch]
            for (name, rows), pieces, text in zip(batch, sources, writer.write(sources), strict=True):
                spans, recall = found_mentions(text, [piece for piece in pieces if isinstance(piece, Mention)])
                if recall < self.min_recall:
                    self.left_out["names_too_few_entities"] += len(rows)
                else:
                    yield self._document(name, rows, text, spans)

    def _document(self, name: str, rows: Sequence[Row], text: str, spans: Iterable[Span]) -> Document:
        graph = self.grower.graph
        return Document(
            id=name,
            text=text,
            links=tuple(Link(start, end, graph.entities.ids[entity]) for start, end, entity in spans),
            metadata=Metadata(source=VERBALIZED, license=self.license, language=graph.language),
            triples=tuple(graph.triple(np.array(row, np.int32)) for row in rows),
        )


def told_texts(passages: Iterable[AlignedPassage], graph: KnowledgeGraph) -> Iterator[ToldText]:
    """Aligned passages with their mentions and triples by number; what the graph has not is passed over."""
    for passage in passages:
        numbers = graph.entities.ids.find_all(link.entity for link in passage.links)
        spans = [
            (link.start, link.end, int(number))
            for link, number in zip(passage.links, numbers, strict=True)
            if number >= 0
        ]
        rows = [graph.numbers(item.triple) for item in passage.alignments]
        yield ToldText(passage.text, spans, [row for row in rows if row is not None])


def learnt_patterns(texts: Iterable[ToldText], language: str) -> PatternBook:
    """The sentence patterns of aligned passages."""
    return PatternBook(texts, sentence_splitter(language))
