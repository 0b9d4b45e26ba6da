"""KG-T5 (SKILL, Moiseev et al., 2022): triples with one entity hidden, mixed with span-corrupted text.

Differs from the paper:
- shares are of tokens, not of examples (there 50:50), and train questions join the mixture, as in every arm;
- train questions are a tenth of the tokens (`question_weight`), the same in every arm;
- a triple also appears in its inverse and as template sentences, not as "subject, relation, object" alone
  (`forms: [linear]` is the paper's); facts seen in one form are stored but hard to ask for;
- the hidden entity is the tail in 70 % of the draws (the paper does not state its share; `tail_prob: 0.5`);
- the target ends without a closing sentinel;
- `path_weight`, `list_weight` and `context_weight` (all 0: SKILL has none) add paths of two and three hops, all tails
  of a head and relation as one answer, and queries beside a neighbourhood;
- `corpus: sentences` is the paper's other corpus: an entity is hidden in sentences that tell triples (algorithm 1), the
  run's own passages or a file of `kgpt verbalize`; sentences are true whatever the graph, so a shuffled control that
  reads the run's passages hides other places of the same text (and of a file it may read nothing);
- AdamW with a cosine schedule instead of Adafactor at a constant 1e-3, and text hides linked mentions half the time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from kgpt.model import Architecture
from kgpt.objectives import SPAN_CORRUPTION, Objective
from kgpt.recipes.base import Count, Length, Limit, Probability, TrainingData, Weight, WordRecipe, recipes, weighed
from kgpt.recipes.text_only import TextOnly
from kgpt.records import Document
from kgpt.sequences import TripleStream, WeightedStream
from kgpt.sequences.link_stream import LinkStream
from kgpt.sequences.list_stream import ListStream
from kgpt.sequences.path_stream import HiddenPart, PathStream
from kgpt.sequences.sentence_stream import sentences_of_documents, sentences_of_passages
from kgpt.sequences.stream import Stream
from kgpt.sources.documents import DocumentsFile
from kgpt.verbalization import Form, Verbalizer
from kgpt.verbalization.document_source import DocumentSource


@recipes.register("kg_t5")
@dataclass(frozen=True, kw_only=True, slots=True)
class KgT5(WordRecipe):
    """Pre-training on triples.

    Args:
        triple_weight: the share of triples, or of sentences that tell them, of the tokens.
        text_weight: the text's share.
        question_weight: the train questions' share.
        path_weight: the share of paths of several hops.
        list_weight: the share of heads and relations with all their tails as one answer.
        context_weight: the share of queries beside their entity's neighbours.
        corpus: `triples`, or `sentences` that tell them.
        sentences: documents that `kgpt verbalize` wrote; without them sentences are the run's own passages.
        forms: how triples are written: `linear`, `inverse`, `template`.
        tail_prob: how often the tail is hidden, else the head.
        num_hops: of the paths, drawn from alike.
        path_hidden: what of a path is to be written, drawn from alike: its `end`, the `middle`, `both`, or the end of a
            path told without its middle (`composed`), or asked for in plain words (`question`). With `question` and one
            hop an arm reads many of the very questions of the task `coverage`: compare it by other questions then.
        path_max_degree: an entity with more triples is no start and no middle of a path; null takes all.
        path_inverses: ids of the relations that paths follow from tail to head; null is all of them.
        answer_steps: whether questions of several hops are answered step by step, naming the entities on the way.
        max_answers: a longer list of tails keeps its first, by name.
        max_neighbors: lines of a query's context.
        max_tokens: longest text sequence.
        salient_prob: how often text hides linked mentions instead of random spans.
    """

    triple_weight: Weight = 0.7
    text_weight: Weight = 0.2
    question_weight: Weight = 0.1
    path_weight: Weight = 0.0
    list_weight: Weight = 0.0
    context_weight: Weight = 0.0
    corpus: Literal["triples", "sentences"] = "triples"
    sentences: str = ""
    forms: Annotated[tuple[Form, ...], Field(min_length=1)] = ("linear", "inverse", "template")
    tail_prob: Probability = 0.7
    num_hops: Annotated[tuple[Count, ...], Field(min_length=1)] = (2, 3)
    path_hidden: Annotated[tuple[HiddenPart, ...], Field(min_length=1)] = ("end", "middle", "both", "composed")
    path_max_degree: Count | None = None
    path_inverses: tuple[str, ...] | None = None
    answer_steps: bool = False
    max_answers: Count = 10
    max_neighbors: Limit = 20
    max_tokens: Length = 128
    salient_prob: Probability = 0.5

    def files(self) -> Sequence[Path]:
        """The sentences, where they come from a file."""
        return [Path(self.sentences)] if self.sentences else []

    @property
    def architectures(self) -> Sequence[Architecture]:
        """Encoder-decoders."""
        return ("encoder_decoder",)

    def streams(self, data: TrainingData, architecture: Architecture) -> Mapping[str, WeightedStream]:
        """Triples, and what the control reads."""
        text = TextOnly(
            text_weight=self.text_weight,
            question_weight=self.question_weight,
            max_tokens=self.max_tokens,
            salient_prob=self.salient_prob,
        )
        is_text = self.corpus == "sentences" and not self.sentences
        mixed = {
            self.corpus: WeightedStream(self._facts(data), self.triple_weight, "passages" if is_text else "triples"),
            **text.streams(data, architecture),
            **data.question_streams(self.question_weight, in_steps=self.answer_steps),
            **self._several_hops(data),
        }
        return weighed(mixed)

    def objectives(self, architecture: Architecture) -> Sequence[Objective]:
        """Span corruption, on text and triples alike."""
        del architecture
        return (SPAN_CORRUPTION,)

    def _facts(self, data: TrainingData) -> Stream:
        """Triples, or sentences that tell them, with an entity hidden."""
        graph, vocabulary = data.graph, data.vocabulary
        if self.corpus == "triples":
            return TripleStream(
                verbalizer=Verbalizer(graph), vocabulary=vocabulary, forms=self.forms, tail_prob=self.tail_prob
            )
        if not self.sentences:
            return sentences_of_passages(data.facts, vocabulary, max_tokens=self.max_tokens)
        items = DocumentsFile(Path(self.sentences)).read()
        source = DocumentSource((item for item in items if isinstance(item, Document)), graph)
        return sentences_of_documents(source, graph, vocabulary, max_tokens=self.max_tokens)

    def _several_hops(self, data: TrainingData) -> Mapping[str, WeightedStream]:
        """What triples alone do not teach: paths, lists of answers, neighbourhoods."""
        graph, vocabulary = data.graph, data.vocabulary
        context = LinkStream(
            graph=graph,
            vocabulary=vocabulary,
            max_neighbors=self.max_neighbors,
            has_unique_names=False,
            has_sentinel=True,
        )
        paths = PathStream(
            graph=graph,
            vocabulary=vocabulary,
            num_hops=self.num_hops,
            hidden=self.path_hidden,
            max_degree=self.path_max_degree,
            inverses=self.path_inverses,
            steps=self.answer_steps,
            kept_out=data.kept_out,
        )
        lists = ListStream(graph=graph, vocabulary=vocabulary, max_answers=self.max_answers)
        return {
            "paths": WeightedStream(paths, self.path_weight, "triples"),
            "lists": WeightedStream(lists, self.list_weight, "triples"),
            "contexts": WeightedStream(context, self.context_weight, "triples"),
        }
