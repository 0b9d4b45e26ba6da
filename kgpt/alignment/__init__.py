"""Room 5: linked documents and a graph in, passages with the triples they support out."""

from kgpt.alignment.aligner import Aligner, AlignmentSettings

__all__ = ["Aligner", "AlignmentSettings"]
