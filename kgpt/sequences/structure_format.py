"""Word ids of structures and of what asks for them, the same for training, decoding and evaluation (DeepStruct)."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from kgpt.errors import ConfigError
from kgpt.sequences.piecewise import PieceEncoder
from kgpt.sequences.vocabulary import Vocabulary
from kgpt.verbalization.structure import MARKS, unmarked

StructureTask = Literal["triple", "entity", "relation"]
Words: TypeAlias = NDArray[np.int64]
_BLANKS = str.maketrans("▁Ġ", "  ")
WordFact: TypeAlias = tuple[Words, str, Words]
"""Head, relation and tail; the ends as word ids of the text that they are spans of."""


@dataclass(frozen=True, kw_only=True)
class StructureFormat:
    """How sentences and facts are written.

    Args:
        vocabulary: of the model.
        dataset: what the prefix calls the source of the sentences; one model may learn from several.
        max_tokens: longer sources lose their end.
    """

    vocabulary: Vocabulary
    dataset: str = "corpus"
    max_tokens: int = 512

    def __post_init__(self) -> None:
        """Check that the vocabulary can write structures.

        Raises:
            ConfigError: it has no word for a mark.
        """
        unknown = self.vocabulary.tokenizer.unk_token_id
        for mark in MARKS:
            if unknown is not None and unknown in self.vocabulary.encode(f" {mark}"):
                raise ConfigError(
                    f"the vocabulary has no word for {mark!r}, which structures are made of; learn it from text that "
                    "has one, or continue a checkpoint"
                )

    def source(self, task: StructureTask, words: Words, *, ends: tuple[Words, Words] | None = None) -> Words:
        """What asks for a sentence's structure: "{dataset} : {task} sentence: {words}".

        Args:
            task: what is asked.
            words: the sentence.
            ends: the head and tail whose relation is asked, for `relation`.
        """
        given: list[Words] = [self.encoded(f"{self.dataset} : {task}")]
        if ends is not None:
            given += [self.encoded(" between"), ends[0], self.encoded(" and"), ends[1]]
        whole = np.concatenate([*given, self.encoded(" sentence:"), words])
        return self.vocabulary.wrap(
            whole[: self.max_tokens - len(self.vocabulary.prefix) - len(self.vocabulary.suffix)]
        )

    def target(self, facts: Iterable[WordFact]) -> Words:
        """Facts as "( head ; relation ; tail )", one after the other, and the end."""
        parts: list[Words] = []
        for head, relation, tail in facts:
            parts += [self.opening, head, self.between, self.relation(relation), self.between, tail, self.closing]
        return np.concatenate([*parts, [self.vocabulary.end]]).astype(np.int64)

    def relation(self, label: str) -> Words:
        """A relation's label as it stands in a structure."""
        return self.encoded(f" {unmarked(label)}")

    def encoded(self, text: str) -> Words:
        """The word ids of a piece; one that begins with a blank follows something."""
        return self.pieces.ids([text])

    def is_plain(self, words: Words) -> bool:
        """Whether words can stand in a structure: none of them holds a mark, and there is one."""
        return bool(len(words)) and not self.has_mark[words].any()

    @cached_property
    def opening(self) -> Words:
        """` (`."""
        return self.encoded(" (")

    @cached_property
    def between(self) -> Words:
        """` ;`."""
        return self.encoded(" ;")

    @cached_property
    def closing(self) -> Words:
        """` )`."""
        return self.encoded(" )")

    @cached_property
    def pieces(self) -> PieceEncoder:
        """Encodes texts in pieces."""
        return PieceEncoder(self.vocabulary)

    @cached_property
    def has_mark(self) -> NDArray[np.bool_]:
        """Which words hold a mark of structures, or are special, [V]."""
        texts = self.vocabulary.tokenizer.convert_ids_to_tokens(list(range(self.vocabulary.size)))
        found = np.array([any(mark in (text or MARKS) for mark in MARKS) for text in texts])
        found[list(self.vocabulary.special)] = True
        return found

    @cached_property
    def is_blank(self) -> NDArray[np.bool_]:
        """Which words are nothing but a blank, [V]."""
        texts = self.vocabulary.tokenizer.convert_ids_to_tokens(list(range(self.vocabulary.size)))
        return np.array([not (text or "").translate(_BLANKS).strip() for text in texts])
