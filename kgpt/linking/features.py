"""What speaks for a reading: numbers for every pair of a match and a candidate.

Shapes: T tokens, M matches, P pairs, F features.
"""

from typing import Literal as OneOf
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from kgpt.kernel import compiled
from kgpt.kg.graph import KnowledgeGraph
from kgpt.linking.alias_index import LABEL, PARTIAL
from kgpt.linking.coherence import coherence
from kgpt.linking.lattice import Lattice
from kgpt.linking.profile import Profiles, shared_words
from kgpt.linking.tokenizing import HAS_LOWER, HAS_UPPER, UPPER_START

Feature = OneOf[
    "bias",
    "log_prior",
    "exact_case",
    "log_degree",
    "lower_case",
    "lower_case_word",
    "opening_word",
    "log_tokens",
    "inside_longer",
    "capital_before",
    "capital_after",
    "rarity",
    "log_candidates",
    "label",
    "partial_name",
    "log_chars",
    "acronym",
    "lower_case_exact",
    "lower_case_other",
    "date",
    "digits",
    "article",
    "only_candidate",
    "lower_case_log_degree",
    "lower_case_rarity",
    "name_before",
    "name_after",
    "capital_before_long",
    "capital_after_long",
    "margin",
    "joined",
    "shared_neighbors",
    "shared_words",
]
FEATURES: tuple[Feature, ...] = get_args(Feature)
NUM_LOCAL = FEATURES.index("joined")
"""Features before this one look at the name and its place alone; those from it on, at the whole text."""

_MATCH_FEATURES: tuple[Feature, ...] = (
    "lower_case",
    "lower_case_word",
    "opening_word",
    "log_tokens",
    "inside_longer",
    "capital_before",
    "capital_after",
    "rarity",
    "log_chars",
    "acronym",
    "date",
    "digits",
    "article",
    "name_before",
    "name_after",
)
_PRODUCTS: tuple[tuple[Feature, Feature, Feature], ...] = (
    ("lower_case_exact", "lower_case", "exact_case"),
    ("lower_case_log_degree", "lower_case", "log_degree"),
    ("lower_case_rarity", "lower_case", "rarity"),
    ("capital_before_long", "capital_before", "log_tokens"),
    ("capital_after_long", "capital_after", "log_tokens"),
)
_MIN_PRIOR = 1e-5
_MEAN_RARITY = 8.0
_SENTENCE_ENDS = np.array([ord(character) for character in ".!?:;\"'()“”"], np.uint32)


class Words:
    """Keys of words that features ask for, sorted."""

    def __init__(self, dates: NDArray[np.uint64], articles: NDArray[np.uint64]) -> None:
        self.dates, self.articles = dates, articles


def local_features(
    points: NDArray[np.uint32], lattice: Lattice, profiles: Profiles, degrees: NDArray[np.int64], words: Words
) -> NDArray[np.float64]:
    """The features of each pair, those about the whole text left 0, [P, F].

    Args:
        points: code points of the text.
        lattice: its readings.
        profiles: of the entities.
        degrees: triples of each entity.
        words: of the language.
    """
    tokens, matches, owners = lattice.tokens, lattice.matches, lattice.owners
    by_match = _match_features(
        points,
        tokens.starts,
        tokens.stops,
        tokens.keys,
        tokens.flags,
        matches.first,
        matches.last,
        profiles.rarity,
        words.dates,
        words.articles,
        _SENTENCE_ENDS,
    )
    out = np.zeros((len(lattice), len(FEATURES)))
    for column, name in enumerate(_MATCH_FEATURES):
        out[:, FEATURES.index(name)] = by_match[owners, column]
    lower, counts = out[:, FEATURES.index("lower_case")], np.diff(lattice.indptr)
    told: dict[Feature, NDArray[np.float64]] = {
        "bias": np.ones(len(lattice)),
        "log_prior": np.log(np.maximum(lattice.priors, _MIN_PRIOR)),
        "exact_case": lattice.exact.astype(np.float64),
        "log_degree": np.log1p(degrees[lattice.entities]),
        "log_candidates": np.log(counts)[owners],
        "label": (lattice.kinds & LABEL != 0).astype(np.float64),
        "partial_name": (lattice.kinds == PARTIAL).astype(np.float64),
        "lower_case_other": ~lattice.exact * lower,
        "only_candidate": (counts == 1)[owners].astype(np.float64),
        "margin": _margins(lattice),
    }
    for name, values in told.items():
        out[:, FEATURES.index(name)] = values
    for name, one, other in _PRODUCTS:
        out[:, FEATURES.index(name)] = out[:, FEATURES.index(one)] * out[:, FEATURES.index(other)]
    return out


def _margins(lattice: Lattice) -> NDArray[np.float64]:
    """How much likelier a candidate is by its name than the likeliest other one, as a difference of logs, [P]."""
    logs = np.log(np.maximum(lattice.priors.astype(np.float64), _MIN_PRIOR))
    if not len(logs):
        return logs
    owners, begins = lattice.owners, lattice.indptr[:-1]
    best = np.maximum.reduceat(logs, begins)
    first = np.zeros(len(logs), bool)
    top = np.flatnonzero(logs == best[owners])
    first[top[np.unique(owners[top], return_index=True)[1]]] = True
    others = np.maximum.reduceat(np.where(first, np.log(_MIN_PRIOR), logs), begins)
    return logs - np.where(first, others[owners], best[owners])


