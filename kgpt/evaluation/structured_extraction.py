"""Structured extraction: the triples that a model reads out of sentences, free and held to the grammar.

Scored as DeepStruct (Wang et al., 2022, section 3): micro precision, recall and F1 over whole triples, names compared
in SQuAD's normal form; a structure that does not parse states nothing. Ours: the share of such, and the constraint.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from transformers import LogitsProcessorList

from kgpt.errors import CheckpointError, ConfigError
from kgpt.evaluation.constrained_decoding import StructureConstraint
from kgpt.evaluation.exam import Exam
from kgpt.evaluation.task import Count, Measured, Need, recipe_of, tasks
from kgpt.kg.graph import KnowledgeGraph
from kgpt.model import LoadedModel
from kgpt.progress import track
from kgpt.randomness import hash_sample
from kgpt.records import AlignedPassage, Result
from kgpt.sequences.structure_format import StructureFormat, StructureTask, Words
from kgpt.sequences.structure_grammar import GraphNamesInWords
from kgpt.text import normalize_answer
from kgpt.verbalization.structure import Fact, parse_structure, unmarked

TASK = "structured_extraction"
FREE, CONSTRAINED = "free", "constrained"


@dataclass(frozen=True, slots=True)
class ExtractionItem:
    """A sentence and the facts it states, as it writes their ends."""

    id: str
    text: str
    facts: tuple[Fact, ...]


def extraction_items(passages: Iterable[AlignedPassage], graph: KnowledgeGraph) -> Iterator[ExtractionItem]:
    """The passages that state a triple of `graph` between two of their mentions."""
    for passage in passages:
        surfaces: dict[str, str] = {}
        for link in passage.links:
            surfaces.setdefault(link.entity, passage.text[link.start : link.end])
        facts = []
        for triple in (item.triple for item in passage.alignments):
            relation = graph.relations.ids.find(triple.relation)
            if triple.head in surfaces and triple.tail in surfaces and relation is not None:
                facts.append((surfaces[triple.head], graph.relations.label(relation), surfaces[triple.tail]))
        if facts:
            yield ExtractionItem(passage.id, passage.text, tuple(facts))


def evaluate_structured_extraction(
    loaded: LoadedModel,
    items: Sequence[ExtractionItem],
    graph: KnowledgeGraph,
    *,
    form: StructureFormat,
    task: StructureTask = "triple",
    num_beams: int = 1,
    max_new_words: int = 256,
    batch_size: int = 32,
) -> list[Result]:
    """`precision`, `recall`, `f1` and `malformed_frac`, decoded freely and held to the grammar (two subsets).

    Args:
        loaded: an encoder-decoder trained on structures.
        items: what to extract from.
        graph: its relations and types are what the grammar lets through.
        form: how training wrote sentences and facts.
        task: what is asked for.
        num_beams: 1 is greedy (the paper has 8).
        max_new_words: of a structure.
        batch_size: sentences at once.

    Raises:
        CheckpointError: the model is no encoder-decoder.
    """
    if loaded.architecture != "encoder_decoder":
        raise CheckpointError(
            f"structured extraction needs an encoder-decoder; this checkpoint is {loaded.architecture}"
        )
    decoder = StructureDecoder(loaded, GraphNamesInWords(graph, form), task, num_beams, max_new_words)
    results = []
    for subset in (FREE, CONSTRAINED):
        written: list[str] = []
        starts = range(0, len(items), batch_size)
        for start in track(starts, what=f"extraction, {subset}", total=len(starts)):
            texts = [item.text for item in items[start : start + batch_size]]
            written += decoder.write(texts, is_constrained=subset == CONSTRAINED)
        figures = score_structures(written, [item.facts for item in items])
        results += [Result(TASK, subset, metric, value, len(items)) for metric, value in figures.items()]
    return results


def score_structures(written: Sequence[str], gold: Sequence[Iterable[Fact]]) -> dict[str, float]:
    """Micro precision, recall and F1 over triples, and the share of texts that do not parse.

    >>> score_structures(["( a ; r ; b )", "( a ;"], [[("a", "r", "b")], [("c", "r", "d")]])
    {'precision': 1.0, 'recall': 0.5, 'f1': 0.6666666666666666, 'malformed_frac': 0.5}
    """
    num_right = num_found = num_gold = num_malformed = 0
    for text, facts in zip(written, gold, strict=True):
        parsed = parse_structure(text)
        num_malformed += parsed is None
        found, right = {_normal(fact) for fact in parsed or ()}, {_normal(fact) for fact in facts}
        num_right += len(found & right)
        num_found += len(found)
        num_gold += len(right)
    return {
        "precision": num_right / max(num_found, 1),
        "recall": num_right / max(num_gold, 1),
        "f1": 2 * num_right / max(num_found + num_gold, 1),
        "malformed_frac": num_malformed / max(len(written), 1),
    }


@dataclass(frozen=True, slots=True)
class StructureDecoder:
    """Writes structures for sentences."""

    loaded: LoadedModel
    names: GraphNamesInWords
    task: StructureTask
    num_beams: int
    max_new_words: int

    @torch.inference_mode()
    def write(self, texts: Sequence[str], *, is_constrained: bool) -> list[str]:
        """The structure of every text."""
        vocabulary, model = self.loaded.vocabulary, self.loaded.model
        words = [vocabulary.encode(text) for text in texts]
        sources = [self.names.form.source(self.task, one) for one in words]
        ids, present = _padded(sources, vocabulary.pad)
        constraint = [self._constraint(words)] if is_constrained else []
        out = model.backbone.eval().generate(
            input_ids=ids.to(model.device),
            attention_mask=present.to(model.device),
            max_new_tokens=self.max_new_words,
            do_sample=False,
            num_beams=self.num_beams,
            logits_processor=LogitsProcessorList(constraint),
        )
        return [vocabulary.decode(row) for row in out.tolist()]

    def _constraint(self, words: Sequence[Words]) -> StructureConstraint:
        config = self.loaded.model.backbone.generation_config
        return StructureConstraint(
            words,
            self.names,
            max_new_words=self.max_new_words,
            rows_per_source=self.num_beams,
            num_given=1 + (getattr(config, "forced_bos_token_id", None) is not None),
            pad=self.loaded.vocabulary.pad,
        )


def _padded(sources: Sequence[Words], pad: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Word ids and which are there, [B, S] each."""
    ids = np.full((len(sources), max(map(len, sources))), pad, np.int64)
    for row, source in enumerate(sources):
        ids[row, : len(source)] = source
    lengths = np.array([len(source) for source in sources])
    return torch.from_numpy(ids), torch.from_numpy((np.arange(ids.shape[1]) < lengths[:, None]).astype(np.int64))


def _normal(fact: Fact) -> Fact:
    head, relation, tail = (normalize_answer(unmarked(name)) for name in fact)
    return head, relation, tail


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

    def check(self, exam: Exam) -> None:
        """Refuse an exam whose passages state nothing."""
        if next(extraction_items(exam.passages, exam.graph), None) is None:
            raise ConfigError("no passage states a fact of the graph; ask it in `kgpt run`")

    def measure(self, loaded: LoadedModel, exam: Exam) -> Measured:
        """`precision`, `recall`, `f1`, `malformed_frac`, decoded freely and held to the grammar."""
        told = recipe_of(loaded)
        form = StructureFormat(
            vocabulary=loaded.vocabulary,
            dataset=str(told.get("dataset", "corpus")),
            max_tokens=4 * int(told.get("max_tokens", 128)),
        )
        self.check(exam)
        items = extraction_items(exam.passages, exam.graph)
        return evaluate_structured_extraction(
            loaded,
            hash_sample(items, self.max_items, keys=lambda one: ("extraction", one.id)),
            exam.graph,
            form=form,
            num_beams=self.num_beams,
            max_new_words=self.max_new_words,
        )
