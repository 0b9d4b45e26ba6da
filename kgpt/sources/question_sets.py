"""Published question sets in JSON: PopQA, Mintaka, RuBQ 2.0; each entry becomes a `Question`, or tells why not.

Only entity answers (and for Mintaka numbers, dates, truth values as written) are kept: what has no answer is `Dropped`.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kgpt.errors import DataError
from kgpt.io import read_json_lines
from kgpt.records import Dropped, Question
from kgpt.sources.json_array import read_objects
from kgpt.sources.malformed import told_as_malformed

NO_ANSWER = "no_answer"
_ENTITY = "http://www.wikidata.org/entity/"
_POPQA_RELATIONS = {
    "author": "P50",
    "capital": "P36",
    "capital of": "P1376",
    "color": "P462",
    "composer": "P86",
    "country": "P17",
    "director": "P57",
    "father": "P22",
    "genre": "P136",
    "mother": "P25",
    "occupation": "P106",
    "place of birth": "P19",
    "producer": "P162",
    "religion": "P140",
    "screenwriter": "P58",
    "sport": "P641",
}
"""Its sixteen relations by name; its `prop_id` and `subj_id` are numbers of its own."""
_ONE_HOP = re.compile(r"\{\s*wd:(Q\d+)\s+wdt:(P\d+)\s+\?\w+\s*\.?\s*\}")


@dataclass(frozen=True, slots=True)
class PopQa:
    """PopQA (Mallen et al., 2023): JSON Lines; popularity is the subject's page views a month.

    A question of a relation that is none of the release's sixteen is bound to no relation.
    """

    path: Path

    def files(self) -> Sequence[Path]:
        """The file itself."""
        return [self.path]

    def read(self) -> Iterator[Question | Dropped]:
        """Its questions.

        Raises:
            DataError: a field is missing or malformed.
        """
        for number, value in read_json_lines(self.path):
            with told_as_malformed(f"{self.path}:{number}", what="not a question of PopQA"):
                question = _popqa(value)
            yield question


@dataclass(frozen=True, slots=True)
class Mintaka:
    """Mintaka (Sen et al., 2022): JSON Lines, or one array; complex questions, bound to entities and to no relation.

    Args:
        path: the file.
        language: `en`, or one of the translations'; answers are in English.
    """

    path: Path
    language: str = "en"

    def files(self) -> Sequence[Path]:
        """The file itself."""
        return [self.path]

    def read(self) -> Iterator[Question | Dropped]:
        """Its questions; one without an answer is left out.

        Raises:
            DataError: a field is missing or malformed, or a question has not that language.
        """
        for _, place, value in read_objects(self.path):
            with told_as_malformed(place, what="not a question of Mintaka"):
                question = _mintaka(value, self.language)
            yield question


@dataclass(frozen=True, slots=True)
class RuBq:
    """RuBQ 2.0 (Rybin et al., 2021): one array; questions of one hop keep their relation.

    Args:
        path: the file.
        language: `en` (translated by machine) or `ru`.
    """

    path: Path
    language: str = "en"

    def files(self) -> Sequence[Path]:
        """The file itself."""
        return [self.path]

    def read(self) -> Iterator[Question | Dropped]:
        """Its questions; one without an answer is left out.

        Raises:
            DataError: a field is missing or malformed.
        """
        for _, place, value in read_objects(self.path):
            with told_as_malformed(place, what="not a question of RuBQ"):
                question = _rubq(value, self.language)
            yield question


def _popqa(value: Mapping[str, Any]) -> Question:
    told = _fields(value, ("id", "question", "possible_answers", "s_uri", "o_uri", "prop", "s_pop"))
    return Question(
        id=f"popqa-{told['id']}",
        text=str(told["question"]),
        answers=tuple(_listed(told["possible_answers"])),
        entity=_entity(told["s_uri"]),
        relation=_POPQA_RELATIONS.get(str(told["prop"]), ""),
        answer_entities=(_entity(told["o_uri"]),),
        popularity=float(told["s_pop"]),
    )


def _mintaka(value: Mapping[str, Any], language: str) -> Question | Dropped:
    told = _fields(value, ("id", "question", "answer"))
    texts = {"en": told["question"], **(value.get("translations") or {})}
    if language not in texts:
        raise DataError(f"no text in {language!r}; there are {', '.join(texts)}")
    answers, entities = _mintaka_answers(told["answer"], is_count=value.get("complexityType") == "count")
    if not answers:
        return Dropped(str(told["id"]), NO_ANSWER)
    asked = [one["name"] for one in value.get("questionEntity") or () if one.get("entityType") == "entity"]
    entity = str(asked[0]) if asked else ""
    return Question(str(told["id"]), str(texts[language]), answers, entity, answer_entities=entities)


def _rubq(value: Mapping[str, Any], language: str) -> Question | Dropped:
    text = "question_eng" if language == "en" else "question_text"
    told = _fields(value, ("uid", text))
    answers, entities = _rubq_answers(value.get("answers") or (), language)
    if not answers:
        return Dropped(str(told["uid"]), NO_ANSWER)
    bound = _ONE_HOP.search(str(value.get("query") or ""))
    entity, relation = bound.groups() if bound else ("", "")
    return Question(f"rubq-{told['uid']}", str(told[text]), answers, entity, relation, entities)


def _fields(value: Mapping[str, Any], names: Sequence[str]) -> Mapping[str, Any]:
    for name in names:
        if name not in value:
            raise DataError(f"no field {name!r}; found {', '.join(value) or 'nothing'}")
    return value


def _listed(value: object) -> list[str]:
    """A list of strings, itself written as JSON in a string."""
    try:
        found = json.loads(value) if isinstance(value, str) else value
    except ValueError:
        found = None
    if not isinstance(found, list) or not found:
        raise DataError(f"possible_answers: expected a list with at least one answer, found {value!r}")
    return [str(one) for one in found]


def _entity(address: object) -> str:
    return str(address).removeprefix(_ENTITY)


def _mintaka_answers(answer: Mapping[str, Any], *, is_count: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names and ids of the right answers; what is no entity is as it was written, and of what is counted the number."""
    if is_count and answer.get("answerNum") is not None:
        return (str(answer["answerNum"]),), ()
    found = answer.get("answer") or ()
    entities = [one for one in found if isinstance(one, dict)]
    labels = [one.get("label") for one in entities]
    names = [one if isinstance(one, str) else (one or {}).get("en") for one in labels]
    plain = [str(one) for one in found if not isinstance(one, dict)]
    plain += [str(answer["mention"])] if answer.get("mention") else []
    told = dict.fromkeys(name for name in (*names, *plain) if name)
    return tuple(told), tuple(str(one["name"]) for one in entities if "name" in one)


def _rubq_answers(answers: Sequence[Mapping[str, Any]], language: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    names, entities = dict[str, None](), []
    for one in answers:
        if one.get("type") == "uri":
            entities.append(_entity(one.get("value")))
            names |= dict.fromkeys(map(str, (one.get("wd_names") or {}).get(language) or ()))
        elif one.get("value"):
            names |= {str(one["value"]): None}
    return tuple(names), tuple(entities)
