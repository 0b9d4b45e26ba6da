"""Relation extraction by fine-tuning: which relation a text states between two of its mentions (FewRel, KnowledgeNet).

Of two entities in a text the first triple counts, whatever their order; KnowledgeNet's properties, each several of
Wikidata's, are so told by the first. Where a source says which relations it was judged for, two linked entities without
a triple are of the class `none`, one pair a text. Pairs of entities are in one part alone; FewRel's own setting, with
relations that train has not, is another.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from kgpt.evaluation.exam import Exam
from kgpt.evaluation.linear_probe import part_of
from kgpt.evaluation.span_classifier import FineTuning, SpanItem, classify
from kgpt.evaluation.span_figures import NONE, span_figures
from kgpt.evaluation.span_states import SpanText
from kgpt.evaluation.task import Count, Measured, Need, TakesAny, tasks
from kgpt.model import LoadedModel
from kgpt.progress import say
from kgpt.randomness import hash_sample
from kgpt.records import NIL, AlignedPassage, Document, Link
from kgpt.sequences.vocabulary import HEAD_MARKS, TAIL_MARKS
from kgpt.sources import open_documents
from kgpt.sources.reading import kept

TASK = "relation_extraction"
Marking = Literal["mentions", "markers"]


@tasks.register(TASK)
@dataclass(frozen=True, kw_only=True, slots=True)
class RelationExtraction(TakesAny):
    """The relation between two mentions, by fine-tuning a copy of the model.

    Args:
        data: documents with links and triples (FewRel, KnowledgeNet, T-REx); may hold `{data_dir}`; empty takes the
            exam's passages, which arms have read.
        marking: whether the states of the `mentions` are read, or those of `markers` around them.
        frozen: learn a linear probe on the frozen states instead.
        steps: of the optimizer.
        learning_rate: of the model; the head's is ten times as high.
        max_items: pairs of mentions, picked by a hash of their ids.
        max_tokens: longer texts are cut around the mentions.
        seed: of the order of the texts.
    """

    data: str = ""
    marking: Marking = "mentions"
    frozen: bool = False
    steps: Count = 200
    learning_rate: Annotated[float, Field(gt=0)] = 1e-4
    max_items: Count = 2_000
    max_tokens: Annotated[int, Field(ge=16)] = 128
    seed: int = 0

    needs: ClassVar[tuple[Need, ...]] = ()
    after_fine_tuning: ClassVar[bool] = False

    def files(self, exam: Exam) -> Sequence[Path]:
        """Of `data`."""
        return files_of(self.data, exam)

    def measure(self, loaded: LoadedModel, exam: Exam) -> Measured:
        """`accuracy`, `micro_f1`, `macro_f1`; the floor `majority`; `overlap_frac` of `pairs` and `entities`."""
        items = relation_items(texts_of(self.data, exam), marking=self.marking)
        kept = hash_sample(items, self.max_items, keys=lambda one: (TASK, one.id))
        settings = FineTuning(
            steps=self.steps,
            learning_rate=self.learning_rate,
            max_tokens=self.max_tokens,
            is_frozen=self.frozen,
            seed=self.seed,
        )
        found = classify(loaded, kept, settings)
        if found is None:
            say(f"{TASK}: {len(kept)} pairs of mentions make no split with two relations; nothing is asked")
            return []
        return span_figures(found, task=TASK)


def files_of(data: str, exam: Exam) -> Sequence[Path]:
    """The files of a task's `data`; none where it is not given."""
    return open_documents(str(exam.path(data, setting="data"))).files() if data else ()


def texts_of(data: str, exam: Exam) -> Iterator[Document]:
    """The documents of a task's `data`, else the exam's passages with what was aligned with them.

    Raises:
        ConfigError: `data` needs a data folder that was not given.
        DataError: malformed.
    """
    if data:
        source = open_documents(str(exam.path(data, setting="data")))
        yield from kept(source.read(), Document, data)
    else:
        yield from map(_as_document, exam.passages)


def relation_items(documents: Iterable[Document], *, marking: Marking) -> Iterator[SpanItem]:
    """Every two linked entities that a text's triple joins, and pairs of the class `none`."""
    for document in documents:
        links: dict[str, Link] = {}
        for link in document.links:
            if link.entity != NIL:
                links.setdefault(link.entity, link)
        joined = set[frozenset[str]]()
        for triple in document.triples:
            pair = frozenset((triple.head, triple.tail))
            if len(pair & links.keys()) == 2 and pair not in joined:
                joined.add(pair)
                yield _item(document, (links[triple.head], links[triple.tail]), triple.relation, marking)
        if document.judged_relations:
            apart = [
                pair for pair in combinations(links.values(), 2) if frozenset(e.entity for e in pair) not in joined
            ]
            yield from (_item(document, pair, NONE, marking) for pair in apart[:1])


def _item(document: Document, ends: tuple[Link, Link], label: str, marking: Marking) -> SpanItem:
    head, tail = ends
    pair = "|".join(sorted((head.entity, tail.entity)))
    spans = ((head.start, head.end), (tail.start, tail.end))
    is_marked = marking == "markers" and (head.end <= tail.start or tail.end <= head.start)
    read = marked(document.text, spans) if is_marked else SpanText(document.text, spans)
    holds = (("pairs", pair), ("entities", head.entity), ("entities", tail.entity))
    return SpanItem(f"{document.id}|{head.entity}|{tail.entity}", read, label, part_of("pair", pair), holds)


def marked(text: str, spans: tuple[tuple[int, int], tuple[int, int]]) -> SpanText:
    """The text with the head's and the tail's marks around them; its spans are the marks that close.

    A decoder's opening mark has not seen what it opens.

    >>> marked("Rome in Italy", ((8, 13), (0, 4))).text
    '<tail> Rome </tail> in <head> Italy </head>'
    """
    (first, first_marks), (second, second_marks) = sorted(zip(spans, (HEAD_MARKS, TAIL_MARKS), strict=True))
    written, places = "", {}
    for (start, end), (opening, closing), begin in ((first, first_marks, 0), (second, second_marks, first[1])):
        written += f"{text[begin:start]}{opening} {text[start:end]} "
        places[closing] = (len(written), len(written) + len(closing))
        written += closing
    return SpanText(written + text[second[1] :], (places[HEAD_MARKS[1]], places[TAIL_MARKS[1]]))


def _as_document(passage: AlignedPassage) -> Document:
    triples = tuple(one.triple for one in passage.alignments)
    return Document(passage.id, passage.text, passage.links, passage.metadata, triples)
