"""The tasks that probe by sentence, text and statement: cloze templates, perplexity, triple classification, extraction.

Link prediction, which every kind of model is asked in its own way, is in `link_task.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import Field

from kgpt.errors import ConfigError
from kgpt.evaluation.cloze_template import evaluate_cloze_templates, mean_over_relations
from kgpt.evaluation.exam import Exam
from kgpt.evaluation.facts import AskedFact
from kgpt.evaluation.perplexity import evaluate_perplexity
from kgpt.evaluation.structured_extraction import evaluate_structured_extraction, extraction_items
from kgpt.evaluation.task import Measured, Need, tasks
from kgpt.evaluation.triple_classification import (
    LabelledTriples,
    NodeTripleScorer,
    TextTripleScorer,
    classification_f1,
    evaluate_triple_classification,
    floor_outcomes,
    labelled_triples,
    split_labelled,
)
from kgpt.evaluation.whole_set import by_subset, told_apart
from kgpt.kg.graph import KnowledgeGraph
from kgpt.model import LoadedModel
from kgpt.model.stack import num_positions
from kgpt.randomness import stable_hash
from kgpt.records import Outcome, Result, Triple
from kgpt.sequences.structure_format import StructureFormat
from kgpt.sources.cloze_templates import ClozeTemplatesFile
from kgpt.sources.tsv import read_triples

MAJORITY = "majority"
Count = Annotated[int, Field(ge=1)]


@tasks.register("cloze_template")
@dataclass(frozen=True, kw_only=True, slots=True)
class ClozeByTemplate:
    """The right tail at its place of a sentence, against the relation's other tails (LAMA, ParaRel).

    Args:
        templates: LAMA's relations, ParaRel's patterns, or a file of either form; may hold `{data_dir}`.
        max_candidates: tails that are ranked.
    """

    templates: str = ""
    max_candidates: Annotated[int, Field(ge=2)] = 100

    needs: ClassVar[tuple[Need, ...]] = ("graph",)
    after_fine_tuning: ClassVar[bool] = False

    def refuses(self, loaded: LoadedModel) -> str:
        """No model."""
        del loaded
        return ""

    def measure(self, loaded: LoadedModel, exam: Exam) -> Measured:
        """`p_at_1`, `p_at_10`, `mrr`, with paraphrases `consistency`; `macro_METRIC` is the mean over relations."""
        templates = list(ClozeTemplatesFile(exam.path(self.templates, setting="templates")).read())
        facts = _asked_of(exam, {one.relation for one in templates})
        found = evaluate_cloze_templates(loaded, facts, exam.graph, templates, max_candidates=self.max_candidates)
        return [*found, *mean_over_relations(found)]


def _asked_of(exam: Exam, relations: set[str]) -> list[AskedFact]:
    """As many facts as a task asks, of some relations alone."""
    ids = exam.graph.relations.ids
    everything = replace(exam, max_facts=exam.graph.num_triples).asked()
    return list(islice((fact for fact in everything if ids[fact.relation] in relations), exam.max_facts))


@tasks.register("perplexity")
@dataclass(frozen=True, kw_only=True, slots=True)
class Perplexity:
    """Bits a byte of the exam's documents, each architecture by its own convention.

    Args:
        window_tokens: words read at once; fewer where the model has fewer positions.
        max_masked: words of a document that an encoder is asked for.
    """

    window_tokens: Annotated[int, Field(ge=16)] = 256
    max_masked: Count = 32

    needs: ClassVar[tuple[Need, ...]] = ("documents",)
    after_fine_tuning: ClassVar[bool] = False

    def refuses(self, loaded: LoadedModel) -> str:
        """No model."""
        del loaded
        return ""

    def measure(self, loaded: LoadedModel, exam: Exam) -> Measured:
        """`bits_per_byte`, the mean over documents, of all and of every slice."""
        window = min(self.window_tokens, num_positions(loaded.model.config) or self.window_tokens)
        found = evaluate_perplexity(loaded, exam.documents, window_tokens=window, max_masked=self.max_masked)
        return by_subset(found, {"bits_per_byte"})


@tasks.register("triple_classification")
@dataclass(frozen=True, kw_only=True, slots=True)
class TripleClassification:
    """Is a triple true? True and false ones from two files, half of each pair of ends to tune thresholds on.

    A model with nodes for the graph's entities scores by them, any other by the tail's label.

    Args:
        positives: true triples, tab-separated; may hold `{data_dir}`.
        negatives: false triples.
        max_items: read of each file, picked by a hash of their ids.
    """

    positives: str = ""
    negatives: str = ""
    max_items: Count = 2_000

    needs: ClassVar[tuple[Need, ...]] = ("graph",)
    after_fine_tuning: ClassVar[bool] = False

    def refuses(self, loaded: LoadedModel) -> str:
        """No model."""
        del loaded
        return ""

    def measure(self, loaded: LoadedModel, exam: Exam) -> Measured:
        """`accuracy`, `precision`, `recall`, `f1`; subset `majority` is what a relation's more frequent side gives."""
        graph = exam.graph
        has_nodes = bool(loaded.entity_ids) and loaded.entity_ids == tuple(graph.entities.ids)
        scorer = NodeTripleScorer(loaded, graph) if has_nodes else TextTripleScorer(loaded, graph)
        tuning, test = split_labelled(self._labelled(exam), graph)
        if not len(test.triples):
            return []
        found = evaluate_triple_classification(scorer, tuning, test, graph)
        return [*found, *classification_f1(found), *_floor(tuning, test, graph)]

    def _labelled(self, exam: Exam) -> LabelledTriples:
        paths = (exam.path(self.positives, setting="positives"), exam.path(self.negatives, setting="negatives"))
        positives, negatives = (_some_triples(path, self.max_items) for path in paths)
        return labelled_triples(positives, negatives, exam.graph)


