"""Names to entities: every label and alias of a graph, in a hash table over token prefixes that is memory-mapped.

A name is found by its tokens (`kgpt.linking.tokenizing`): every prefix of a name has a slot, so that the longest name
at a place is found token by token, and a text that leaves the table leaves the search. Slots hold 64-bit hashes of
prefixes; two names meet in one with a chance of 10^-5 in ten million.

The prior of an entity given a name, p(entity | name), is proportional to its weight for that name: labels weigh
more than aliases, entities with many triples or articles more than those with few, and anchors of linked text count
beside them.

Shapes: A names, N pairs of a name and an entity, P prefixes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kgpt.kernel import compiled
from kgpt.kg.graph import ALIAS_SEPARATOR, KnowledgeGraph, Names
from kgpt.kg.heap import TextHeap
from kgpt.linking.array_folder import open_arrays, write_arrays
from kgpt.linking.tokenizing import UPPER_START, Tokens, code_points, tokenize, tokenize_points
from kgpt.records import NIL, Document
from kgpt.text import nfc

_ALIAS_WEIGHT = 0.3
_ANCHOR_WEIGHT = 10.0
_PARTIAL_WEIGHT = 0.02
LABEL, ALIAS, PARTIAL, ANCHOR = 1, 2, 4, 8
"""What a name is to an entity: its label, an alias, a part of its label, an anchor of linked text."""

_VERSION = 1
_EMPTY = np.uint64(0)
_PREFIX_ONLY = np.uint64(0)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entity that a mention may mean, by number.

    Args:
        entity: its number.
        prior: p(entity | name), in [0, 1].
        exact: whether the entity bears the name with just this case.
        kinds: what the name is to it, see `LABEL` and its like.
    """

    entity: int
    prior: float
    exact: bool = True
    kinds: int = 1


@dataclass(frozen=True, eq=False, slots=True)
class AliasIndex:
    """Candidates by name.

    Args:
        slots: hash of a prefix, and the number (plus one) of the name that ends there or 0, uint64 [2 * slots].
        indptr: where each name's pairs begin, int64 [A + 1].
        entities: entity of each pair, the likeliest first, int32 [N].
        priors: p(entity | name), float32 [N].
        forms: hash of the name with its case, uint64 [N].
        kinds: what the name is to the entity, see `LABEL` and its like, uint8 [N].
        fold_case: 1 where names are compared in lower case, uint8 [1].
    """

    slots: NDArray[np.uint64]
    indptr: NDArray[np.int64]
    entities: NDArray[np.int32]
    priors: NDArray[np.float32]
    forms: NDArray[np.uint64]
    kinds: NDArray[np.uint8]
    fold_case: NDArray[np.uint8]

    @classmethod
    def of(
        cls,
        graph: KnowledgeGraph,
        *,
        min_chars: int = 2,
        fold_case: bool = True,
        language: str = "",
        anchors: Iterable[Document] = (),
        partial_names: bool = True,
    ) -> "AliasIndex":
        """The index over all names of a graph.

        Args:
            graph: whose names.
            min_chars: shorter names are left out.
            fold_case: whether a name is found in any case.
            language: whose names; empty for the graph's main one.
            anchors: linked documents, whose links count for the priors.
            partial_names: whether first and last words of labels are names, too.
        """
        names = graph.names_in(language) if language else graph.entities
        named = [
            _Named.of(heap, owners, weights, kind, min_chars=min_chars, fold_case=fold_case)
            for heap, owners, weights, kind in (*_names_of(graph, names), _anchors_of(graph, anchors))
        ]
        if partial_names:
            named += named[0].parts()
        return _indexed(named, fold_case)

    def __len__(self) -> int:
        return len(self.indptr) - 1

    def candidates(self, surface: str, *, max_candidates: int = 30) -> tuple[Candidate, ...]:
        """The entities that bear the name `surface`, the likeliest first."""
        tokens = tokenize(surface, fold_case=bool(self.fold_case[0]))
        name = find_name(self.slots, tokens.keys) if len(tokens) else -1
        return self.candidates_of(name, form_of(tokens.exact), max_candidates=max_candidates) if name >= 0 else ()

    def candidates_of(self, name: int, form: np.uint64, *, max_candidates: int) -> tuple[Candidate, ...]:
        """The candidates of a name by number, written as `form`; one an entity, exact ones marked."""
        first, last = int(self.indptr[name]), int(self.indptr[name + 1])
        found: dict[int, Candidate] = {}
        for row in range(first, last):
            entity, exact = int(self.entities[row]), bool(self.forms[row] == form)
            known = found.get(entity)
            prior = float(self.priors[row]) + (known.prior if known else 0.0)
            kinds = int(self.kinds[row]) | (known.kinds if known else 0)
            found[entity] = Candidate(entity, prior, exact or bool(known and known.exact), kinds)
        return tuple(sorted(found.values(), key=lambda one: (-one.prior, one.entity))[:max_candidates])

    def write(self, folder: Path) -> None:
        """Write the index to `folder`, whole or not at all."""
        write_arrays(self, folder, version=_VERSION)

    @classmethod
    def open(cls, folder: Path) -> "AliasIndex":
        """The index in `folder`, memory-mapped: workers share it.

        Raises:
            StoreError: none there, one of another version, or a corrupt one.
        """
        return open_arrays(cls, folder, version=_VERSION)


