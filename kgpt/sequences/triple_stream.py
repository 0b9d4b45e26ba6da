"""Triples as text with one entity hidden, to be written by the decoder (SKILL, Moiseev et al., 2022, section 3)."""

from collections.abc import Sequence as SequenceOf
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from kgpt.records import Question
from kgpt.sequences.sequence import Sequence, plain_sequence
from kgpt.sequences.vocabulary import SENTINEL, Vocabulary
from kgpt.verbalization import Form, Verbalizer
from kgpt.verbalization.answer_steps import StepTeller

HIDDEN = SENTINEL.format(0)


@dataclass(frozen=True, kw_only=True)
class TripleStream:
    """Every triple of a graph, in one of several forms, its head or tail hidden behind a sentinel.

    Args:
        verbalizer: the graph and its words.
        vocabulary: of the model.
        forms: drawn from alike; SKILL has `linear` only.
        tail_prob: probability that the tail is hidden, else the head.
        max_tokens: longer texts are cut.
    """

    verbalizer: Verbalizer
    vocabulary: Vocabulary
    forms: tuple[Form, ...] = ("linear",)
    tail_prob: float = 0.5
    max_tokens: int = 64

    def __len__(self) -> int:
        return self.verbalizer.graph.num_triples

    def draw(self, index: int, rng: np.random.Generator) -> Sequence:
        """One triple."""
        row = self.verbalizer.graph.triples[index]
        form = self.forms[int(rng.integers(len(self.forms)))]
        hide_tail = bool(rng.random() < self.tail_prob)
        head, _, tail = self.verbalizer.names(row)
        text = self.verbalizer.state(row, form, rng, hidden="tail" if hide_tail else "head", mark=HIDDEN)
        return asking(text, tail if hide_tail else head, self.vocabulary, max_tokens=self.max_tokens)


@dataclass(frozen=True, kw_only=True)
class QuestionStream:
    """Questions with one of their answers as the target, in the form that evaluation asks them.

    Args:
        questions: what is asked.
        vocabulary: of the model.
        steps: tells the answers of questions of several hops step by step; one that it tells no way to is told alone.
        max_tokens: longer texts are cut.
    """

    questions: tuple[Question, ...]
    vocabulary: Vocabulary
    steps: StepTeller | None = None
    max_tokens: int = 64

    def __len__(self) -> int:
        return len(self.questions)

    def draw(self, index: int, rng: np.random.Generator) -> Sequence:
        """One question; its target is the first name of one of the right entities."""
        question, answers = self.questions[index], self._targets[index]
        place = int(rng.integers(len(answers)))
        told = "" if self.steps is None else self.steps.tell(question, place, rng)
        return asking(question_text(question.text), told or answers[place], self.vocabulary, max_tokens=self.max_tokens)

    @cached_property
    def _targets(self) -> tuple[tuple[str, ...], ...]:
        return tuple(target_answers(question) for question in self.questions)


def question_text(question: str) -> str:
    """A question as an encoder-decoder reads it: its answer goes where the sentinel stands."""
    return f"{question} {HIDDEN}"


def question_prompt(question: str) -> str:
    """A question as a decoder reads it: its answer goes on from here.

    >>> question_prompt("What is the capital of Spain?")
    'Question: What is the capital of Spain? Answer:'
    """
    return f"Question: {question} Answer:"


def target_answers(question: Question) -> tuple[str, ...]:
    """The answers to learn: as many as there are right entities (files list their preferred names first)."""
    return question.answers[: max(1, len(question.answer_entities))]


def asking(text: str, answer: str, vocabulary: Vocabulary, *, max_tokens: int) -> Sequence:
    """The sequence whose text hides `answer` behind the first sentinel; the target is sentinel, answer, end.

    Differs from T5's own format in one word: no sentinel closes the target.
    """
    hidden = vocabulary.sentinel(0)
    target = np.concatenate([[hidden], vocabulary.encode(answer), [vocabulary.end]])
    words, room = vocabulary.encode(text), max_tokens - len(vocabulary.prefix) - len(vocabulary.suffix)
    if len(words) > room:  # the words about the sentinel stay
        place = int(np.flatnonzero(words == hidden)[-1]) if hidden in words else 0
        first = min(max(place - room // 2, 0), len(words) - room)
        words = words[first : first + room]
    return plain_sequence(vocabulary.wrap(words), decoder_targets=target[:max_tokens])


def answering(
    source: NDArray[np.int64], answers: SequenceOf[str], vocabulary: Vocabulary, *, max_tokens: int
) -> Sequence:
    """The sequence whose text has a sentinel for each answer; its target is the sentinels with their answers.

    Args:
        source: the text's word ids, without special words at the ends.
        answers: what the sentinels hide, in order.
        vocabulary: of the ids.
        max_tokens: source and target are cut to so many.
    """
    marked = [part for i, one in enumerate(answers) for part in ([vocabulary.sentinel(i)], vocabulary.encode(one))]
    target = np.concatenate([*marked, [vocabulary.end]]).astype(np.int64)
    kept = source[: max_tokens - len(vocabulary.prefix) - len(vocabulary.suffix)]
    return plain_sequence(vocabulary.wrap(kept), decoder_targets=target[:max_tokens])
