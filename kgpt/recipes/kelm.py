"""KELM (Agarwal et al., 2021): a graph written out as sentences, to be read beside text.

Differs from the paper:
- sentences are written by rule (`template`) or by patterns learnt from the aligned corpus (`ngram`), anew in every
  pass; what a fine-tuned generator wrote (`generator`) is read from a file that `kgpt verbalize` made;
- a subgraph is drawn in proportion to how often its relations are told together (there the likeliest triples), of up
  to five triples; dates and quantities are not told;
- patterns seen once are left out, the others ranked by an n-gram model and the lowest 1 % dropped (there sentences,
  by a regressor fine-tuned on people's judgements); a pattern may still say more than its triples;
- the sentences are pre-trained on (there they are the corpus that REALM retrieves from), text and train questions join;
- sentences of a file that tell a triple the training graph has not are left out: it may be held out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from kgpt.alignment.sentence import sentence_splitter
from kgpt.errors import ConfigError
from kgpt.model import Architecture
from kgpt.objectives import Objective
from kgpt.recipes.base import Count, Length, Probability, TrainingData, Weight, WordRecipe, recipes, weighed
from kgpt.recipes.text_only import TextOnly, language_modelling
from kgpt.records import Document
from kgpt.sequences import WeightedStream
from kgpt.sequences.aligned_facts import AlignedFacts
from kgpt.sequences.passage_pieces import passage_pieces
from kgpt.sequences.written_stream import ASKING, WrittenStream
from kgpt.sources.documents import DocumentsFile
from kgpt.verbalization.aggregation import TemplateWriter
from kgpt.verbalization.base import PieceSource
from kgpt.verbalization.document_source import DocumentSource
from kgpt.verbalization.pattern import PatternBook, PatternWriter, ToldText
from kgpt.verbalization.pieces import linked
from kgpt.verbalization.statement import StatementBook
from kgpt.verbalization.subgraph import RelationCounts, SubgraphGrower
from kgpt.verbalization.subgraph_source import SubgraphSource

VerbalizationMode = Literal["template", "ngram", "generator"]


@recipes.register("kelm")
@dataclass(frozen=True, kw_only=True, slots=True)
class Kelm(WordRecipe):
    """Pre-training on sentences from the graph.

    Args:
        sentence_weight: the sentences' share of the tokens.
        text_weight: the text's share.
        question_weight: the train questions' share (not on an encoder).
        mode: `template`, `ngram`, or `generator`, which needs `sentences`.
        sentences: documents that `kgpt verbalize` wrote, read instead of written anew.
        max_triples: of a subgraph.
        max_tokens: longest sequence.
        salient_prob: how often an encoder-decoder hides mentions instead of random spans.
    """

    sentence_weight: Weight = 0.7
    text_weight: Weight = 0.2
    question_weight: Weight = 0.1
    mode: VerbalizationMode = "template"
    sentences: str = ""
    max_triples: Count = 5
    max_tokens: Length = 128
    salient_prob: Probability = 0.5

    def __post_init__(self) -> None:
        """Check that there are sentences to read where none are written.

        Raises:
            ConfigError: the mode is `generator` and no file is named.
        """
        if self.mode == "generator" and not self.sentences:
            raise ConfigError(
                "sentences: mode 'generator' reads a file; write one with kgpt verbalize --mode generator"
            )

    def files(self) -> Sequence[Path]:
        """The sentences, where they come from a file."""
        return [Path(self.sentences)] if self.sentences else []

    @property
    def architectures(self) -> Sequence[Architecture]:
        """All."""
        return ("encoder", "encoder_decoder", "decoder")

    def streams(self, data: TrainingData, architecture: Architecture) -> Mapping[str, WeightedStream]:
        """Sentences, and what the control reads."""
        sentences = WrittenStream(
            source=self._source(data),
            vocabulary=data.vocabulary,
            asking=ASKING[architecture],
            max_tokens=self.max_tokens,
            salient_prob=self.salient_prob,
        )
        text = TextOnly(
            text_weight=self.text_weight,
            question_weight=self.question_weight,
            max_tokens=self.max_tokens,
            salient_prob=self.salient_prob,
        )
        mixed = {
            "sentences": WeightedStream(sentences, self.sentence_weight, "triples"),
            **text.streams(data, architecture),
        }
        return weighed(mixed)

    def objectives(self, architecture: Architecture) -> Sequence[Objective]:
        """That of text."""
        return (language_modelling(architecture),)

    def _source(self, data: TrainingData) -> PieceSource:
        if self.sentences:
            items = DocumentsFile(Path(self.sentences)).read()
            return DocumentSource((item for item in items if isinstance(item, Document)), data.graph)
        facts = data.facts
        counts = RelationCounts(facts.of(number) for number in range(len(data.passages)))
        statements = StatementBook(data.graph)
        writer = (
            PatternWriter(learnt_patterns(data, facts), statements)
            if self.mode == "ngram"
            else TemplateWriter(statements)
        )
        return SubgraphSource(grower=SubgraphGrower(data.graph, counts, self.max_triples), writer=writer)


def learnt_patterns(data: TrainingData, facts: AlignedFacts) -> PatternBook:
    """The sentence patterns of the run's own passages."""
    texts = (
        ToldText(*linked(passage_pieces(data.passages, number, data.vocabulary)), facts.of(number))
        for number in range(len(data.passages))
    )
    return PatternBook(texts, sentence_splitter())
