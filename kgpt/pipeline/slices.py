"""What a run's text is made of: one row a source, licence and language. Part of every checkpoint's card."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from kgpt.io import read_json, write_json
from kgpt.records import AlignedPassage
from kgpt.sequences.passage_store import UNKNOWN_SLICE

SLICES = "slices.json"
NOT_STATED = "not stated"


@dataclass(frozen=True, slots=True)
class Slice:
    """Passages of one source, licence and language."""

    source: str
    license: str
    language: str
    num_passages: int
    num_words: int


class SliceCounts:
    """Texts and their words by source, licence and language, counted one by one."""

    def __init__(self) -> None:
        self._texts, self._words = Counter[tuple[str, str, str]](), Counter[tuple[str, str, str]]()

    def add(self, text: str, *, source: str, license: str, language: str) -> None:
        """Count a text; words are counted between blanks, and what is not stated bears a name of its own."""
        key = (source or UNKNOWN_SLICE, license or NOT_STATED, language or NOT_STATED)
        self._texts[key] += 1
        self._words[key] += len(text.split())

    def found(self) -> list[Slice]:
        """The slices, the largest first."""
        order = sorted(self._words, key=lambda key: (-self._words[key], key))
        return [Slice(*key, self._texts[key], self._words[key]) for key in order]


def count_slices(passages: Iterable[AlignedPassage]) -> list[Slice]:
    """The slices of `passages`, the largest first."""
    counts = SliceCounts()
    for passage in passages:
        told = passage.metadata
        counts.add(passage.text, source=told.source, license=told.license, language=told.language)
    return counts.found()


def write_slices(folder: Path, slices: Iterable[Slice]) -> None:
    """Keep the slices in a stage's folder."""
    write_json(folder / SLICES, {"slices": [asdict(one) for one in slices]})


def read_slices(folder: Path) -> list[Slice]:
    """The slices that a stage's folder keeps."""
    return [Slice(**row) for row in read_json(folder / SLICES)["slices"]]
