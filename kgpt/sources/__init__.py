"""Room 1: files in, streams of records out; one reader a format."""

from kgpt.sources.base import DocumentSource, GraphSource, QuestionSource
from kgpt.sources.opening import open_documents, open_graph, open_questions

__all__ = [
    "DocumentSource",
    "GraphSource",
    "QuestionSource",
    "open_documents",
    "open_graph",
    "open_questions",
]
