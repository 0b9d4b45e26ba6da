"""Subjects that a sentence does not name: carried from the document's title or from a sentence before.

An encyclopaedia says "She was born in Paris" in the article on her. Where asked for, such a sentence is read as if it
held its subject: the entity that the whole document is about (`title`), or in sentences with a pronoun the title's
entity or else the first entity of the nearest sentence before (`pronoun`).
"""

import re
from collections.abc import Mapping, Sequence
from typing import Literal as OneOf

from kgpt.errors import ConfigError
from kgpt.records import NIL, Document, Link

Carry = OneOf["none", "title", "pronoun"]
TITLE_ENTITY = "entity"
"""Where a document's metadata names the entity that it is about."""

_PRONOUNS: Mapping[str, str] = {
    "en": "he she it they him her them his hers its their theirs",
    "de": "er sie es ihm ihn ihr ihnen sein seine seiner seinem seinen seines ihre ihrer ihrem ihren ihres",
    "fr": "il elle ils elles lui leur leurs son sa ses",
    "es": "él ella ellos ellas su sus le les",
    "it": "egli lui lei esso essa loro suo sua suoi sue",
    "nl": "hij zij ze hem haar hen hun zijn",
    "pt": "ele ela eles elas seu sua seus suas",
}


def pronoun_pattern(language: str) -> re.Pattern[str]:
    """What finds a pronoun of the third person.

    Raises:
        ConfigError: kgpt has no pronouns of the language.
    """
    if language not in _PRONOUNS:
        known = ", ".join(sorted(_PRONOUNS))
        raise ConfigError(f"alignment.subject: kgpt knows no pronouns of {language!r}; set `title` or `none` ({known})")
    return re.compile(rf"\b(?:{'|'.join(_PRONOUNS[language].split())})\b", re.IGNORECASE)


def title_entity(document: Document) -> str:
    """The entity that a document is about: as its source says, or that of a link which spans its title; or empty."""
    told = document.metadata.extra.get(TITLE_ENTITY)
    if isinstance(told, str) and told:
        return told
    title = document.metadata.extra.get("title")
    matching = (link.entity for link in document.links if document.surface(link) == title and link.entity != NIL)
    return next(matching, "")


def carried_subjects(
    document: Document,
    sentences: Sequence[tuple[int, int]],
    links: Sequence[Sequence[Link]],
    carry: Carry,
    language: str,
) -> list[str]:
    """For each sentence the entity that is its subject without standing in it, or empty.

    Args:
        document: the text.
        sentences: their spans.
        links: those of each sentence.
        carry: by which rule.
        language: of the pronouns.
    """
    if carry == "none":
        return [""] * len(sentences)
    about = title_entity(document)
    if carry == "title":
        return [about if all(link.entity != about for link in held) else "" for held in links]
    pronoun, out, before = pronoun_pattern(language), [], about
    for (start, end), held in zip(sentences, links, strict=True):
        subject = about or before
        named = any(link.entity == subject for link in held)
        out.append(subject if subject and not named and pronoun.search(document.text, start, end) else "")
        before = held[0].entity if held else before
    return out
