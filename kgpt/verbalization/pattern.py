"""Sentence patterns learnt from text: sentences with their mentions taken out, by the relations they tell. Ours.

A sentence becomes a pattern where all its mentions are one head and the tails of its triples, each once, and nothing
else in it looks like a fact (no digits, no other names). Patterns are ranked by an n-gram model of all of them; the
lowest share is dropped, as KELM (Agarwal et al., 2021) drops the lowest 1 % of its sentences.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TypeAlias

import numpy as np

from kgpt.text import words
from kgpt.verbalization.aggregation import TemplateWriter
from kgpt.verbalization.naming import GraphNames
from kgpt.verbalization.ngram_model import NgramModel
from kgpt.verbalization.pieces import Piece, Span, capitalized
from kgpt.verbalization.statement import StatementBook, spaced
from kgpt.verbalization.subgraph import Row

Pattern: TypeAlias = tuple[str | int, ...]
"""Texts and places: 0 is the head, n the tail of the n-th relation."""
Relations: TypeAlias = tuple[int, ...]
"""Sorted, with repeats."""
Splitter: TypeAlias = Callable[[str], list[tuple[int, int]]]
_LIKE_A_FACT = re.compile(r"\d|(?<![.!?] )(?<!^)\b[A-Z]")
_MAX_WORDS = 40


@dataclass(frozen=True, slots=True)
class ToldText:
    """A text with its mentions and the triples it tells, by number."""

    text: str
    spans: Sequence[Span]
    rows: Sequence[Row]


class PatternBook:
    """The patterns of every set of relations, best first.

    Args:
        texts: where to learn from.
        split: finds the sentences of a text.
        max_patterns: kept of a set of relations.
        min_count: a pattern seen in fewer sentences says more than its triples, most likely.
        drop_frac: of all patterns the share that is dropped for being unusual.
    """

    def __init__(
        self,
        texts: Iterable[ToldText],
        split: Splitter,
        *,
        max_patterns: int = 10,
        min_count: int = 2,
        drop_frac: float = 0.01,
    ) -> None:
        self.left_out: Counter[str] = Counter()
        found: Counter[tuple[Relations, Pattern]] = Counter()
        for told in texts:
            found.update(self._found(told, split))
        self.left_out["seen_too_rarely"] = sum(count < min_count for count in found.values())
        ranked = [key for key in _ranked(found) if found[key] >= min_count]
        self.left_out["unusual"] = int(len(ranked) * drop_frac)
        self._by_relations: dict[Relations, list[Pattern]] = defaultdict(list)
        for relations, pattern in ranked[: len(ranked) - self.left_out["unusual"]]:
            if len(self._by_relations[relations]) < max_patterns:
                self._by_relations[relations].append(pattern)

    def __len__(self) -> int:
        return sum(map(len, self._by_relations.values()))

    def of(self, relations: Relations) -> Sequence[Pattern]:
        """The patterns of some relations, the most usual first."""
        return self._by_relations.get(relations, ())

    def _found(self, told: ToldText, split: Splitter) -> Iterator[tuple[Relations, Pattern]]:
        for start, end in split(told.text):
            spans = [span for span in told.spans if start <= span[0] and span[1] <= end]
            if len(spans) < 2:
                continue
            patterns = delexicalized(told.text, start, end, spans, told.rows)
            if isinstance(patterns, str):
                self.left_out[patterns] += 1
            else:
                yield from patterns


class PatternWriter:
    """Writes triples of one head by pattern; what has none is written by template.

    Args:
        book: the patterns.
        statements: templates for the rest.
    """

    def __init__(self, book: PatternBook, statements: StatementBook) -> None:
        self.book = book
        self._names: GraphNames = statements.names
        self._templates = TemplateWriter(statements)

    def pieces(self, rows: Sequence[Row], rng: np.random.Generator) -> list[Piece]:
        """The triples as sentences, as many as possible in each."""
        sentences: list[list[Piece]] = []
        rest = list(rows)
        while rest:
            some = self._largest(rest)
            if not some:
                sentences.append(self._templates.pieces(rest, rng))
                break
            patterns = self.book.of(tuple(sorted(row[1] for row in some)))
            sentences.append(self._filled(patterns[int(rng.random() * len(patterns))], some))
            rest = [row for row in rest if row not in some]
        return spaced(sentences)

    def _largest(self, rows: Sequence[Row]) -> list[Row]:
        """The most triples that one pattern tells."""
        for size in range(len(rows), 0, -1):
            for some in combinations(rows, size):
                if self.book.of(tuple(sorted(row[1] for row in some))):
                    return list(some)
        return []

    def _filled(self, pattern: Pattern, rows: Sequence[Row]) -> list[Piece]:
        ends = [rows[0][0], *(row[2] for row in sorted(rows, key=lambda row: row[1]))]
        return capitalized([self._names.mention(ends[part]) if isinstance(part, int) else part for part in pattern])


def delexicalized(
    text: str, start: int, end: int, spans: Sequence[Span], rows: Sequence[Row]
) -> list[tuple[Relations, Pattern]] | str:
    """The patterns of the sentence `[start, end)`, one for each head whose triples account for it; or why it has none.

    Args:
        text: the whole text.
        start: of the sentence.
        end: of the sentence.
        spans: the sentence's mentions.
        rows: the triples of the text.
    """
    mentioned = [entity for _, _, entity in spans]
    inside = [row for row in rows if row[0] in mentioned and row[2] in mentioned]
    found: list[tuple[Relations, Pattern]] = []
    for head in dict.fromkeys(row[0] for row in inside):
        told = sorted((row for row in inside if row[0] == head), key=lambda row: row[1])
        places = {row[2]: number for number, row in enumerate(told, start=1)} | {head: 0}
        if set(mentioned) == set(places) and len(mentioned) == len(told) + 1:
            found.append((tuple(row[1] for row in told), _pattern(text, start, end, spans, places)))
    if not found:
        return "other_mentions"
    plain = " ".join("x" if isinstance(part, int) else part for part in found[0][1])
    if _LIKE_A_FACT.search(plain):
        return "other_facts"
    return "too_long" if len(plain.split()) > _MAX_WORDS else found


def _pattern(text: str, start: int, end: int, spans: Sequence[Span], places: Mapping[int, int]) -> Pattern:
    """The sentence with every mention's place in its stead."""
    parts: list[str | int] = []
    at = start
    for first, last, entity in spans:
        parts += [text[at:first], places[entity]]
        at = last
    return tuple(part for part in [*parts, text[at:end].rstrip()] if part != "")


def _ranked(found: Counter[tuple[Relations, Pattern]]) -> list[tuple[Relations, Pattern]]:
    """All patterns by their score under a model of all of them, ties by their text."""
    sentences = {key: _words(key[1]) for key in found}
    model = NgramModel(sentence for key, sentence in sentences.items() for _ in range(found[key]))
    return sorted(found, key=lambda key: (-model.score(sentences[key]), repr(key)))


def _words(pattern: Pattern) -> list[str]:
    parts = [[f"<{part}>"] if isinstance(part, int) else words(part) for part in pattern]
    return [word for part in parts for word in part]
