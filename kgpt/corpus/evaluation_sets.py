"""The evaluation sets that a corpus must not hold, as hashes of their words in a row.

Shapes: I items of all sets, G different 8-grams.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kgpt.corpus.ngram_overlap import WordTexts, word_texts
from kgpt.errors import DataError
from kgpt.records import Document, Question
from kgpt.sources import open_documents, open_questions
from kgpt.text import normalize_answer

Spans = list[tuple[int, int]]
"""Stretches of words `[start, end)`."""


@dataclass(frozen=True, slots=True)
class Lengths:
    """How many words in a row count.

    Args:
        long: shared words that are enough by themselves.
        short: words of the n-grams of which an item must share a part.
        short_frac: that part.
        whole: the shortest question that counts where it stands whole.
    """

    long: int
    short: int
    short_frac: float
    whole: int


@dataclass(frozen=True, eq=False, slots=True)
class EvaluationSets:
    """What to look for in a text.

    Args:
        names: of the sets.
        numbers: of the words that any of them has; others are 0.
        sets: the set of each item, [I].
        lengths: how many words in a row count.
        stretches: by their number of words: hashes in order, and an item that has each.
        grams: the different short n-grams in order, [G].
        gram_items: the items that each has, one gram behind the other.
        gram_ends: where each begins in them, and the end, [G + 1].
        num_grams: different short n-grams of each item, [I].
    """

    names: tuple[str, ...]
    numbers: Mapping[str, int]
    sets: NDArray[np.int64]
    lengths: Lengths
    stretches: Mapping[int, tuple[NDArray[np.uint64], NDArray[np.int64]]]
    grams: NDArray[np.uint64]
    gram_items: NDArray[np.int64]
    gram_ends: NDArray[np.int64]
    num_grams: NDArray[np.int64]

    @classmethod
    def read(cls, questions: Mapping[str, str], documents: Mapping[str, str], lengths: Lengths) -> "EvaluationSets":
        """The sets of questions and of documents in sources, by their names.

        Raises:
            DataError: a source cannot be read, or holds nothing.
        """
        told = {name: [*_asked(source)] for name, source in questions.items()}
        told |= {name: [*_written(source)] for name, source in documents.items()}
        for name, texts in told.items():
            shortest = min(lengths.short, lengths.long, *([lengths.whole] if name in questions else []))
            if all(len(normalize_answer(text).split()) < shortest for text in texts):
                source = {**questions, **documents}[name]
                raise DataError(
                    f"{source}: nothing to look for in it, no text of {shortest} words or more; the evaluation set "
                    f"{name!r} would drop nothing"
                )
        numbers: dict[str, int] = {}
        items = word_texts((text for texts in told.values() for text in texts), numbers)
        is_question = np.repeat([name in questions for name in told], [len(texts) for texts in told.values()])
        sets = np.repeat(np.arange(len(told)), [len(texts) for texts in told.values()])
        stretches = {lengths.long: _first_items(items, lengths.long, np.ones(len(sets), bool))}
        for length in range(lengths.whole, lengths.long):
            stretches[length] = _first_items(items, length, is_question & (items.num_words == length))
        grams = items.hashes(lengths.short)[inside := items.inside(lengths.short)]
        pairs = np.stack([grams, items.texts[: len(inside)][inside].astype(np.uint64)], axis=1)
        pairs = np.unique(pairs, axis=0)
        different, firsts = np.unique(pairs[:, 0], return_index=True)
        owners = pairs[:, 1].astype(np.int64)
        return cls(
            names=tuple(told),
            numbers=numbers,
            sets=sets,
            lengths=lengths,
            stretches={length: found for length, found in stretches.items() if len(found[0])},
            grams=different,
            gram_items=owners,
            gram_ends=np.append(firsts, len(pairs)),
            num_grams=np.bincount(owners, minlength=len(sets)),
        )

    def found_in(self, words: Sequence[str]) -> dict[str, Spans]:
        """The sets that share a text's words, each with where."""
        told = np.fromiter((self.numbers.get(word, 0) for word in words), np.uint64, len(words))
        text = WordTexts(told, np.zeros(len(told), np.int64), 1)
        found: dict[str, Spans] = {}
        for place, length, item in [*self._stretches_in(text), *self._grams_in(text)]:
            found.setdefault(self.names[int(self.sets[item])], []).append((place, place + length))
        return found

    def _stretches_in(self, text: WordTexts) -> Iterator[tuple[int, int, int]]:
        """Places, lengths and items of the long stretches and whole questions that stand in a text."""
        for length, (hashes, items) in self.stretches.items():
            told = text.hashes(length)
            places = np.minimum(np.searchsorted(hashes, told), len(hashes) - 1)
            for place in np.flatnonzero(hashes[places] == told).tolist():
                yield place, length, int(items[places[place]])

    def _grams_in(self, text: WordTexts) -> Iterator[tuple[int, int, int]]:
        """The same of the short n-grams of items that share enough of theirs."""
        told = text.hashes(self.lengths.short)
        if not len(self.grams) or not len(told):
            return
        at = np.minimum(np.searchsorted(self.grams, told), len(self.grams) - 1)
        places = np.flatnonzero(self.grams[at] == told)
        shared = np.unique(at[places])
        having = [self.gram_items[self.gram_ends[gram] : self.gram_ends[gram + 1]] for gram in shared.tolist()]
        counts = np.bincount(np.concatenate([*having, np.zeros(0, np.int64)]), minlength=len(self.sets))
        enough = counts >= np.maximum(self.lengths.short_frac * self.num_grams, 1)
        for place in places.tolist():
            gram = int(at[place])
            items = self.gram_items[self.gram_ends[gram] : self.gram_ends[gram + 1]]
            yield from ((place, self.lengths.short, int(item)) for item in items[enough[items]])


def _first_items(
    items: WordTexts, length: int, is_asked: NDArray[np.bool_]
) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Hashes of the stretches of `length` words in the items asked for, in order, and the first item that has each."""
    inside = items.inside(length)
    owners = items.texts[: len(inside)]
    inside = inside & is_asked[owners]
    hashes, firsts = np.unique(items.hashes(length)[inside], return_index=True)
    return hashes, owners[inside][firsts]


def _asked(source: str) -> Iterator[str]:
    """The questions of a source; those to train on are none to keep out."""
    for one in open_questions(source).read():
        if isinstance(one, Question) and one.split != "train":
            yield one.text


def _written(source: str) -> Iterator[str]:
    return (one.text for one in open_documents(source).read() if isinstance(one, Document))
