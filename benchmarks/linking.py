"""Names of the embedded graph found in the embedded corpus: spaCy's PhraseMatcher, kgpt's mentions, kgpt's links."""

import spacy
from spacy.matcher import PhraseMatcher

from benchmarks.timing import rates, rows
from kgpt.kg import build_graph
from kgpt.linking import Linker
from kgpt.linking.mention import find_mentions
from kgpt.records import Document
from kgpt.sources import open_documents, open_graph


def run() -> list[list[str]]:
    """Characters of text a second."""
    graph, _ = build_graph(open_graph("embedded:atlas").read())
    documents = [one for one in open_documents("embedded:atlas").read() if isinstance(one, Document)]
    linker, pipeline = Linker.of(graph), spacy.blank("en")
    matcher = PhraseMatcher(pipeline.vocab)
    matcher.add("NAME", list(pipeline.tokenizer.pipe(linker.index.candidates)))
    num_chars = sum(len(document.text) for document in documents)

    def with_spacy() -> float:
        for document in documents:
            matcher(pipeline(document.text))
        return num_chars

    def mentions() -> float:
        for document in documents:
            list(find_mentions(document.text, linker.index))
        return num_chars

    def links() -> float:
        for document in documents:
            linker.link(document)
        return num_chars

    measured = rates({"spaCy PhraseMatcher": with_spacy, "kgpt mentions": mentions, "kgpt links": links})
    return rows(measured, unit="characters/s")
