"""Questions as JSON Lines, in kgpt's own form or EntityQuestions' (Sciavolino et al., 2021) bound to Wikidata ids.

    {"id", "question", "answers": [...], "entity", "relation", "answer_entities": [...], "stated_in_text", "split",
     "source"}

EntityQuestions' names for the same fields (`s`, `p`, `o`, `text_supported`) are read, too.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from kgpt.errors import DataError
from kgpt.io import read_json_lines
from kgpt.records import Question, QuestionSplit

_OTHER_NAMES = {"s": "entity", "p": "relation", "o": "answer_entities", "text_supported": "stated_in_text"}


@dataclass(frozen=True, slots=True)
class QuestionsFile:
    """A JSON Lines file of questions, plain or compressed."""

    path: Path

    def files(self) -> Sequence[Path]:
        """The file itself."""
        return [self.path]

    def read(self) -> Iterator[Question]:
        """Its questions.

        Raises:
            DataError: a line is malformed, or two questions bear one id.
        """
        seen: set[str] = set()
        for number, value in read_json_lines(self.path):
            question = parse_question(value, place=f"{self.path}:{number}", default_id=f"{self.path.name}-{number}")
            if question.id in seen:
                raise DataError(f"{self.path}:{number}: a second question with the id {question.id!r}")
            seen.add(question.id)
            yield question


def parse_question(value: Mapping[str, Any], *, place: str, default_id: str = "") -> Question:
    """The question that a JSON object says; `place` leads the error message.

    Raises:
        DataError: no question, no answers, answer entities that are no list, or a split of another name.
    """
    fields = {_OTHER_NAMES.get(key, key): item for key, item in value.items()}
    answers = fields.get("answers")
    if not isinstance(fields.get("question"), str) or not isinstance(answers, list) or not answers:
        raise DataError(f"{place}: a question needs a string `question` and a list `answers` with at least one answer")
    if not isinstance(fields.get("answer_entities", []), list):
        raise DataError(f"{place}: answer_entities: expected a list of ids, found {fields['answer_entities']!r}")
    split = fields.get("split")
    if split is not None and split not in get_args(QuestionSplit):
        raise DataError(f"{place}: split {split!r}; allowed: {', '.join(get_args(QuestionSplit))}")
    return Question(
        id=default_id if fields.get("id") is None else str(fields["id"]),
        text=fields["question"],
        answers=tuple(map(str, answers)),
        entity=str(fields.get("entity", "")),
        relation=str(fields.get("relation", "")),
        answer_entities=tuple(map(str, fields.get("answer_entities", ()))),
        stated_in_text=fields.get("stated_in_text"),
        split=split,
        path=tuple(map(str, fields.get("path", ()))),
        popularity=None if fields.get("popularity") is None else float(fields["popularity"]),
        source=str(fields.get("source", "")),
    )


def question_json(question: Question) -> dict[str, Any]:
    """The JSON object that `parse_question` reads."""
    value = {
        "id": question.id,
        "question": question.text,
        "answers": list(question.answers),
        "entity": question.entity,
        "relation": question.relation,
        "answer_entities": list(question.answer_entities),
        "stated_in_text": question.stated_in_text,
        "split": question.split,
        "path": list(question.path) or None,
        "popularity": question.popularity,
        "source": question.source or None,
    }
    return {key: item for key, item in value.items() if item is not None}
