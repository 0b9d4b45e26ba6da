"""Documents that hold what an evaluation asks: dropped, or the passage cut out."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from kgpt.corpus.base import SourceStep, Verdict, corpus_steps
from kgpt.corpus.evaluation_sets import EvaluationSets, Lengths, Spans
from kgpt.corpus.text_change import Edit, counted, edited
from kgpt.records import Document, Dropped
from kgpt.sources import open_documents, open_questions
from kgpt.text import normalize_answer

_WORD = re.compile(r"\S+")


@corpus_steps.register("decontamination")
@dataclass(frozen=True, kw_only=True, slots=True)
class Decontamination(SourceStep):
    """Keep evaluation sets out of the corpus; what goes is counted by set, `decontamination:NAME`.

    A document holds a set's item where it shares 13 words in a row with it (Brown et al., 2020, appendix C), or 70 % of
    its 8-grams (Chowdhery et al., 2022, section 8), or where a question of at least five words stands in it whole.
    Words are compared in lower case, without punctuation and articles. A text that states the fact asked for in words
    of its own is no contamination, and stays. Hashes have 64 bits.

    Args:
        questions: sources of questions by the names of the sets; those of a train split are left in.
        documents: sources of texts by the names of the sets.
        action: `drop` the document, or `cut` the passage out with `margin_chars` on either side; a document with more
            than `max_cuts` passages, or nothing left, goes all the same (as in Brown et al.).
        margin_chars: see `action`; cut at the next blank.
        max_cuts: see `action`.
        ngram_words: words in a row that are enough.
        short_ngram_words: words of the n-grams of which `min_short_frac` must be shared.
        min_short_frac: see there.
        min_question_words: a shorter question may stand whole.
    """

    questions: Mapping[str, str] = field(default_factory=dict)
    documents: Mapping[str, str] = field(default_factory=dict)
    action: Literal["drop", "cut"] = "drop"
    margin_chars: Annotated[int, Field(ge=0)] = 200
    max_cuts: Annotated[int, Field(ge=0)] = 10
    ngram_words: Annotated[int, Field(ge=2)] = 13
    short_ngram_words: Annotated[int, Field(ge=2)] = 8
    min_short_frac: Annotated[float, Field(gt=0, le=1)] = 0.7
    min_question_words: Annotated[int, Field(ge=1)] = 5

    def __post_init__(self) -> None:
        if not self.questions and not self.documents:
            raise ValueError("give `questions` or `documents`: names of evaluation sets and their sources")
        if shared := set(self.questions) & set(self.documents):
            raise ValueError(f"questions and documents both have a set {min(shared)!r}; give one another name")

    def files(self) -> Sequence[Path]:
        """The sets."""
        questions = [path for source in self.questions.values() for path in open_questions(source).files()]
        return questions + [path for source in self.documents.values() for path in open_documents(source).files()]

    def rules(self) -> Sequence[str]:
        """The sets."""
        return (*self.questions, *self.documents)

    def fresh(self) -> Verdict:
        """The step, with its sets read.

        Raises:
            DataError: a set cannot be read, or is empty.
        """
        lengths = Lengths(self.ngram_words, self.short_ngram_words, self.min_short_frac, self.min_question_words)
        sets = EvaluationSets.read(self.questions, self.documents, lengths)

        def apply(document: Document) -> Document | Dropped:
            found = sets.found_in(normalize_answer(document.text).split())
            if not found:
                return document
            is_cut = self.action == "cut"
            return self._cut(document, sets) if is_cut else _dropped(document, min(found))

        return apply

    def _cut(self, document: Document, sets: EvaluationSets) -> Document | Dropped:
        """`document` without what it shares with any set."""
        places = [(word, one.span()) for one in _WORD.finditer(document.text) for word in _plain(one.group())]
        found = sets.found_in([word for word, _ in places])
        spans = [(places[a][1][0], places[b - 1][1][1]) for one in found.values() for a, b in one]
        edits = _joined([_wider(document.text, span, self.margin_chars) for span in spans])
        if not edits or len(edits) > self.max_cuts:
            return _dropped(document, min(found, default=sets.names[0]))
        after = edited(document, edits)
        if not after.text.strip():
            return _dropped(document, min(found))
        told = {f"decontamination:{name}": 1 for name in found}
        return counted(after, told | {"decontamination:link": len(document.links) - len(after.links)})


def _dropped(document: Document, name: str) -> Dropped:
    return Dropped(document.id, f"decontamination:{name}")


def _plain(word: str) -> list[str]:
    return normalize_answer(word).split()


def _wider(text: str, span: tuple[int, int], margin: int) -> tuple[int, int]:
    """`span` with `margin` characters on either side, and up to the next blanks."""
    start, end = max(span[0] - margin, 0), min(span[1] + margin, len(text))
    while start > 0 and not text[start - 1].isspace():
        start -= 1
    while end < len(text) and not text[end].isspace():
        end += 1
    return start, end


def _joined(spans: Spans) -> list[Edit]:
    """The stretches that `spans` cover, in order, those that touch as one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return [Edit(start, end) for start, end in found]
