"""Documents by where they come from and what curation found of them: the slices that are counted and mixed."""

from collections import Counter
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from kgpt.corpus.base import UNKNOWN, marks_of
from kgpt.corpus.clusters import num_members
from kgpt.corpus.quality_classifier import QUALITY
from kgpt.corpus.sharded import STEPS
from kgpt.records import Metadata

SLICE = "slice"
"""The field of `Metadata.extra` that names a document's slice where that is not its source."""
UNMARKED = "unmarked"
_QUALITY_BANDS = 5


def domain(metadata: Metadata) -> str:
    """The host of a document's URL, without `www.`.

    >>> domain(Metadata(url="https://www.example.org:8080/a?b=1"))
    'example.org'
    """
    try:
        return (urlsplit(metadata.url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _quality(metadata: Metadata) -> str:
    """A fifth of the probabilities: `0.4-0.6`; what is none, other programs call quality, too."""
    told = metadata.extra.get(QUALITY)
    if not isinstance(told, float) or not 0 <= told <= 1:
        return ""
    band = min(int(told * _QUALITY_BANDS), _QUALITY_BANDS - 1)
    return f"{band / _QUALITY_BANDS:.1f}-{(band + 1) / _QUALITY_BANDS:.1f}"


def _cluster(metadata: Metadata) -> str:
    """How many documents one stands for: `1`, `2-3`, `4-7`, ..."""
    low = 1 << (num_members(metadata).bit_length() - 1)
    return str(low) if low == 1 else f"{low}-{2 * low - 1}"


def _steps(metadata: Metadata) -> str:
    told = metadata.extra.get(STEPS)
    return " ".join(map(str, told)) if isinstance(told, list) else ""


SLICES: Mapping[str, Callable[[Metadata], str]] = {
    "source": lambda metadata: metadata.source,
    "license": lambda metadata: metadata.license,
    "language": lambda metadata: metadata.language,
    "year": lambda metadata: metadata.timestamp[:4],
    "domain": domain,
    "quality": _quality,
    "cluster": _cluster,
    "steps": _steps,
    "marked": lambda metadata: next(iter(marks_of(metadata)), UNMARKED),
}
"""What documents are sliced by, and the name of a document's slice; empty where nothing is said."""


def slice_of(metadata: Metadata, field: str) -> str:
    """The slice of a document by `field` of `SLICES`."""
    return SLICES[field](metadata) or UNKNOWN


def count_slices(slices: Mapping[str, Counter[str]], metadata: Metadata) -> None:
    """Count one more document in its slice by every field."""
    for field, counts in slices.items():
        counts[slice_of(metadata, field)] += 1
