"""The tables of a dataset folder: what a curated document, a training sequence and a question are in Arrow."""

from dataclasses import asdict
from typing import Any

import pyarrow as pa

from kgpt.io import json_bytes
from kgpt.records import AlignedPassage, Document, Metadata, Question

_LINKS = pa.list_(
    pa.struct([("start", pa.int32()), ("end", pa.int32()), ("entity", pa.string()), ("score", pa.float32())])
)
_TRIPLE = [("head", pa.string()), ("relation", pa.string()), ("tail", pa.string())]
_ORIGIN = [(name, pa.string()) for name in ("source", "license", "language", "timestamp", "url")]
_TEXTS = pa.list_(pa.string())

CORPUS = pa.schema(
    [
        ("id", pa.string()),
        ("text", pa.string()),
        ("links", _LINKS),
        ("triples", pa.list_(pa.struct(_TRIPLE))),
        *_ORIGIN,
        ("metadata", pa.string()),
    ]
)
SEQUENCES = pa.schema(
    [
        ("id", pa.string()),
        ("document", pa.string()),
        ("text", pa.string()),
        ("input_ids", pa.list_(pa.int32())),
        ("links", _LINKS),
        ("triples", pa.list_(pa.struct([*_TRIPLE, ("confidence", pa.float32())]))),
        *_ORIGIN,
    ]
)
QUESTIONS = pa.schema(
    [
        ("id", pa.string()),
        ("question", pa.string()),
        ("answers", _TEXTS),
        ("entity", pa.string()),
        ("relation", pa.string()),
        ("path", _TEXTS),
        ("answer_entities", _TEXTS),
        ("source", pa.string()),
    ]
)


def document_row(document: Document) -> dict[str, Any]:
    """A row of `CORPUS`; what a source says beyond the named fields is JSON."""
    told = document.metadata
    return {
        "id": document.id,
        "text": document.text,
        "links": list(map(asdict, document.links)),
        "triples": list(map(asdict, document.triples)),
        **_origin(told),
        "metadata": json_bytes(dict(told.extra)).decode() if told.extra else "",
    }


def sequence_row(passage: AlignedPassage, word_ids: list[int]) -> dict[str, Any]:
    """A row of `SEQUENCES`: links count code points of the text, `input_ids` are without special words."""
    return {
        "id": passage.id,
        "document": passage.document,
        "text": passage.text,
        "input_ids": word_ids,
        "links": list(map(asdict, passage.links)),
        "triples": [asdict(one.triple) | {"confidence": one.confidence} for one in passage.alignments],
        **_origin(passage.metadata),
    }


def question_row(question: Question) -> dict[str, Any]:
    """A row of `QUESTIONS`; its split is the file that it stands in."""
    return {
        "id": question.id,
        "question": question.text,
        "answers": list(question.answers),
        "entity": question.entity,
        "relation": question.relation,
        "path": list(question.path),
        "answer_entities": list(question.answer_entities),
        "source": question.source,
    }


def _origin(told: Metadata) -> dict[str, str]:
    return {name: getattr(told, name) for name, _ in _ORIGIN}