def _some_triples(path: Path, most: int) -> Sequence[Triple]:
    return sorted(read_triples(path), key=lambda one: stable_hash("labelled", *(one.head, one.relation, one.tail)))[
        :most
    ]


def _floor(tuning: LabelledTriples, test: LabelledTriples, graph: KnowledgeGraph) -> list[Result]:
    found: list[Outcome] = floor_outcomes(tuning, test, graph)
    figures = (one for one in classification_f1(found) if one.subset == "all")
    return [*told_apart(found, MAJORITY), *(replace(one, subset=MAJORITY) for one in figures)]


@tasks.register("structured_extraction")
@dataclass(frozen=True, kw_only=True, slots=True)
class StructuredExtraction:
    """The triples that a model trained on structures reads out of the exam's passages.

    Args:
        max_items: passages that state facts, picked by a hash of their ids.
        num_beams: 1 is greedy.
        max_new_words: of a structure.
    """

    max_items: Count = 200
    num_beams: Count = 1
    max_new_words: Count = 256

    needs: ClassVar[tuple[Need, ...]] = ("graph",)
    after_fine_tuning: ClassVar[bool] = False

    def refuses(self, loaded: LoadedModel) -> str:
        """Only models trained on structures know the form."""
        if loaded.architecture != "encoder_decoder" or recipe_of(loaded).get("type") != "deepstruct":
            return "needs an encoder-decoder trained by the recipe deepstruct"
        return ""

    def measure(self, loaded: LoadedModel, exam: Exam) -> Measured:
        """`precision`, `recall`, `f1`, `malformed_frac`, decoded freely and held to the grammar."""
        told = recipe_of(loaded)
        form = StructureFormat(
            vocabulary=loaded.vocabulary,
            dataset=str(told.get("dataset", "corpus")),
            max_tokens=4 * int(told.get("max_tokens", 128)),
        )
        items = sorted(extraction_items(exam.passages, exam.graph), key=lambda one: stable_hash("extraction", one.id))
        if not items:
            raise ConfigError("structured_extraction: no passage states a fact of the graph; ask it in `kgpt run`")
        return evaluate_structured_extraction(
            loaded,
            items[: self.max_items],
            exam.graph,
            form=form,
            num_beams=self.num_beams,
            max_new_words=self.max_new_words,
        )


def recipe_of(loaded: LoadedModel) -> dict[str, Any]:
    """The settings of the recipe that trained a model; empty where nobody knows."""
    return dict(loaded.about.get("recipe", {}))
