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


def count_slices(passages: Iterable[AlignedPassage]) -> list[Slice]:
    """The slices of `passages`, the largest first; words are counted between blanks."""
    num_passages, num_words = Counter[tuple[str, str, str]](), Counter[tuple[str, str, str]]()
    for passage in passages:
        told = passage.metadata
        key = (told.source or UNKNOWN_SLICE, told.license or NOT_STATED, told.language or NOT_STATED)
        num_passages[key] += 1
        num_words[key] += len(passage.text.split())
    order = sorted(num_words, key=lambda key: (-num_words[key], key))
    return [Slice(*key, num_passages[key], num_words[key]) for key in order]


def write_slices(folder: Path, slices: Iterable[Slice]) -> None:
    """Keep the slices in a stage's folder."""
    write_json(folder / SLICES, {"slices": [asdict(one) for one in slices]})


def read_slices(folder: Path) -> list[Slice]:
    """The slices that a stage's folder keeps."""
    return [Slice(**row) for row in read_json(folder / SLICES)["slices"]]
