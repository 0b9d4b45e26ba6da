"""Room 8: aligned passages, triples and questions in, training sequences and batches out."""

from kgpt.sequences.batch import Batch, collate
from kgpt.sequences.graph_stream import WordKnowledgeGraphStream
from kgpt.sequences.mixing import Mixture, WeightedStream
from kgpt.sequences.passage_store import PassageStore, build_passages, open_passage_store, write_passage_store
from kgpt.sequences.sequence import NO_TARGET, Sequence
from kgpt.sequences.text_stream import MaskedTextStream, SpanCorruptionStream
from kgpt.sequences.triple_stream import QuestionStream, TripleStream, question_text
from kgpt.sequences.vocabulary import Vocabulary, load_vocabulary, train_vocabulary

__all__ = [
    "NO_TARGET",
    "Batch",
    "MaskedTextStream",
    "Mixture",
    "PassageStore",
    "QuestionStream",
    "Sequence",
    "SpanCorruptionStream",
    "TripleStream",
    "Vocabulary",
    "WeightedStream",
    "WordKnowledgeGraphStream",
    "build_passages",
    "collate",
    "load_vocabulary",
    "open_passage_store",
    "question_text",
    "train_vocabulary",
    "write_passage_store",
]
