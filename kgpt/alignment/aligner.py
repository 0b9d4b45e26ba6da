"""Which facts a passage supports, by distant supervision (Mintz et al., 2009).

Both ends are linked within the passage, or one end is linked and its date, quantity or string written there. Enters:
linked documents. Leaves: passages (whole sentences, up to a length) with their links and alignments. Given up here:
that the sentence really says so. The confidence is the product of the links' scores, of how near the ends stand (one
sentence 1, the passage 0.5, a carried subject 0.5), and of what hints at the relation: where several relations join
the two ends, those of which no word of a name stands in the sentence count less.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from pydantic import Field

from kgpt.alignment.literal_match import LiteralMatcher
from kgpt.alignment.relation_cue import RelationCues
from kgpt.alignment.sentence import Span, sentence_splitter
from kgpt.alignment.subject import Carry, carried_subjects
from kgpt.alignment.value_mention import value_scanner
from kgpt.config import Settings
from kgpt.kg.graph import KnowledgeGraph
from kgpt.records import NIL, AlignedPassage, Alignment, Document, Link, LiteralAlignment

NOT_IN_GRAPH = "link_not_in_graph"
_ACROSS, _CARRIED, _WITHOUT_CUE = 0.5, 0.5, 0.6


class AlignmentSettings(Settings):
    """How documents are cut and aligned.

    Args:
        min_words: sentences are joined until a passage has so many words (CoLAKE: 80 tokens).
        max_words: a passage never grows beyond, unless one sentence does.
        across_sentences: also pair ends that stand in different sentences of a passage.
        literals: also look for dates, quantities and strings.
        subject: whether a sentence without its subject is given one: from the `title`, where a `pronoun` stands, or
            never.
        min_confidence: alignments below are left out.
        min_triples: passages that support fewer go, counted as `too_few_triples`.
        language: of the sentence splitter, months, numbers and pronouns.
    """

    min_words: int = 60
    max_words: int = 150
    across_sentences: bool = True
    literals: bool = True
    subject: Carry = "none"
    min_confidence: float = Field(default=0.0, ge=0, le=1)
    min_triples: int = 0
    language: str = "en"


@dataclass(frozen=True, slots=True)
class _Place:
    """An entity at a sentence of a passage: by number, with its link's score."""

    entity: int
    score: float
    sentence: int
    is_carried: bool = False


