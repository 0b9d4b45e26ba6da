"""Room 3: documents in, curated documents out, every drop with its reason."""

from kgpt.corpus import duplicates, length, normalize, sample  # the steps register themselves
from kgpt.corpus.base import CorpusStep, corpus_steps
from kgpt.corpus.curating import Curation, corpus_slices

__all__ = ["CorpusStep", "Curation", "corpus_slices", "corpus_steps", "duplicates", "length", "normalize", "sample"]
