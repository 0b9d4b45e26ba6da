"""Text that several rooms need: Unicode form, word boundaries, answer strings, tables for a terminal."""

import re
import string
import unicodedata
from collections.abc import Sequence

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation)
_BLANKS = re.compile(r"\s+")
WORD = re.compile(r"\w+(?:['’]\w+)*|[^\w\s]")
"""A word or a single mark of punctuation; a word may hold apostrophes."""


def nfc(text: str) -> str:
    """`text` in Unicode's composed form, so that equal-looking names are equal."""
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


def squeeze(text: str) -> str:
    """`text` with every run of blanks as one blank, none at the ends."""
    return _BLANKS.sub(" ", text).strip()


def words(text: str) -> list[str]:
    """The words and marks of `text`, in order.

    >>> words("O'Hara's book, 1936.")
    ["O'Hara's", 'book', ',', '1936', '.']
    """
    return WORD.findall(text)


def normalize_answer(text: str) -> str:
    """An answer as SQuAD compares it: lower case, no punctuation, no articles, single blanks (Rajpurkar, 2016).

    >>> normalize_answer("The  Netherlands.")
    'netherlands'
    """
    plain = nfc(text).lower().translate(_PUNCTUATION)
    return " ".join(_ARTICLES.sub(" ", plain).split())


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Rows as an aligned table: the first column to the left, the others to the right.

    >>> print(table(["arm", "n"], [["a", "10"]]))
    arm   n
    a    10
    """
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]

    def line(cells: Sequence[str]) -> str:
        first, *others = cells
        return "  ".join([first.ljust(widths[0]), *map(str.rjust, others, widths[1:])]).rstrip()

    return "\n".join(map(line, [header, *rows]))


def markdown_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    r"""Rows as a table in Markdown; a bar within a cell is escaped.

    >>> print(markdown_table(["arm", "n"], [["a|b", "10"]]))
    | arm | n |
    | --- | --- |
    | a\|b | 10 |
    """
    cells = ([cell.replace("|", r"\|").replace("\n", " ") for cell in row] for row in (header, *rows))
    first, *others = (f"| {' | '.join(row)} |" for row in cells)
    return "\n".join([first, f"|{' --- |' * len(header)}", *others])
