"""Letters that were read in the wrong encoding and HTML's character references, restored; links follow."""

import html
import re
from dataclasses import dataclass

from kgpt.corpus.base import SourceStep, Verdict, corpus_steps
from kgpt.corpus.text_change import counted, rewritten
from kgpt.records import Document
from kgpt.sources.mojibake import repairer

_REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")


@corpus_steps.register("repair")
@dataclass(frozen=True, kw_only=True, slots=True)
class Repair(SourceStep):
    """Restore mojibake with ftfy (Speer, 2019) where its signs show, and character references (`&amp;`).

    Composed Unicode, blanks and control characters are what `normalize` sees to. A reference at the edge of a link
    belongs to it wholly or stays.

    Args:
        references: whether character references are restored, too; not in text with a `<`, which may be code.
    """

    references: bool = True

    def fresh(self) -> Verdict:
        """The step, which remembers nothing."""
        return self._apply

    def _apply(self, document: Document) -> Document:
        after = document
        if (restore := repairer(document.text)) is not None:
            after = rewritten(document, restore)
        told = {"repair:encoding": int(after.text != document.text)}
        if self.references and "&" in after.text and "<" not in after.text:
            before, after = after, rewritten(after, _restore_references)
            told["repair:references"] = int(after.text != before.text)
        return counted(after, told)


def _restore_references(stretch: str) -> str:
    return _REFERENCE.sub(_character, stretch)


def _character(found: re.Match[str]) -> str:
    """The character that a reference stands for; itself where that is none, or one that no text holds."""
    character = html.unescape(found.group())
    return character if character.isprintable() and character != "\ufffd" else found.group()
