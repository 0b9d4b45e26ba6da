"""What a decoder reads: each word asks for the next (Radford et al., 2018); of a question its answer alone is asked."""

from collections.abc import Sequence as SequenceOf
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from kgpt.records import Question
from kgpt.sequences.passage_store import PassageStore
from kgpt.sequences.sequence import NO_TARGET, Sequence, plain_sequence
from kgpt.sequences.text_stream import window
from kgpt.sequences.triple_stream import question_prompt, target_answers
from kgpt.sequences.vocabulary import Vocabulary


@dataclass(frozen=True, kw_only=True)
class CausalTextStream:
    """Passages read word by word, longer ones cut to a random window."""

    passages: PassageStore
    vocabulary: Vocabulary
    max_tokens: int

    def __len__(self) -> int:
        return len(self.passages)

    def draw(self, index: int, rng: np.random.Generator) -> Sequence:
        """One passage; a window that is not the passage's end does not end with the closing word."""
        words = self.passages.word_ids(index)
        kept = window(words, self.max_tokens - 2, rng)
        return causal_sequence(kept, self.vocabulary, is_whole=len(kept) == len(words))


@dataclass(frozen=True, kw_only=True)
class CausalQuestionStream:
    """Questions with one of their answers, in the prompt that evaluation asks them with; only the answer is asked."""

    questions: tuple[Question, ...]
    vocabulary: Vocabulary
    max_tokens: int = 96

    def __len__(self) -> int:
        return len(self.questions)

    def draw(self, index: int, rng: np.random.Generator) -> Sequence:
        """One question; its answer is the first name of one of the right entities."""
        answers = self._answers[index]
        answer = answers[int(rng.integers(len(answers)))]
        prompt = self.vocabulary.encode(question_prompt(self.questions[index].text))
        told = self.vocabulary.encode(f" {answer}")[: self.max_tokens - 2]
        prompt = prompt[max(len(prompt) + len(told) + 2 - self.max_tokens, 0) :]
        return causal_sequence(np.concatenate([prompt, told]), self.vocabulary, num_given=len(prompt))

    @cached_property
    def _answers(self) -> SequenceOf[tuple[str, ...]]:
        return tuple(target_answers(question) for question in self.questions)


def causal_sequence(
    words: NDArray[np.int64], vocabulary: Vocabulary, *, num_given: int = 0, is_whole: bool = True
) -> Sequence:
    """Words for a decoder, between the words that open and close a text; each place asks for the next word.

    Args:
        words: bare, [N].
        vocabulary: opens texts with its own first word, where it has one.
        num_given: the first so many words are not asked for.
        is_whole: whether the text ends here, which the closing word tells.
    """
    opening = _opening(vocabulary)
    closing = np.array([vocabulary.end] if is_whole else [], np.int64)
    ids = np.concatenate([opening, words, closing])
    targets = np.full(len(ids), NO_TARGET, np.int64)
    targets[:-1] = ids[1:]
    targets[: max(0, len(opening) + num_given - 1)] = NO_TARGET
    return plain_sequence(ids, targets=targets)


def prompt_words(vocabulary: Vocabulary, prompt: str) -> NDArray[np.int64]:
    """The words of a text that a decoder shall go on with: opened, not closed."""
    return np.concatenate([_opening(vocabulary), vocabulary.encode(prompt)])


def _opening(vocabulary: Vocabulary) -> NDArray[np.int64]:
    """The word that opens a text, where the vocabulary has one."""
    start = vocabulary.tokenizer.bos_token_id
    return np.array([] if start is None else [start], np.int64)
