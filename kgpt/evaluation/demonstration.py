"""Examples put before a query: how they are written for each kind of model, and how many of them it can read."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from kgpt.evaluation.answering import MAX_PROMPT
from kgpt.model import LoadedModel
from kgpt.model.stack import num_positions
from kgpt.randomness import hash_sample
from kgpt.sequences.triple_stream import question_prompt, question_text

Wording = Literal["question", "statement"]


@dataclass(frozen=True, slots=True)
class Demonstration:
    """A query with its answers; the first is the one that is shown.

    Args:
        id: unique.
        query: a question, or a statement up to its answer.
        answers: what counts as right.
        group: queries are shown examples of their own group.
        about: the entity asked about; no example is about the query's, or has it for an answer.
        told: the entities of the answers.
    """

    id: str
    query: str
    answers: tuple[str, ...]
    group: str = ""
    about: str = ""
    told: frozenset[str] = frozenset()


def chosen(query: Demonstration, pool: Sequence[Demonstration], most: int) -> list[Demonstration]:
    """Up to `most` examples for a query, by a hash of both; fewer are the first of more."""
    fit = (one for one in pool if one.group == query.group and one.id != query.id and not _shared(one, query))
    return hash_sample(fit, most, keys=lambda one: ("shot", query.id, one.id))


def prompt(
    loaded: LoadedModel, shots: Sequence[Demonstration], query: str, *, wording: Wording, is_hidden: bool = True
) -> str:
    """The examples and the query, as the model writes on.

    Args:
        loaded: a decoder goes on at the end, an encoder-decoder writes what a sentinel hides.
        shots: in order.
        query: what is asked.
        wording: whether it is a question or a statement.
        is_hidden: whether an encoder-decoder's sentinel stands at the end.
    """
    if loaded.architecture == "decoder":
        asked = question_prompt if wording == "question" else str
        return "".join(f"{asked(one.query)} {one.answers[0]}\n" for one in shots) + asked(query)
    text = "".join(f"{one.query} {one.answers[0]}. " for one in shots) + query
    return question_text(text) if is_hidden else text


def readable(
    loaded: LoadedModel, shots: Sequence[Demonstration], query: str, *, wording: Wording, num_new: int = 24
) -> list[Demonstration]:
    """The last examples that the model can read before the query, room left for `num_new` words."""
    kept, most = list(shots), min(MAX_PROMPT, (num_positions(loaded.model.config) or 2 * MAX_PROMPT) - num_new)
    while kept and len(loaded.vocabulary.encode(prompt(loaded, kept, query, wording=wording))) + 2 > most:
        del kept[0]
    return kept


def _shared(one: Demonstration, other: Demonstration) -> bool:
    return bool(other.about) and (one.about == other.about or other.about in one.told)
