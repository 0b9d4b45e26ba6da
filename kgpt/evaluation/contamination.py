"""What an evaluation set shares with what was trained on: question strings, and facts by inverse-aware pairs.

A triple that supports an answer is coverage; a question string in the training text is contamination.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kgpt.kg.splitting import overlap
from kgpt.records import Question, Triple
from kgpt.text import normalize_answer


@dataclass(frozen=True, slots=True)
class Overlap:
    """Counts over the test questions.

    Args:
        num_test: test questions.
        asked_in_training: their normalised string is a training question's.
        quoted_in_text: their normalised string stands in the training text.
        facts_in_training_questions: their fact (or an inverse) is a training question's.
        facts_in_graph: their fact (or an inverse) is in the training graph: what a knowledge arm is to learn.
        facts_in_text: their fact (or an inverse) is aligned to a training passage.
    """

    num_test: int
    asked_in_training: int
    quoted_in_text: int
    facts_in_training_questions: int
    facts_in_graph: int
    facts_in_text: int


def measure_overlap(
    *,
    test: Sequence[Question],
    train: Sequence[Question],
    texts: Iterable[str],
    graph_triples: Sequence[Triple],
    text_triples: Sequence[Triple],
) -> Overlap:
    """Count what `test` shares with the training questions, texts and triples."""
    strings = [normalize_answer(question.text) for question in test]
    trained = {normalize_answer(question.text) for question in train}
    joined = "\n".join(normalize_answer(text) for text in texts)
    firsts = [question.facts()[0] for question in test if question.answer_entities]
    return Overlap(
        num_test=len(test),
        asked_in_training=sum(one in trained for one in strings),
        quoted_in_text=sum(one in joined for one in strings),
        facts_in_training_questions=overlap(firsts, [fact for question in train for fact in question.facts()]),
        facts_in_graph=overlap(firsts, graph_triples),
        facts_in_text=overlap(firsts, text_triples),
    )
