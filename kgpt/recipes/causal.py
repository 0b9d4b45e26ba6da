"""Continued causal pre-training of a decoder on text, triples, passages and questions together (ours).

No one paper's method; its parts:
- passages about entities and pairs of them as EntiGraph (Yang et al., 2024), written by template instead of a model;
- triples as strings and sentences as SKILL (Moiseev et al., 2022), read left to right instead of one entity hidden;
- questions from the start, since facts that are only read are hard to ask for (Allen-Zhu and Li, 2023, mixed training);
- plain text replayed so that the checkpoint's language stays (`replay_weight`; Ibrahim et al., 2024).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from kgpt.model import Architecture
from kgpt.objectives import CAUSAL_LM, Objective
from kgpt.recipes.base import Length, Probability, TrainingData, Weight, WordRecipe, recipes, weighed
from kgpt.recipes.text_only import TextOnly
from kgpt.sequences import WeightedStream
from kgpt.sequences.written_stream import WrittenStream
from kgpt.verbalization import Form
from kgpt.verbalization.base import PieceSource
from kgpt.verbalization.entity_passage import EntityPassages
from kgpt.verbalization.triple_source import TripleSource


@recipes.register("causal")
@dataclass(frozen=True, kw_only=True, slots=True)
class Causal(WordRecipe):
    """Pre-training a decoder on mixed text.

    Args:
        triple_weight: the triples' share of the tokens.
        passage_weight: the share of passages about entities.
        replay_weight: the plain text's share.
        question_weight: the train questions' share.
        forms: how triples are written: `linear`, `inverse`, `template`.
        pair_prob: how often a passage is about two entities.
        max_tokens: longest sequence.
    """

    triple_weight: Weight = 0.3
    passage_weight: Weight = 0.3
    replay_weight: Weight = 0.3
    question_weight: Weight = 0.1
    forms: Annotated[tuple[Form, ...], Field(min_length=1)] = ("linear", "inverse", "template")
    pair_prob: Probability = 0.5
    max_tokens: Length = 128

    @property
    def architectures(self) -> Sequence[Architecture]:
        """Decoders."""
        return ("decoder",)

    def streams(self, data: TrainingData, architecture: Architecture) -> Mapping[str, WeightedStream]:
        """Triples, passages, and what the control reads."""
        control = TextOnly(
            text_weight=self.replay_weight, question_weight=self.question_weight, max_tokens=self.max_tokens
        )
        sources: dict[str, tuple[PieceSource, float]] = {
            "triples": (TripleSource(graph=data.graph, forms=self.forms), self.triple_weight),
            "passages": (
                EntityPassages(graph=data.graph, pair_prob=self.pair_prob, kept_out=data.kept_out),
                self.passage_weight,
            ),
        }
        written = {
            name: WeightedStream(
                WrittenStream(source=source, vocabulary=data.vocabulary, asking="next", max_tokens=self.max_tokens),
                weight,
                "triples",
            )
            for name, (source, weight) in sources.items()
        }
        mixed = {**written, **control.streams(data, architecture)}
        return weighed(mixed)

    def objectives(self, architecture: Architecture) -> Sequence[Objective]:
        """The next word."""
        del architecture
        return (CAUSAL_LM,)
