"""From a wiki's titles to entities, in 16 bytes a title: seven million titles of a Wikipedia fit in 112 MB.

In: `title<TAB>entity` lines, plain or compressed, and redirects `(from, to)`. A title is kept as the 64 bits of its
hash: that a title which is not in the map meets one of seven million is as likely as 1 to 2.6 * 10^12.
"""

import hashlib
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from kgpt.errors import DataError
from kgpt.io import read_lines

_MAX_HOPS = 4


@dataclass(frozen=True, slots=True)
class _Table:
    """Numbers by the hash of a text: two columns, sorted by the first."""

    keys: npt.NDArray[np.uint64]
    values: npt.NDArray[np.int64]

    def get(self, key: int) -> int | None:
        place = int(np.searchsorted(self.keys, np.uint64(key)))
        return int(self.values[place]) if place < len(self.keys) and int(self.keys[place]) == key else None


def _table(keys: Any, values: Any) -> _Table:
    unsorted = np.frombuffer(keys, dtype=np.uint64) if len(keys) else np.empty(0, np.uint64)
    order = np.argsort(unsorted, kind="stable")
    told = np.frombuffer(values, dtype=np.int64) if len(values) else np.empty(0, np.int64)
    return _Table(unsorted[order], told[order])


@dataclass(frozen=True, slots=True)
class TitleMap:
    """Entities by title, redirects followed.

    Args:
        entities: number of the entity by the title's hash: that of a Wikidata item, or `-1 - i` for `names[i]`.
        redirects: hash of the target's title by that of a redirect's.
        names: ids that are no Wikidata items.
    """

    entities: _Table
    redirects: _Table
    names: tuple[str, ...] = field(default=(), repr=False)

    def entity(self, title: str) -> str | None:
        """The entity that the page `title` is about, or None where the map does not say."""
        key = _hash(title)
        for _ in range(_MAX_HOPS):
            number = self.entities.get(key)
            if number is not None:
                return f"Q{number}" if number >= 0 else self.names[-1 - number]
            target = self.redirects.get(key)
            if target is None:
                return None
            key = target & (2**64 - 1)
        return None


def build_title_map(pairs: Iterable[tuple[str, str]], redirects: Iterable[tuple[str, str]] = ()) -> TitleMap:
    """The map of `(title, entity)` pairs; of two entities for one title the first stays.

    >>> titles = build_title_map([("Mars", "Q111")], [("Red planet", "Mars")])
    >>> titles.entity("Red planet"), titles.entity("Venus")
    ('Q111', None)
    """
    keys, values, names = array("Q"), array("q"), dict[str, int]()
    for title, entity in pairs:
        keys.append(_hash(title))
        is_item = entity[:1] == "Q" and entity[1:].isdecimal() and entity[1:].isascii() and entity[1:2] != "0"
        values.append(int(entity[1:]) if is_item and len(entity) < 18 else -1 - names.setdefault(entity, len(names)))
    sources, targets = array("Q"), array("Q")
    for source, target in redirects:
        sources.append(_hash(source))
        targets.append(_hash(target))
    return TitleMap(_table(keys, values), _table(sources, targets), tuple(names))


def read_titles(path: Path) -> Iterator[tuple[str, str]]:
    """The `(title, entity)` pairs of a file; underscores in titles stand for blanks.

    Raises:
        DataError: a line has not two columns.
    """
    for number, line in read_lines(path):
        title, tab, entity = line.partition("\t")
        entity = entity.partition("\t")[0].strip()
        if not (title and tab and entity):
            raise DataError(
                f"{path}:{number}: expected a title and an entity's id separated by a tab, found {line[:80]!r}"
            )
        yield title.replace("_", " ").strip(), entity


def _hash(title: str) -> int:
    return int.from_bytes(hashlib.blake2b(title.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")
