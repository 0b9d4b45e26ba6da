"""The forms of question sets by name, and which one a file or folder has where nobody says."""

from collections.abc import Callable, Mapping
from pathlib import Path

from kgpt.sources.base import QuestionSource
from kgpt.sources.metaqa import MetaQa
from kgpt.sources.naming import find_file
from kgpt.sources.question_sets import Mintaka, PopQa, RuBq
from kgpt.sources.questions import QuestionsFile
from kgpt.sources.simple_questions import SimpleQuestions

QUESTION_FORMS: Mapping[str, Callable[..., QuestionSource]] = {
    "metaqa": MetaQa,
    "mintaka": Mintaka,
    "popqa": PopQa,
    "questions": QuestionsFile,
    "rubq": RuBq,
    "simplequestions": SimpleQuestions,
}
_BY_NAME = {"popqa": "popqa", "mintaka": "mintaka", "rubq": "rubq", "simplequestions": "simplequestions"}
_METAQA = [f"{hops}-hop_{part}" for hops in (1, 2, 3) for part in ("dev", "train", "test")]


def question_form(path: Path) -> str:
    """The name of the form that a file or folder has: by its name, else kgpt's own."""
    if path.is_dir():
        return "metaqa" if find_file(path, _METAQA, [".txt"]) else "questions"
    return next((form for start, form in _BY_NAME.items() if path.name.lower().startswith(start)), "questions")
