"""What an evaluation set shares with what was trained on: strings, n-grams, answers, facts by inverse-aware pairs.

It is counted for the set, and marked on each item, so that figures on clean items can stand beside those on all.
A triple that supports an answer is coverage; a question string in the training text is contamination.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from kgpt.corpus.ngram_overlap import WordTexts, contains, longest_shared, quoted, sharing_texts, word_texts
from kgpt.kg.following import needed_facts
from kgpt.kg.graph import KnowledgeGraph
from kgpt.kg.splitting import pair_key
from kgpt.records import Question, Triple
from kgpt.text import normalize_answer

LONG_WORDS = 13
SHORT_WORDS = 8
CLEAN = "clean"
"""The subset of items that bear no mark."""

Reason = Literal[
    "asked_in_training",
    "fact_in_training_questions",
    "quoted_in_text",
    "quoted_with_answer",
    "ngram_13_in_text",
    "ngram_13_in_training_questions",
]
REASONS: tuple[Reason, ...] = get_args(Reason)


@dataclass(frozen=True, slots=True)
class Overlap:
    """Counts over the test questions.

    Args:
        num_test: test questions.
        asked_in_training: their normalised string is a training question's.
        quoted_in_text: their normalised string stands in the training text.
        facts_in_training_questions: their fact (or an inverse) is a training question's.
        facts_in_graph: the facts they need (or inverses) are all in the training graph, for a knowledge arm to learn.
        facts_in_text: the facts they need (or inverses) are all aligned to training passages.
        hops_in_training_questions: of several hops, one of which a training question of one hop asks.
    """

    num_test: int
    asked_in_training: int
    quoted_in_text: int
    facts_in_training_questions: int
    facts_in_graph: int
    facts_in_text: int
    hops_in_training_questions: int = 0


@dataclass(frozen=True, slots=True)
class Contamination:
    """What an evaluation set shares with the training texts and questions.

    Args:
        num_items: items of the set.
        reasons: why each contaminated item is one; clean items are left out.
        longest_in_text: of the items that share eight words in a row with a training text, how many words such a run
            has (runs of shared 8-grams).
        longest_in_training_questions: the same with the training questions, mostly the words of a common template.
    """

    num_items: int
    reasons: Mapping[str, tuple[Reason, ...]]
    longest_in_text: Mapping[str, int]
    longest_in_training_questions: Mapping[str, int]

    def of(self, items: Collection[str]) -> "Contamination":
        """The same of some of the items."""
        return Contamination(
            num_items=len(items),
            reasons={item: found for item, found in self.reasons.items() if item in items},
            longest_in_text={item: found for item, found in self.longest_in_text.items() if item in items},
            longest_in_training_questions={
                item: found for item, found in self.longest_in_training_questions.items() if item in items
            },
        )

    def as_json(self) -> dict[str, Any]:
        """Counts, as in the `contamination` of `results.json`."""
        counts = Counter(reason for reasons in self.reasons.values() for reason in reasons)
        return {
            "num_items": self.num_items,
            "num_clean": self.num_items - len(self.reasons),
            "reasons": {reason: counts[reason] for reason in REASONS},
            "ngram_8_in_text": len(self.longest_in_text),
            "longest_in_text": max(self.longest_in_text.values(), default=0),
            "ngram_8_in_training_questions": len(self.longest_in_training_questions),
            "longest_in_training_questions": max(self.longest_in_training_questions.values(), default=0),
        }


def measure_overlap(
    *,
    test: Sequence[Question],
    train: Sequence[Question],
    texts: Iterable[str],
    graph: KnowledgeGraph,
    graph_triples: Sequence[Triple],
    text_triples: Sequence[Triple],
) -> Overlap:
    """Count what `test` shares with the training questions, texts and triples; `graph` is the true one."""
    trained = {normalize_answer(question.text) for question in train}
    numbers: dict[str, int] = {}
    asked = word_texts((question.text for question in test), numbers)
    firsts = [question.facts()[0] for question in test if question.answer_entities]
    needed = [{pair_key(fact) for fact in needed_facts(question, graph, max_answers=1)} for question in test]
    told, hops = _pairs(train), _pairs(question for question in train if len(question.hops) == 1)
    in_graph, in_text = ({pair_key(triple) for triple in known} for known in (graph_triples, text_triples))
    return Overlap(
        num_test=len(test),
        asked_in_training=sum(normalize_answer(question.text) in trained for question in test),
        quoted_in_text=sum(len(places) > 0 for places in quoted(asked, word_texts(texts, numbers))),
        facts_in_training_questions=sum(pair_key(fact) in told for fact in firsts),
        facts_in_graph=sum(bool(pairs) and pairs <= in_graph for pairs in needed),
        facts_in_text=sum(bool(pairs) and pairs <= in_text for pairs in needed),
        hops_in_training_questions=sum(len(pairs) > 1 and bool(pairs & hops) for pairs in needed),
    )


def _pairs(questions: Iterable[Question]) -> set[tuple[str, str]]:
    """The pairs of ends that questions ask about."""
    return {pair_key(fact) for question in questions for fact in question.facts()}


def measure_contamination(
    *, test: Sequence[Question], train: Sequence[Question], texts: Sequence[str]
) -> Contamination:
    """Mark the questions of `test` that share more than a fact of the graph with training.

    An item is contaminated where a training question asks it, in the same words or for the same pair of entities;
    where a training text quotes it whole (and with its answer: `quoted_with_answer`); where it shares 13 words in a row
    with a text or a training question (Brown et al., 2020, appendix C). A question of 8 to 12 words must be shared
    whole, a shorter one has no n-gram, as there. Runs of eight words alone mark nothing: templates share them.

    Args:
        test: the evaluation set.
        train: training questions.
        texts: training texts.
    """
    numbers: dict[str, int] = {}
    asked = word_texts((question.text for question in test), numbers)
    known = word_texts((question.text for question in train), numbers)
    read = word_texts(texts, numbers)
    places = quoted(asked, read)
    marks: dict[Reason, Sequence[bool] | NDArray[np.bool_]] = {
        "asked_in_training": _asked(test, train),
        "fact_in_training_questions": _facts_asked(test, train),
        "quoted_in_text": [len(found) > 0 for found in places],
        "quoted_with_answer": [
            any(contains(texts[place], question.answers) for place in found)
            for question, found in zip(test, places, strict=True)
        ],
        "ngram_13_in_text": _long_shared(asked, read),
        "ngram_13_in_training_questions": _long_shared(asked, known),
    }
    found = [tuple(reason for reason in REASONS if marks[reason][number]) for number in range(len(test))]
    return Contamination(
        num_items=len(test),
        reasons={question.id: reasons for question, reasons in zip(test, found, strict=True) if reasons},
        longest_in_text=_longest(test, asked, read),
        longest_in_training_questions=_longest(test, asked, known),
    )


def _asked(test: Sequence[Question], train: Sequence[Question]) -> list[bool]:
    trained = {normalize_answer(question.text) for question in train}
    return [normalize_answer(question.text) in trained for question in test]


def _facts_asked(test: Sequence[Question], train: Sequence[Question]) -> list[bool]:
    trained = {pair_key(fact) for question in train for fact in question.facts()}
    return [any(pair_key(fact) in trained for fact in question.facts()) for question in test]


def _long_shared(asked: WordTexts, others: WordTexts) -> NDArray[np.bool_]:
    """Whether each text shares a 13-gram with `others`, or is 8 to 12 words long and shared whole."""
    found = sharing_texts(asked, others, LONG_WORDS)
    for length in range(SHORT_WORDS, LONG_WORDS):
        found |= (asked.num_words == length) & sharing_texts(asked, others, length)
    return found


def _longest(test: Sequence[Question], asked: WordTexts, others: WordTexts) -> dict[str, int]:
    found = longest_shared(asked, others, SHORT_WORDS)
    return {question.id: int(num_words) for question, num_words in zip(test, found, strict=True) if num_words}
