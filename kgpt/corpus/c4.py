"""Lines that are no sentences taken out of a text, and texts with too little left."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kgpt.corpus.base import SourceStep, Verdict, corpus_steps
from kgpt.corpus.text_change import Edit, counted, edited
from kgpt.records import VERBALIZED, Document, Dropped

POLICY_PHRASES = (
    "terms of use",
    "privacy policy",
    "cookie policy",
    "uses cookies",
    "use of cookies",
    "use cookies",
)
_END_MARKS = (".", "?", "!", '"', "”")
_LINE = re.compile(r"[^\n]*(?:\n|\Z)")
_SENTENCE_END = re.compile(r"""[.?!]["'”’)\]]*(?=\s|\Z)""")
_CITATION = re.compile(r"\[\d*\]|\[edit\]|\[citation needed\]")


@corpus_steps.register("c4")
@dataclass(frozen=True, kw_only=True, slots=True)
class C4(SourceStep):
    """C4's rules (Raffel et al., 2020, section 2.2), with the thresholds of its published builder.

    Lines go that end with no mark of punctuation or with an ellipsis, have too few or too long words, ask for
    JavaScript or name a policy; so do citation marks. Documents go with `{`, with `lorem ipsum`, with too few sentences
    left. Links move with their words, and go with their lines. The list of bad words and the repeated
    spans of three sentences are steps of their own (`blocklist`, the near-duplicates).

    Args:
        min_words_per_line: shorter lines go as `short_line`.
        max_word_chars: a longer word takes its line along (`long_word`).
        require_end_mark: whether lines must end with one (`no_end_mark`).
        policy_phrases: in lower case; a line with one goes as `policy`.
        min_sentences: documents with fewer left go as `too_few_sentences`.
    """

    except_sources: tuple[str, ...] = (VERBALIZED,)
    min_words_per_line: int = 3
    max_word_chars: int = 1000
    require_end_mark: bool = True
    policy_phrases: tuple[str, ...] = POLICY_PHRASES
    min_sentences: int = 5

    def rules(self) -> Sequence[str]:
        """What a document goes for."""
        return ("lorem_ipsum", "curly_bracket", "too_few_sentences")

    def fresh(self) -> Verdict:
        """The rules, which remember nothing."""
        return self._apply

    def _apply(self, document: Document) -> Document | Dropped:
        folded = document.text.lower()
        for sign, rule in (("lorem ipsum", "lorem_ipsum"), ("{", "curly_bracket")):
            if sign in folded:
                return Dropped(document.id, f"c4:{rule}")
        told: Counter[str] = Counter()
        kept = edited(document, list(self._edits(document.text, told)))
        if len(_SENTENCE_END.findall(kept.text)) < self.min_sentences:
            return Dropped(document.id, "c4:too_few_sentences")
        told["c4:link"] = len(document.links) - len(kept.links)
        return counted(kept, told)

    def _edits(self, text: str, told: Counter[str]) -> Iterator[Edit]:
        """The lines and citation marks that go, told by rule as they are read."""
        for found in _LINE.finditer(text):
            line = found.group()
            if not line.strip():
                continue
            if rule := self._broken_rule(_CITATION.sub("", line).strip()):
                told[f"c4:{rule}"] += 1
                yield Edit(*found.span())
            elif "[" in line:
                marks = [Edit(*one.span()) for one in _CITATION.finditer(text, *found.span())]
                told["c4:citation"] += len(marks)
                yield from marks

    def _broken_rule(self, line: str) -> str | None:
        if self.require_end_mark and (not line.endswith(_END_MARKS) or line.endswith("...")):
            return "no_end_mark"
        words = line.split()
        if len(words) < self.min_words_per_line:
            return "short_line"
        if len(line) > self.max_word_chars and max(map(len, words)) > self.max_word_chars:
            return "long_word"
        folded = line.lower()
        if "javascript" in folded:
            return "javascript"
        return "policy" if any(phrase in folded for phrase in self.policy_phrases) else None
