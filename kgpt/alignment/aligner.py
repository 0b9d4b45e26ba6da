"""Which triples a passage supports: both ends linked within it (distant supervision, Mintz et al., 2009).

Enters: linked documents. Leaves: passages (whole sentences, up to a length) with their links and alignments. Given
up here: that the sentence really says so; the confidence is the product of the two links' scores, halved where the
ends stand in different sentences.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product

from kgpt.alignment.sentence import Span, sentence_splitter
from kgpt.config import Settings
from kgpt.kg.graph import KnowledgeGraph
from kgpt.records import NIL, AlignedPassage, Alignment, Document, Link


class AlignmentSettings(Settings):
    """How documents are cut and aligned.

    Args:
        min_words: sentences are joined until a passage has so many words (CoLAKE: 80 tokens).
        max_words: a passage never grows beyond, unless one sentence does.
        across_sentences: also pair ends that stand in different sentences of a passage.
        min_triples: passages that support fewer go, counted as `too_few_triples`.
        language: of the sentence splitter.
    """

    min_words: int = 60
    max_words: int = 150
    across_sentences: bool = True
    min_triples: int = 0
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Aligner:
    """Cuts documents into passages and finds the triples each supports."""

    graph: KnowledgeGraph
    settings: AlignmentSettings

    def align(self, documents: Iterable[Document]) -> Iterator[AlignedPassage]:
        """The passages of all documents, in order."""
        for document in documents:
            yield from self.passages(document)

    def passages(self, document: Document) -> Iterator[AlignedPassage]:
        """The passages of one document."""
        sentences = sentence_splitter(self.settings.language)(document.text)
        for number, group in enumerate(self._groups(document.text, sentences)):
            yield self._passage(document, group, number)

    def _groups(self, text: str, sentences: list[Span]) -> Iterator[list[Span]]:
        group: list[Span] = []
        num_words = 0
        for start, end in sentences:
            length = len(text[start:end].split())
            if group and (num_words >= self.settings.min_words or num_words + length > self.settings.max_words):
                yield group
                group, num_words = [], 0
            group.append((start, end))
            num_words += length
        if group:
            yield group

    def _passage(self, document: Document, sentences: list[Span], number: int) -> AlignedPassage:
        start, end = sentences[0][0], sentences[-1][1]
        links = tuple(
            Link(link.start - start, link.end - start, link.entity, link.score)
            for link in document.links
            if start <= link.start and link.end <= end and link.entity != NIL
        )
        place = {link: next(i for i, (_, stop) in enumerate(sentences) if link.start + start < stop) for link in links}
        return AlignedPassage(
            id=f"{document.id}#{number}",
            document=document.id,
            text=document.text[start:end],
            links=links,
            alignments=tuple(self._alignments(place)),
            metadata=document.metadata,
        )

    def _alignments(self, place: dict[Link, int]) -> Iterator[Alignment]:
        numbers = {link: self.graph.entity(link.entity) for link in place}
        best: dict[tuple[int, int, int], float] = {}
        for (head, head_place), (tail, tail_place) in product(place.items(), repeat=2):
            near = head_place == tail_place
            if numbers[head] == numbers[tail] or not (near or self.settings.across_sentences):
                continue
            for row in self.graph.between(numbers[head], numbers[tail]).tolist():
                confidence = head.score * tail.score * (1.0 if near else 0.5)
                best[tuple(row)] = max(confidence, best.get(tuple(row), 0.0))
        for row, confidence in sorted(best.items()):
            yield Alignment(self.graph.triple(row), confidence)
