"""Per-relation templates: sentences that assert a triple, questions that ask for its tail.

Templates for the usual Wikidata relations ship with kgpt (`templates.yaml`); a relation without one gets a plain
pattern made from its label.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kgpt.config import parse_value
from kgpt.errors import DataError
from kgpt.io import require_file

HEAD, TAIL = "[H]", "[T]"
_PASSIVE = re.compile(r"\w+(ed|en|ght|de) (by|in|at|for|with|from)")
_LEADING = re.compile(
    r"^(?:has|in|instance of|(?:member|part) of(?: the)?|(?:located|participated|participant) (?:in|on|at)(?: the)?|"
    r"applies to) (?=\w)"
)
"""What stands before the noun of a label."""
_OPEN = re.compile(r"\b(?:as|at|by|for|from|in|of|on|to|with)$")
_VERB = re.compile(
    r"^(?:applies|belongs|borders|connects|contains|covers|crosses|depicts|describes|employs|follows|hosts|includes|"
    r"influences|opposes|owns|plays|precedes|produces|replaces|represents|serves|shares|speaks|supports|uses|writes)\b"
)
_PARTICIPLE = re.compile(r"^(?:\w+ed|born|built|held|known|made|shown|written)\b")
_SHIPPED = Path(__file__).with_name("templates.yaml")


@dataclass(frozen=True, slots=True)
class RelationTemplates:
    """What can be said with one relation."""

    statements: tuple[str, ...]
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Templates:
    """Templates by relation id."""

    by_relation: Mapping[str, RelationTemplates]

    def of(self, relation: str, label: str) -> RelationTemplates:
        """The templates of a relation; made from its label where none were written."""
        plain = plain_templates(label)
        found = self.by_relation.get(relation, plain)
        return RelationTemplates(found.statements or plain.statements, found.questions or plain.questions)


def plain_templates(label: str) -> RelationTemplates:
    """Templates from a label alone: of a noun, or of words like "directed by", "has genre", "subclass of", "shares".

    >>> plain_templates("directed by").statements
    ('[H] was directed by [T].',)
    >>> plain_templates("has genre").questions
    ('What is the genre of [H]?',)
    >>> plain_templates("subclass of").statements
    ('[H] is a subclass of [T].',)
    """
    if _PASSIVE.fullmatch(label):
        return RelationTemplates((f"{HEAD} was {label} {TAIL}.",), (f"Who or what was {HEAD} {label}?",))
    if noun := noun_of(label):
        return RelationTemplates(
            (f"The {noun} of {HEAD} is {TAIL}.", f"{HEAD} has the {noun} {TAIL}."), (f"What is the {noun} of {HEAD}?",)
        )
    if _VERB.match(label):
        return RelationTemplates((f"{HEAD} {label} {TAIL}.",), (f"What is it that {HEAD} {label}?",))
    article = "" if _PARTICIPLE.match(label) else "an " if label[:1].lower() in "aeiou" else "a "
    return RelationTemplates((f"{HEAD} is {article}{label} {TAIL}.",), (f"What is {HEAD} {article}{label}?",))


def noun_of(label: str) -> str:
    """What a label calls the tail, to stand after "the"; empty where it is a verb or ends in a preposition.

    >>> noun_of("has genre"), noun_of("member of political party"), noun_of("place of birth")
    ('genre', 'political party', 'place of birth')
    >>> noun_of("member of"), noun_of("shares border with"), noun_of("directed by")
    ('', '', '')
    """
    noun = _LEADING.sub("", label)
    return "" if not noun or _OPEN.search(noun) or _VERB.match(noun) or _PASSIVE.fullmatch(noun) else noun


def fill(template: str, *, head: str, tail: str = "") -> str:
    """A template with its two names put in, its first letter capital.

    >>> fill("[H] was born in [T].", head="Ada Lovelace", tail="London")
    'Ada Lovelace was born in London.'
    """
    text = template.replace(HEAD, "\0").replace(TAIL, tail).replace("\0", head)
    return text[:1].upper() + text[1:]


@cache
def shipped_templates() -> Templates:
    """Those for the usual Wikidata relations."""
    return load_templates(_SHIPPED)


def load_templates(path: Path) -> Templates:
    """The templates of a YAML file: relation id to `statements` and `questions`.

    Raises:
        ConfigError: not YAML.
        DataError: of another form, or a template lacks a name's place.
    """
    try:
        text = require_file(path, what="templates").read_text("utf-8")
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: not YAML: {error}") from error
    entries = parse_value(text, place=str(path))
    if not isinstance(entries, dict):
        raise DataError(f"{path}: expected relations with their templates, found {type(entries).__name__}")
    return Templates({str(relation): _checked(path, relation, entry) for relation, entry in entries.items()})


def _checked(path: Path, relation: str, entry: object) -> RelationTemplates:
    if not isinstance(entry, dict) or not all(map(_are_texts, entry.values())):
        raise DataError(
            f"{path}: {relation}: expected `statements` and `questions`, each a list of texts, found {entry!r}"
        )
    for statement in entry.get("statements", []):
        if statement.count(HEAD) != 1 or statement.count(TAIL) != 1:
            raise DataError(f"{path}: {relation}: the statement {statement!r} needs one {HEAD} and one {TAIL}")
    for question in entry.get("questions", []):
        if question.count(HEAD) != 1 or TAIL in question:
            raise DataError(f"{path}: {relation}: the question {question!r} needs one {HEAD} and no {TAIL}")
    return RelationTemplates(tuple(entry.get("statements", ())), tuple(entry.get("questions", ())))


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)