@dataclass(frozen=True, eq=False, slots=True)
class _Named:
    """Tokens of strings that name entities.

    Args:
        keys: of the tokens of all strings, one string after the other.
        exact: the same with their case.
        capitals: whether they begin in upper case.
        counts: tokens of each string.
        owners: the entity that each names.
        weights: how much each counts for it.
        kind: of the names.
    """

    keys: NDArray[np.uint64]
    exact: NDArray[np.uint64]
    capitals: NDArray[np.bool_]
    counts: NDArray[np.int64]
    owners: NDArray[np.int64]
    weights: NDArray[np.float64]
    kind: int

    @classmethod
    def of(
        cls,
        heap: TextHeap,
        owners: NDArray[np.int64],
        weights: NDArray[np.float64],
        kind: int,
        *,
        min_chars: int,
        fold_case: bool,
    ) -> "_Named":
        tokens, counts = tokenize_all(heap, min_chars=min_chars, fold_case=fold_case)
        return cls(tokens.keys, tokens.exact, tokens.flags & UPPER_START != 0, counts, owners, weights, kind)

    def parts(self) -> list["_Named"]:
        """First and last words of names of two to four words that both begin in upper case."""
        ends = np.cumsum(self.counts)
        able = np.flatnonzero((self.counts >= 2) & (self.counts <= 4))
        able = able[self.capitals[ends[able] - 1] & self.capitals[ends[able] - self.counts[able]]]
        places = (ends[able] - 1, ends[able] - self.counts[able])
        return [
            _Named(
                self.keys[place],
                self.exact[place],
                self.capitals[place],
                np.ones(len(able), np.int64),
                self.owners[able],
                _PARTIAL_WEIGHT * self.weights[able],
                PARTIAL,
            )
            for place in places
        ]


_Heap = tuple[TextHeap, NDArray[np.int64], NDArray[np.float64], int]


def _names_of(graph: KnowledgeGraph, names: Names) -> list[_Heap]:
    """Heaps of names with the entity, the weight and the kind of each; labels come first."""
    popularity = np.sqrt(1.0 + graph.degrees)
    if len(graph.num_sitelinks):
        popularity = popularity + 2.0 * graph.num_sitelinks
    everyone = np.arange(graph.num_entities)
    unnamed = np.flatnonzero(np.diff(names.labels.offsets) == 0)
    called = TextHeap.of(name if (name := names.label(int(i))) != names.ids[int(i)] else "" for i in unnamed)
    aliases, owners = _split_aliases(names.aliases)
    titles = TextHeap.of(title.split(" (")[0] for title in names.titles) if len(names.titles.content) else names.titles
    return [
        (names.labels, everyone, popularity, LABEL),
        (called, unnamed, popularity[unnamed], LABEL),
        (aliases, owners, _ALIAS_WEIGHT * popularity[owners], ALIAS),
        (titles, everyone, _ALIAS_WEIGHT * popularity, ALIAS),
    ]