@dataclass(frozen=True, slots=True)
class Aligner:
    """Cuts documents into passages and finds the facts each supports; links that the graph has not are counted."""

    graph: KnowledgeGraph
    settings: AlignmentSettings
    dropped: Counter[str] = field(default_factory=Counter)
    _cues: RelationCues = field(init=False)
    _matcher: LiteralMatcher = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_cues", RelationCues(self.graph))
        object.__setattr__(self, "_matcher", LiteralMatcher(self.graph))

    def align(self, documents: Iterable[Document]) -> Iterator[AlignedPassage]:
        """The passages of all documents, in order."""
        for document in documents:
            yield from self.passages(document)

    def passages(self, document: Document) -> Iterator[AlignedPassage]:
        """The passages of one document."""
        sentences = sentence_splitter(self.settings.language)(document.text)
        links = self._known_links(document)
        held = [[link for link in links if start <= link.start and link.end <= end] for start, end in sentences]
        subjects = carried_subjects(document, sentences, held, self.settings.subject, self.settings.language)
        first = 0
        for number, group in enumerate(self._groups(document.text, sentences)):
            stop = first + len(group)
            yield self._passage(document, group, links, subjects[first:stop], number)
            first = stop

    def _known_links(self, document: Document) -> list[Link]:
        links = [link for link in document.links if link.entity != NIL]
        numbers = self.graph.entities.ids.find_all(link.entity for link in links)
        if gone := int((numbers < 0).sum()):
            self.dropped[NOT_IN_GRAPH] += gone
        return [link for link, number in zip(links, numbers, strict=True) if number >= 0]

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

    def _passage(
        self, document: Document, sentences: list[Span], links: list[Link], subjects: Sequence[str], number: int
    ) -> AlignedPassage:
        start, end = sentences[0][0], sentences[-1][1]
        moved = tuple(
            Link(link.start - start, link.end - start, link.entity, link.score)
            for link in links
            if start <= link.start and link.end <= end
        )
        text, spans = document.text[start:end], [(first - start, last - start) for first, last in sentences]
        places = self._places(moved, spans, subjects)
        return AlignedPassage(
            id=f"{document.id}#{number}",
            document=document.id,
            text=text,
            links=moved,
            alignments=tuple(self._alignments(text, spans, places)),
            metadata=document.metadata,
            literals=tuple(self._literals(text, spans, places)) if self.settings.literals else (),
        )

    def _places(self, links: Sequence[Link], spans: Sequence[Span], subjects: Sequence[str]) -> list[_Place]:
        told = [(link.entity, link.score, _sentence_of(link.start, spans), False) for link in links]
        told += [(entity, 1.0, number, True) for number, entity in enumerate(subjects) if entity]
        numbers = self.graph.entities.ids.find_all(entity for entity, *_ in told)
        return [
            _Place(int(found), score, sentence, is_carried)
            for found, (_, score, sentence, is_carried) in zip(numbers, told, strict=True)
            if found >= 0
        ]

    def _alignments(self, text: str, spans: Sequence[Span], places: Sequence[_Place]) -> Iterator[Alignment]:
        pairs = [
            (head, tail, nearness)
            for head in places
            for tail in places
            if head.entity != tail.entity and (nearness := self._nearness(head, tail))
        ]
        heads = np.array([head.entity for head, _, _ in pairs], np.int64)
        tails = np.array([tail.entity for _, tail, _ in pairs], np.int64)
        best: dict[tuple[int, int, int], float] = {}
        for (head, tail, nearness), first, last in zip(pairs, *self.graph.between_all(heads, tails), strict=True):
            rows = self.graph.triples[int(first) : int(last)].tolist()
            for row in rows:
                confidence = head.score * tail.score * nearness
                if len(rows) > 1 and not self._cues.stand_in(row[1], _sentences(text, spans, head, tail)):
                    confidence *= _WITHOUT_CUE
                best[tuple(row)] = max(confidence, best.get(tuple(row), 0.0))
        for row, confidence in sorted(best.items()):
            if confidence >= self.settings.min_confidence:
                yield Alignment(self.graph.triple(row), confidence)

    def _nearness(self, one: _Place, other: _Place) -> float:
        """How much the distance of two places leaves of the confidence; 0 where they are not paired."""
        if one.is_carried and other.is_carried:
            return 0.0
        if one.is_carried or other.is_carried:
            return _CARRIED if one.sentence == other.sentence else 0.0
        if one.sentence == other.sentence:
            return 1.0
        return _ACROSS if self.settings.across_sentences else 0.0

    def _literals(self, text: str, spans: Sequence[Span], places: Sequence[_Place]) -> Iterator[LiteralAlignment]:
        told = {place.entity: self.graph.literals_of(place.entity) for place in places}
        if not any(told.values()):
            return
        values = value_scanner(self.settings.language)(text)
        best: dict[tuple[int, int], LiteralAlignment] = {}
        for place in places:
            for number, literal in enumerate(told[place.entity]):
                for found in self._matcher.matches(text, values, (literal,)):
                    at = _Place(-1, 1.0, _sentence_of(found.start, spans))
                    confidence = place.score * found.confidence * self._nearness(place, at)
                    known = best.get((place.entity, number))
                    if confidence and (known is None or confidence > known.confidence):
                        best[place.entity, number] = LiteralAlignment(literal, found.start, found.end, confidence)
        for _, alignment in sorted(best.items()):
            if alignment.confidence >= self.settings.min_confidence:
                yield alignment


def _sentence_of(start: int, spans: Sequence[Span]) -> int:
    return next((number for number, (_, stop) in enumerate(spans) if start < stop), len(spans) - 1)


def _sentences(text: str, spans: Sequence[Span], one: _Place, other: _Place) -> str:
    """The text from the sentence of one place to that of the other."""
    first, last = sorted((one.sentence, other.sentence))
    return text[spans[first][0] : spans[last][1]]
