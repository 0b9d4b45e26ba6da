"""A recipe answers three questions: which sequences, which model inputs and heads, which losses with which weights."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Protocol, runtime_checkable

from pydantic import Field

from kgpt.kg.graph import KnowledgeGraph
from kgpt.model import Architecture, PartSettings
from kgpt.objectives import Objective
from kgpt.records import Question
from kgpt.registry import Registry
from kgpt.sequences import PassageStore, QuestionStream, Vocabulary, WeightedStream
from kgpt.sequences.aligned_facts import AlignedFacts
from kgpt.verbalization.answer_steps import StepTeller

Weight = Annotated[float, Field(ge=0, allow_inf_nan=False)]
"""From 0 on; a stream of weight 0 is not read."""
Probability = Annotated[float, Field(ge=0, le=1)]
"""How often something is done."""
Count = Annotated[int, Field(ge=1)]
"""Of what there must be one at least."""
Limit = Annotated[int, Field(ge=0)]
"""At most so many; 0 is none."""
Length = Annotated[int, Field(ge=8)]
"""Of a sequence: room for the words that open and close it, and for some between."""
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
"""What is divided by."""


@dataclass(frozen=True, eq=False)
class TrainingData:
    """What every arm of an experiment may train on.

    Args:
        graph: the true graph less what is held out, or its shuffled twin.
        passages: the corpus, tokenised and aligned.
        vocabulary: of words.
        questions: the train split, the same for every arm.
        is_shuffled: whether `graph` is the shuffled twin, so that what the text states is not in it.
        kept_out: pairs of entities that test and dev questions ask about (`pair_key`): what a recipe makes of the graph
            beyond its triples joins none of them.
    """

    graph: KnowledgeGraph
    passages: PassageStore
    vocabulary: Vocabulary
    questions: tuple[Question, ...]
    is_shuffled: bool = False
    kept_out: frozenset[tuple[str, str]] = frozenset()

    @cached_property
    def facts(self) -> AlignedFacts:
        """The facts of the passages, as `graph` has them."""
        return AlignedFacts(self.passages, self.graph, is_shuffled=self.is_shuffled)

    def question_streams(self, weight: float, *, in_steps: bool = False) -> dict[str, WeightedStream]:
        """The train questions with their share, where there are any; their answers may be told step by step."""
        steps = StepTeller(self.graph, self.kept_out) if in_steps else None
        stream = QuestionStream(questions=self.questions, vocabulary=self.vocabulary, steps=steps)
        return {"questions": WeightedStream(stream, weight, "nothing")} if self.questions and weight else {}


class Recipe(Protocol):
    """One way to train on text and graph."""

    @property
    def architectures(self) -> Sequence[Architecture]:
        """What backbones it can train."""

    def parts(self, architecture: Architecture) -> Mapping[str, PartSettings]:
        """What its model has besides the backbone, by name; nothing for a recipe of words."""

    def streams(self, data: TrainingData, architecture: Architecture) -> Mapping[str, WeightedStream]:
        """What it reads, with each stream's share of the tokens."""

    def objectives(self, architecture: Architecture) -> Sequence[Objective]:
        """What it minimises."""


@runtime_checkable
class ReadsFiles(Protocol):
    """A recipe that reads files of the user's: another content, another training."""

    def files(self) -> Sequence[Path]:
        """Which."""


class WordRecipe:
    """A recipe whose model is the backbone alone: all that it reads are words."""

    __slots__ = ()

    def parts(self, architecture: Architecture) -> Mapping[str, PartSettings]:
        """None."""
        del architecture
        return {}


def weighed(streams: Mapping[str, WeightedStream]) -> Mapping[str, WeightedStream]:
    """The streams that weigh anything."""
    return {name: one for name, one in streams.items() if one.weight > 0}


recipes: Registry[Recipe] = Registry("recipe")