def _split_aliases(heap: TextHeap) -> tuple[TextHeap, NDArray[np.int64]]:
    """Every alias as a string of its own, and whose it is."""
    cuts = np.flatnonzero(np.asarray(heap.content) == ord(ALIAS_SEPARATOR)).astype(np.uint64)
    edges = np.union1d(np.union1d(heap.offsets, cuts), cuts + np.uint64(1))
    starts, stops = edges[:-1], edges[1:]
    kept = ~np.isin(starts, cuts)
    starts, lengths = starts[kept].astype(np.int64), (stops - starts)[kept].astype(np.int64)
    owners = np.searchsorted(heap.offsets, starts.astype(np.uint64), side="right") - 1
    offsets = np.zeros(len(starts) + 1, np.uint64)
    np.cumsum(lengths, out=offsets[1:])
    content = np.asarray(heap.content)[np.asarray(heap.content) != ord(ALIAS_SEPARATOR)]
    return TextHeap(content, offsets), owners.astype(np.int64)


def _anchors_of(graph: KnowledgeGraph, documents: Iterable[Document]) -> _Heap:
    texts, owners = [], []
    for document in documents:
        for link in document.links:
            number = None if link.entity == NIL else graph.entities.ids.find(link.entity)
            if number is not None:
                texts.append(document.surface(link))
                owners.append(number)
    return TextHeap.of(texts), np.array(owners, np.int64), np.full(len(texts), _ANCHOR_WEIGHT), ANCHOR


def _indexed(named: list[_Named], fold_case: bool) -> AliasIndex:
    def joined(field: str) -> NDArray[Any]:
        return np.concatenate([getattr(one, field) for one in named])

    indptr = np.concatenate([[0], np.cumsum(joined("counts"))])
    kinds = np.repeat(np.array([one.kind for one in named], np.uint8), [len(one.owners) for one in named])
    slots, names = _fill(joined("keys"), indptr)
    kept = np.flatnonzero(names >= 0)
    rows = _summed(
        names[kept], joined("owners")[kept], _forms(joined("exact"), indptr)[kept], joined("weights")[kept], kinds[kept]
    )
    return AliasIndex(slots, *rows, fold_case=np.array([fold_case], np.uint8))


def tokenize_all(heap: TextHeap, *, min_chars: int = 1, fold_case: bool = True) -> tuple[Tokens, NDArray[np.int64]]:
    """The tokens of all strings, and how many each string has; strings of fewer characters have none."""
    text = np.asarray(heap.content).tobytes().decode("utf-8")
    if nfc(text) != text:
        heap = TextHeap.of(map(nfc, heap))
        text = heap.content.tobytes().decode("utf-8")
    content = np.asarray(heap.content)
    begins = np.concatenate([[0], np.cumsum((content & 0xC0) != 0x80)])  # code points before each byte
    edges = begins[heap.offsets.astype(np.int64)]
    points = np.insert(code_points(text), edges[1:-1], 0x20) if len(heap) else code_points("")
    edges = edges + np.concatenate([[0], np.arange(len(heap))]) if len(heap) else edges
    tokens = tokenize_points(points, fold_case=fold_case)
    owner = np.searchsorted(edges[:-1], tokens.starts, side="right") - 1 if len(heap) else np.zeros(0, np.int64)
    long = (np.diff(begins[heap.offsets.astype(np.int64)]) >= min_chars)[owner]
    kept = Tokens(*(getattr(tokens, name)[long] for name in ("starts", "stops", "keys", "exact", "flags")))
    return kept, np.bincount(owner[long], minlength=len(heap))


