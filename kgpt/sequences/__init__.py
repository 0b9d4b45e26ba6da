"""Room 8: aligned passages, triples and questions in, training sequences and batches out."""

from kgpt.sequences.batch import Batch, collate
from kgpt.sequences.causal_stream import CausalQuestionStream, CausalTextStream
from kgpt.sequences.graph_stream import WordKnowledgeGraphStream
from kgpt.sequences.link_stream import LinkStream
from kgpt.sequences.list_stream import ListStream
from kgpt.sequences.mixing import Mixture, WeightedStream
from kgpt.sequences.passage_store import PassageStore, build_passages, open_passage_store, write_passage_store
from kgpt.sequences.path_stream import PathStream
from kgpt.sequences.phases import Phase, Phases
from kgpt.sequences.sequence import NO_TARGET, Sequence
from kgpt.sequences.structure_format import StructureFormat
from kgpt.sequences.structure_stream import StructureStream
from kgpt.sequences.text_stream import MaskedTextStream, SpanCorruptionStream
from kgpt.sequences.triple_stream import QuestionStream, TripleStream, question_prompt, question_text
from kgpt.sequences.vocabulary import Vocabulary, load_vocabulary, train_vocabulary
from kgpt.sequences.written_stream import WrittenStream

__all__ = [
    "NO_TARGET",
    "Batch",
    "CausalQuestionStream",
    "CausalTextStream",
    "LinkStream",
    "ListStream",
    "MaskedTextStream",
    "Mixture",
    "PassageStore",
    "PathStream",
    "Phase",
    "Phases",
    "QuestionStream",
    "Sequence",
    "SpanCorruptionStream",
    "StructureFormat",
    "StructureStream",
    "TripleStream",
    "Vocabulary",
    "WeightedStream",
    "WordKnowledgeGraphStream",
    "WrittenStream",
    "build_passages",
    "collate",
    "load_vocabulary",
    "open_passage_store",
    "question_prompt",
    "question_text",
    "train_vocabulary",
    "write_passage_store",
]
