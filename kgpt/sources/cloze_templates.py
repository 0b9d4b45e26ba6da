"""Cloze templates by relation: LAMA's (Petroni et al., 2019) and ParaRel's paraphrases (Elazar et al., 2021).

    {"relation": "P19", "template": "[X] was born in [Y] ."}    JSON Lines: LAMA's relations
    {"pattern": "[X] was born in [Y]."}                         JSON Lines named P19.jsonl: one relation of ParaRel's
    {"P19": ["[X] was born in [Y].", ...], ...}                 one JSON object: ParaRel's patterns by relation

LAMA sets a blank before the closing full stop; it is taken out, so that the same template is the same in all forms.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from kgpt.errors import DataError
from kgpt.io import plain_suffix, read_bytes, read_json_lines
from kgpt.text import squeeze

HEAD, TAIL = "[X]", "[Y]"
_BLANK_BEFORE_MARK = re.compile(r"\s+(?=[.,;:!?])")


@dataclass(frozen=True, slots=True)
class ClozeTemplate:
    """A sentence that states a relation of `[X]` and `[Y]`."""

    relation: str
    text: str

    def ask(self, head: str) -> str:
        """The sentence about `head`, its `[Y]` still to be filled.

        >>> ClozeTemplate("P1376", "[Y]'s capital is [X].").ask("Rome")
        "[Y]'s capital is Rome."
        """
        return self.text.replace(HEAD, head)


@dataclass(frozen=True, slots=True)
class ClozeTemplatesFile:
    """A file of templates in one of the forms above, plain or compressed."""

    path: Path

    def files(self) -> Sequence[Path]:
        """The file itself."""
        return [self.path]

    def read(self) -> Iterator[ClozeTemplate]:
        """Its templates in order, each once.

        Raises:
            DataError: malformed, or a template without exactly one `[X]` and one `[Y]`.
        """
        seen: set[ClozeTemplate] = set()
        for place, relation, text in self._rows():
            template = _template(relation, text, place)
            if template not in seen:
                seen.add(template)
                yield template

    def _rows(self) -> Iterator[tuple[str, object, object]]:
        """Where each template stands, its relation, its text."""
        if plain_suffix(self.path) == ".json":
            yield from _by_relation(self.path)
            return
        named = self.path.name.split(".")[0]
        for number, value in read_json_lines(self.path):
            text = value.get("template", value.get("pattern"))
            yield f"{self.path}:{number}", value.get("relation", named), text


def _by_relation(path: Path) -> Iterator[tuple[str, object, object]]:
    try:
        text = read_bytes(path).decode("utf-8")
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise DataError(f"{path}:{error.lineno}: not JSON ({error.msg})") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: not UTF-8 ({error.reason} at byte {error.start})") from error
    if not isinstance(value, dict):
        raise DataError(f"{path}: expected an object of relations with their patterns; for rows use .jsonl")
    lines = text.splitlines()
    for relation, patterns in value.items():
        if not isinstance(patterns, list):
            raise DataError(f"{path}:{_line(lines, relation)}: {relation}: expected a list, found {patterns!r}")
        for pattern in patterns:
            yield f"{path}:{_line(lines, pattern)}", relation, pattern


def _line(lines: Sequence[str], value: object) -> int:
    """The first line that holds a JSON value, for the error message."""
    spelled = {json.dumps(value), json.dumps(value, ensure_ascii=False)}
    return next((number for number, line in enumerate(lines, start=1) if any(one in line for one in spelled)), 1)


def _template(relation: object, text: object, place: str) -> ClozeTemplate:
    if not isinstance(relation, str) or not relation or not isinstance(text, str):
        raise DataError(f"{place}: expected a relation and its template, found {relation!r} and {text!r}")
    if text.count(HEAD) != 1 or text.count(TAIL) != 1:
        raise DataError(f"{place}: {relation}: the template {text!r} needs one {HEAD} and one {TAIL}")
    return ClozeTemplate(relation, _BLANK_BEFORE_MARK.sub("", squeeze(text)))
