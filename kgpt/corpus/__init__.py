"""Room 3: documents in, curated documents out, every drop with its reason."""

from kgpt.corpus import (  # the steps register themselves
    blocklist,
    c4,
    decontamination,
    duplicates,
    fineweb,
    gopher_quality,
    gopher_repetition,
    language,
    length,
    line_duplicates,
    near_duplicates,
    normalize,
    pii,
    quality_classifier,
    repair,
    sample,
    select,
)
from kgpt.corpus.base import CorpusStep, QualityFilter, SourcePolicy, SourceStep, WholeStep, corpus_steps, step_files
from kgpt.corpus.curating import Curation
from kgpt.corpus.slices import corpus_slices

__all__ = [
    "CorpusStep",
    "Curation",
    "QualityFilter",
    "SourcePolicy",
    "SourceStep",
    "WholeStep",
    "blocklist",
    "c4",
    "corpus_slices",
    "corpus_steps",
    "decontamination",
    "duplicates",
    "fineweb",
    "gopher_quality",
    "gopher_repetition",
    "language",
    "length",
    "line_duplicates",
    "near_duplicates",
    "normalize",
    "pii",
    "quality_classifier",
    "repair",
    "sample",
    "select",
    "step_files",
]