def _summed(
    names: NDArray[np.int64],
    entities: NDArray[np.int64],
    forms: NDArray[np.uint64],
    weights: NDArray[np.float64],
    kinds: NDArray[np.uint8],
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float32], NDArray[np.uint64], NDArray[np.uint8]]:
    """Rows of (name, entity, form) without repeats, their weights summed into priors, the likeliest first."""
    order = np.lexsort((forms, entities, names))
    names, entities, forms = names[order], entities[order], forms[order]
    weights, kinds = weights[order], kinds[order]
    change = (names[1:] != names[:-1]) | (entities[1:] != entities[:-1]) | (forms[1:] != forms[:-1])
    begins = np.flatnonzero(np.concatenate([[True], change])[: len(names)])
    if not len(begins):
        return np.zeros(1, np.int64), entities.astype(np.int32), weights.astype(np.float32), forms, kinds
    summed, kinds = np.add.reduceat(weights, begins), np.bitwise_or.reduceat(kinds, begins)
    names, entities, forms = names[begins], entities[begins], forms[begins]
    priors = summed / np.bincount(names, weights=summed)[names]
    order = np.lexsort((forms, entities, -priors, names))
    indptr = np.concatenate([[0], np.cumsum(np.bincount(names))]).astype(np.int64)
    return indptr, entities[order].astype(np.int32), priors[order].astype(np.float32), forms[order], kinds[order]


@compiled
def extended(prefix: np.uint64, key: np.uint64) -> np.uint64:
    """The hash of a prefix with one more token; never 0, which marks an empty slot."""
    value = (prefix ^ key) * np.uint64(0x9E3779B97F4A7C15)
    value ^= value >> np.uint64(29)
    return value | np.uint64(1)


@compiled
def probe(slots: NDArray[np.uint64], prefix: np.uint64) -> int:
    """The number (plus one) of the name that ends at `prefix`, 0 where it only goes on, -1 where no name has it."""
    mask = np.uint64(len(slots) // 2 - 1)
    slot = (prefix >> np.uint64(1)) & mask
    while True:
        found = slots[2 * slot]
        if found == prefix:
            return int(np.int64(slots[2 * slot + np.uint64(1)]))
        if found == 0:
            return -1
        slot = (slot + np.uint64(1)) & mask


@compiled
def find_name(slots: NDArray[np.uint64], keys: NDArray[np.uint64]) -> int:
    """The number of the name with just these tokens, -1 where there is none."""
    prefix, found = np.uint64(0), 0
    for i in range(len(keys)):
        prefix = extended(prefix, keys[i])
        found = probe(slots, prefix)
        if found < 0:
            return -1
    return int(found) - 1


@compiled
def form_of(exact: NDArray[np.uint64]) -> np.uint64:
    """The hash of a name with its case."""
    prefix = np.uint64(0)
    for i in range(len(exact)):
        prefix = extended(prefix, exact[i])
    return prefix


@compiled
def _forms(exact: NDArray[np.uint64], indptr: NDArray[np.int64]) -> NDArray[np.uint64]:
    out = np.empty(len(indptr) - 1, np.uint64)
    for i in range(len(out)):
        out[i] = form_of(exact[indptr[i] : indptr[i + 1]])
    return out


@compiled
def _fill(keys: NDArray[np.uint64], indptr: NDArray[np.int64]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """The slots of all prefixes, and the number of each string's name, -1 for strings without tokens."""
    capacity = 1 << 10
    while capacity < 2 * len(keys):
        capacity *= 2
    slots = np.zeros(2 * capacity, np.uint64)
    mask = np.uint64(capacity - 1)
    names, count = np.full(len(indptr) - 1, -1, np.int64), 0
    for i in range(len(names)):
        prefix, slot = np.uint64(0), np.uint64(0)
        for j in range(indptr[i], indptr[i + 1]):
            prefix = extended(prefix, keys[j])
            slot = (prefix >> np.uint64(1)) & mask
            while slots[2 * slot] != 0 and slots[2 * slot] != prefix:
                slot = (slot + np.uint64(1)) & mask
            slots[2 * slot] = prefix
        if indptr[i + 1] > indptr[i]:
            if slots[2 * slot + np.uint64(1)] == 0:
                count += 1
                slots[2 * slot + np.uint64(1)] = count
            names[i] = np.int64(slots[2 * slot + np.uint64(1)]) - 1
    return slots, names