def add_text_features(
    features: NDArray[np.float64],
    lattice: Lattice,
    beliefs: NDArray[np.float64],
    graph: KnowledgeGraph,
    profiles: Profiles,
) -> None:
    """Fill in the features about the whole text.

    Args:
        features: of `local_features`, changed in place, [P, F].
        lattice: the text's readings.
        beliefs: probability of each pair by its local features, [P].
        graph: where candidates are joined.
        profiles: of the entities.
    """
    entities, places = np.unique(lattice.entities, return_inverse=True)
    believed = np.zeros(len(entities))
    np.maximum.at(believed, places, beliefs)
    joined, shared = coherence(graph, entities.astype(np.int64), believed)
    context = shared_words(
        profiles.indptr, profiles.words, profiles.rarity, entities.astype(np.int64), np.unique(lattice.tokens.keys)
    )
    features[:, NUM_LOCAL:] = np.log1p(np.stack([joined, shared, context], axis=1))[places]


@compiled
def _match_features(  # noqa: PLR0913, PLR0917 - a kernel takes arrays, not objects
    points: NDArray[np.uint32],
    starts: NDArray[np.int64],
    stops: NDArray[np.int64],
    keys: NDArray[np.uint64],
    flags: NDArray[np.uint8],
    first: NDArray[np.int64],
    last: NDArray[np.int64],
    rarity: NDArray[np.float32],
    dates: NDArray[np.uint64],
    articles: NDArray[np.uint64],
    ends: NDArray[np.uint32],
) -> NDArray[np.float64]:
    out = np.zeros((len(first), 15))
    mask = np.uint64(len(rarity) - 1)
    for i in range(len(first)):
        a, b = first[i], last[i]
        lower, upper, is_date, digits, rare = False, False, True, False, 0.0
        for k in range(a, b):
            lower |= flags[k] & HAS_LOWER != 0
            upper |= flags[k] & HAS_UPPER != 0
            has_digit = 48 <= points[starts[k]] <= 57
            digits |= has_digit
            is_date &= has_digit or points[starts[k]] == 44 or _among(dates, keys[k])
            rare += rarity[keys[k] & mask]
        word = b - a == 1
        opening = _opens(points, starts, stops, a, ends)
        out[i, 0] = lower and not upper
        out[i, 1] = lower and not upper and word
        out[i, 2] = upper and word and opening
        out[i, 3] = np.log(b - a)
        out[i, 5] = (
            upper and a > 0 and _joined(starts, stops, flags, a - 1) and not _opens(points, starts, stops, a - 1, ends)
        )
        out[i, 6] = upper and b < len(keys) and _joined(starts, stops, flags, b - 1, True)
        out[i, 7] = rare / (b - a) - _MEAN_RARITY
        out[i, 8] = np.log(stops[b - 1] - starts[a])
        out[i, 9] = word and flags[a] & HAS_UPPER != 0 and flags[a] & HAS_LOWER == 0 and stops[a] - starts[a] > 1
        out[i, 10] = is_date
        out[i, 11] = digits
        out[i, 12] = not word and _among(articles, keys[a]) and flags[a] & UPPER_START == 0
    _mark_inside(first, last, out)
    known = np.zeros(len(keys), np.bool_)
    for i in range(len(first)):
        known[first[i] : last[i]] = True
    for i in range(len(first)):
        out[i, 13] = out[i, 5] != 0 and known[first[i] - 1]
        out[i, 14] = out[i, 6] != 0 and known[last[i]]
    return out


@compiled
def _mark_inside(first: NDArray[np.int64], last: NDArray[np.int64], out: NDArray[np.float64]) -> None:
    """Which matches lie inside a longer one; matches are sorted by their first token, shorter before longer."""
    for i in range(len(first)):
        j = i + 1
        while j < len(first) and first[j] < last[i]:
            if last[j] <= last[i] and (first[j] > first[i] or last[j] < last[i]):
                out[j, 4] = 1.0
            elif first[j] == first[i] and last[j] > last[i]:
                out[i, 4] = 1.0
            j += 1


@compiled
def _joined(
    starts: NDArray[np.int64], stops: NDArray[np.int64], flags: NDArray[np.uint8], left: int, right: bool = False
) -> bool:
    """Whether a token and the next stand side by side, and the one asked for begins in upper case."""
    asked = left + 1 if right else left
    return bool(starts[left + 1] - stops[left] <= 1 and flags[asked] & UPPER_START != 0)


@compiled
def _opens(
    points: NDArray[np.uint32],
    starts: NDArray[np.int64],
    stops: NDArray[np.int64],
    token: int,
    ends: NDArray[np.uint32],
) -> bool:
    """Whether a sentence, a line or a quotation begins with a token."""
    if token == 0:
        return True
    for place in range(stops[token - 1], starts[token]):
        if points[place] == 10:
            return True
    if stops[token - 1] - starts[token - 1] > 1:
        return False
    before = points[starts[token - 1]]
    for i in range(len(ends)):  # noqa: SIM110 - numba compiles no generator
        if ends[i] == before:
            return True
    return False


@compiled
def _among(words: NDArray[np.uint64], key: np.uint64) -> bool:
    place = np.searchsorted(words, key)
    return bool(place < len(words)) and bool(words[place] == key)
