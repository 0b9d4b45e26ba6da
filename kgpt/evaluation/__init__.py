"""Room 12: a checkpoint and what to ask of it in, outcomes, figures and tests out."""

# the tasks register themselves
from kgpt.evaluation import (
    entity_typing,
    few_shot,
    label_flip,
    linear_probe,
    relation_extraction,
)
from kgpt.evaluation.answering import Answer, answer
from kgpt.evaluation.cloze import evaluate_cloze
from kgpt.evaluation.cloze_template import evaluate_cloze_templates, mean_over_relations
from kgpt.evaluation.contamination import Overlap, measure_overlap
from kgpt.evaluation.coverage import evaluate_coverage
from kgpt.evaluation.entity_linking import LinkingScore, evaluate_linking
from kgpt.evaluation.exam import Exam
from kgpt.evaluation.facts import AskedFact, FactSubsets, asked_facts, fact_id
from kgpt.evaluation.graph_completion import evaluate_graph_completion
from kgpt.evaluation.link_prediction import evaluate_link_prediction_by_text
from kgpt.evaluation.link_ranking import EntityScorer, evaluate_link_ranking
from kgpt.evaluation.long_document import evaluate_long_documents
from kgpt.evaluation.passkey import evaluate_passkey
from kgpt.evaluation.perplexity import evaluate_perplexity
from kgpt.evaluation.question_answering import evaluate_questions, exact_match, majority_outcomes, token_f1
from kgpt.evaluation.structured_extraction import ExtractionItem, evaluate_structured_extraction, extraction_items
from kgpt.evaluation.summary import Comparison, compare, summarize
from kgpt.evaluation.task import Measured, Need, Task, tasks
from kgpt.evaluation.triple_classification import (
    LabelledTriples,
    NodeTripleScorer,
    TextTripleScorer,
    TripleScorer,
    classification_f1,
    evaluate_triple_classification,
    floor_outcomes,
    labelled_triples,
    split_labelled,
)

__all__ = [
    "Answer",
    "AskedFact",
    "Comparison",
    "EntityScorer",
    "Exam",
    "ExtractionItem",
    "FactSubsets",
    "LabelledTriples",
    "LinkingScore",
    "Measured",
    "Need",
    "NodeTripleScorer",
    "Overlap",
    "Task",
    "TextTripleScorer",
    "TripleScorer",
    "answer",
    "asked_facts",
    "classification_f1",
    "compare",
    "entity_typing",
    "evaluate_cloze",
    "evaluate_cloze_templates",
    "evaluate_coverage",
    "evaluate_graph_completion",
    "evaluate_link_prediction_by_text",
    "evaluate_link_ranking",
    "evaluate_linking",
    "evaluate_long_documents",
    "evaluate_passkey",
    "evaluate_perplexity",
    "evaluate_questions",
    "evaluate_structured_extraction",
    "evaluate_triple_classification",
    "exact_match",
    "extraction_items",
    "fact_id",
    "few_shot",
    "floor_outcomes",
    "label_flip",
    "labelled_triples",
    "linear_probe",
    "majority_outcomes",
    "mean_over_relations",
    "measure_overlap",
    "relation_extraction",
    "split_labelled",
    "summarize",
    "tasks",
    "token_f1",
]
