"""Sentences with one entity of their triples hidden (SKILL, Moiseev et al., 2022, algorithm 1)."""

from collections import Counter
from collections.abc import Iterable, Iterator
from collections.abc import Sequence as SequenceOf
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kgpt.alignment.value_mention import value_scanner
from kgpt.kg.graph import KnowledgeGraph
from kgpt.sequences.aligned_facts import AlignedFacts
from kgpt.sequences.passage_pieces import passage_pieces
from kgpt.sequences.passage_store import PassageStore
from kgpt.sequences.sequence import Sequence, plain_sequence
from kgpt.sequences.vocabulary import Vocabulary
from kgpt.verbalization.document_source import DocumentSource
from kgpt.verbalization.entity_match import CharSpan, NormalizedText, entity_spans
from kgpt.verbalization.pieces import joined
from kgpt.verbalization.subgraph import Row

NOT_READ_BACK, NO_MATCH = "not_read_back", "no_match"


class MatchedSentence(NamedTuple):
    """A sentence's words, and the stretches of them that write an entity of its triples, [n, 2]."""

    words: NDArray[Any]
    spans: NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class SentenceStream:
    """Sentences in which an entity was found; one place of one is hidden, in full.

    Args:
        sentences: matched.
        vocabulary: of the words.
        left_out: sentences that are not used, by reason.
        passages: that the sentences are, where they are any.
        numbers: of the passages, one a sentence.
    """

    sentences: SequenceOf[MatchedSentence]
    vocabulary: Vocabulary
    left_out: Counter[str]
    passages: PassageStore | None = None
    numbers: NDArray[np.int64] | None = None

    @property
    def _kept(self) -> NDArray[np.int64] | None:
        return self.numbers

    def __len__(self) -> int:
        return len(self.sentences)

    def draw(self, index: int, rng: np.random.Generator) -> Sequence:
        """One sentence, a stretch of it behind a sentinel."""
        words, spans = self.sentences[index]
        start, end = spans[int(rng.random() * len(spans))].tolist()
        mark = [self.vocabulary.sentinel(0)]
        source = np.concatenate([words[:start], mark, words[end:]]).astype(np.int64)
        target = np.concatenate([mark, words[start:end], [self.vocabulary.end]]).astype(np.int64)
        return plain_sequence(self.vocabulary.wrap(source), decoder_targets=target)


def sentences_of_passages(facts: AlignedFacts, vocabulary: Vocabulary, *, max_tokens: int) -> SentenceStream:
    """The passages that tell facts of the graph, matched with them; longer ones lose their end."""
    left_out: Counter[str] = Counter()
    found, numbers = [], list[int]()
    for number in np.flatnonzero(np.diff(facts.indptr)).tolist():
        words = facts.passages.words[facts.passages.word_indptr[number] : facts.passages.word_indptr[number + 1]]
        text = joined(passage_pieces(facts.passages, number, vocabulary))
        ids, offsets = vocabulary.encode_with_offsets(text)
        if not np.array_equal(ids, words):
            left_out[NOT_READ_BACK] += 1
            continue
        sentence = _matched(text, words[: max_tokens - 2], offsets, facts.of(number), facts.graph)
        found.append(sentence)
        numbers += [number] if len(sentence.spans) else []
    stream = _stream(found, vocabulary, left_out)
    return replace(stream, passages=facts.passages, numbers=np.array(numbers, np.int64))


def sentences_of_documents(
    source: DocumentSource, graph: KnowledgeGraph, vocabulary: Vocabulary, *, max_tokens: int
) -> SentenceStream:
    """Verbalised documents, matched with the triples they tell; longer ones lose their end."""
    found, rng = [], np.random.default_rng(0)
    for number, rows in enumerate(source.rows):
        text = joined(source.pieces(number, rng))
        ids, offsets = vocabulary.encode_with_offsets(text)
        found.append(_matched(text, ids[: max_tokens - 2], offsets, rows, graph))
    return _stream(found, vocabulary, Counter(source.left_out))


def _stream(found: Iterable[MatchedSentence], vocabulary: Vocabulary, left_out: Counter[str]) -> SentenceStream:
    used = []
    for sentence in found:
        if len(sentence.spans):
            used.append(sentence)
        else:
            left_out[NO_MATCH] += 1
    return SentenceStream(sentences=used, vocabulary=vocabulary, left_out=left_out)


def _matched(
    text: str, words: NDArray[Any], offsets: NDArray[np.int64], rows: SequenceOf[Row], graph: KnowledgeGraph
) -> MatchedSentence:
    label = graph.entities.label
    names = dict.fromkeys(label(entity) for head, _, tail in rows for entity in (head, tail))
    spans = {*entity_spans(NormalizedText(text), names), *_date_spans(text, names, rows, graph)}
    starts = np.searchsorted(offsets[:, 1], [start for start, _ in sorted(spans)], side="right")
    ends = np.searchsorted(offsets[:, 0], [end for _, end in sorted(spans)], side="left")
    stretches = np.stack([starts, ends], axis=1).reshape(-1, 2)
    return MatchedSentence(words, stretches[(ends > starts) & (ends <= len(words))])


def _date_spans(text: str, names: Iterable[str], rows: SequenceOf[Row], graph: KnowledgeGraph) -> Iterator[CharSpan]:
    """Where a text writes a date that an entity's name is, or that the graph tells of a head."""
    if not any(letter.isdigit() for letter in text):
        return
    scan = value_scanner("en")
    known = {one.value for name in names for one in scan(name) if (one.kind, one.end) == ("date", len(name))}
    for head in {row[0] for row in rows}:
        known |= {one.value for one in graph.literals_of(head) if one.kind == "date"}
    yield from ((one.start, one.end) for one in scan(text) if one.kind == "date" and one.value in known)
