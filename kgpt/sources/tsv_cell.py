r"""Cells of kgpt's own TSV folders, which hold any text: what would end a cell, a line or a name is escaped.

    \\ backslash   \t tab   \n line feed   \r carriage return   \v \f the other breaks   \| a bar within a name
    \b byte order mark   \e nothing, where a cell would be empty or blank else

A folder with the file `escapes.json` is read so; without it cells are taken as they are, names in clean text.
"""

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass

from kgpt.text import nfc, squeeze

ESCAPES_NAME = "escapes.json"
_WRITTEN = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\v": "\\v", "\f": "\\f", "|": "\\|", "\ufeff": "\\b"}
_READ = {written[1]: text for text, written in _WRITTEN.items()} | {"e": ""}
_SPECIAL = re.compile(r"[\\\t\n\r\v\f|\ufeff]")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_NAME = re.compile(r"(?:[^\\|]|\\.)+", re.DOTALL)


def escaped(text: str) -> str:
    r"""`text` as a cell, or as one of the names in a cell.

    >>> print(escaped("a|b\tc"))
    a\|b\tc
    """
    if _SPECIAL.search(text):
        text = _SPECIAL.sub(lambda found: _WRITTEN[found[0]], text)
    return "\\e" + text if text.isspace() else text


def required(text: str) -> str:
    """`text` as a cell that may not be empty."""
    return escaped(text) or "\\e"


def unescaped(cell: str) -> str:
    """What `escaped` was given."""
    return _ESCAPE.sub(lambda found: _READ.get(found[1], found[0]), cell) if "\\" in cell else cell


@dataclass(frozen=True, slots=True)
class Cells:
    """How the cells of a folder are read.

    Args:
        text: of a cell with an id or a value.
        name: of a cell with a label, a title or a description.
        names: of a cell with several names.
    """

    text: Callable[[str], str]
    name: Callable[[str], str]
    names: Callable[[str], list[str]]


_LEFT_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})|\\([\"'])")


def _tidy(cell: str) -> str:
    r"""A name in clean text; escapes of N-Triples that a converter left in it are undone.

    >>> _tidy('Zweibr\\u00FCcken  (\\"the town\\")')
    'Zweibrücken ("the town")'
    """
    if "\\" in cell:
        cell = _LEFT_ESCAPE.sub(lambda found: found[3] or _character(int(found[1] or found[2], 16), found[0]), cell)
    return squeeze(nfc(cell))


def _character(code: int, written: str) -> str:
    return chr(code) if code <= sys.maxunicode and not 0xD800 <= code <= 0xDFFF else written


PLAIN = Cells(str, _tidy, lambda cell: [name for name in map(_tidy, cell.split("|")) if name])
ESCAPED = Cells(unescaped, unescaped, lambda cell: [unescaped(name) for name in _NAME.findall(cell)])
