"""All readings of a text at once: every match with every candidate, as flat arrays.

Shapes: T tokens, M matches, P pairs of a match and a candidate, E entities.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kgpt.kernel import compiled
from kgpt.linking.alias_index import AliasIndex, form_of
from kgpt.linking.matching import Matches
from kgpt.linking.tokenizing import Tokens


@dataclass(frozen=True, eq=False, slots=True)
class Lattice:
    """The readings of one text.

    Args:
        tokens: its tokens.
        matches: names in it that may be mentions.
        indptr: where each match's pairs begin, int64 [M + 1].
        entities: the candidate of each pair, int32 [P].
        priors: p(entity | name), float32 [P].
        exact: whether the candidate bears the name with just this case, bool [P].
        kinds: what the name is to the candidate, uint8 [P].
    """

    tokens: Tokens
    matches: Matches
    indptr: NDArray[np.int64]
    entities: NDArray[np.int32]
    priors: NDArray[np.float32]
    exact: NDArray[np.bool_]
    kinds: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.entities)

    @property
    def owners(self) -> NDArray[np.int64]:
        """The match of each pair, [P]."""
        return np.repeat(np.arange(len(self.matches)), np.diff(self.indptr))


def build_lattice(tokens: Tokens, matches: Matches, index: AliasIndex, *, max_candidates: int) -> Lattice:
    """The pairs of every match with its likeliest candidates."""
    indptr, entities, priors, exact, kinds = _pairs(
        tokens.exact,
        matches.first,
        matches.last,
        matches.names,
        index.indptr,
        index.entities,
        index.priors,
        index.forms,
        index.kinds,
        max_candidates,
    )
    return Lattice(tokens, matches, indptr, entities, priors, exact, kinds)


@compiled
def _pairs(  # noqa: PLR0913, PLR0917 - a kernel takes arrays, not objects
    exact: NDArray[np.uint64],
    first: NDArray[np.int64],
    last: NDArray[np.int64],
    names: NDArray[np.int64],
    indptr: NDArray[np.int64],
    entities: NDArray[np.int32],
    priors: NDArray[np.float32],
    forms: NDArray[np.uint64],
    kinds: NDArray[np.uint8],
    max_candidates: int,
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float32], NDArray[np.bool_], NDArray[np.uint8]]:
    """One pair an entity: an entity that bears the name in several cases has its priors summed."""
    out_indptr = np.zeros(len(names) + 1, np.int64)
    room = 0
    for i in range(len(names)):
        room += min(max_candidates, indptr[names[i] + 1] - indptr[names[i]])
    chosen, shares, same = np.empty(room, np.int32), np.zeros(room, np.float32), np.zeros(room, np.bool_)
    told = np.zeros(room, np.uint8)
    count = 0
    for i in range(len(names)):
        form, begin = form_of(exact[first[i] : last[i]]), count
        for row in range(indptr[names[i]], indptr[names[i] + 1]):
            place = begin
            while place < count and chosen[place] != entities[row]:
                place += 1
            if place == count:
                if count - begin == max_candidates:
                    continue
                chosen[place] = entities[row]
                count += 1
            shares[place] += priors[row]
            same[place] |= forms[row] == form
            told[place] |= kinds[row]
        out_indptr[i + 1] = count
    return out_indptr, chosen[:count].copy(), shares[:count].copy(), same[:count].copy(), told[:count].copy()
