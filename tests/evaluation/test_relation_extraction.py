import pytest

from kgpt.evaluation import tasks
from kgpt.evaluation.exam import Exam
from kgpt.evaluation.relation_extraction import marked, relation_items
from kgpt.records import NIL, Document, Link, Outcome, Result, Triple
from kgpt.sources import open_documents

TEXT = "Rome is in Italy, Berlin in Germany"
LINKS = (Link(0, 4, "Q1"), Link(11, 16, "Q2"), Link(18, 24, "Q3"), Link(28, 35, NIL))


def test_two_entities_are_asked_once_and_by_their_first_triple():
    triples = (Triple("Q2", "P36", "Q1"), Triple("Q1", "P17", "Q2"), Triple("Q1", "P17", "Q9"))

    items = list(relation_items([Document("d", TEXT, LINKS, triples=triples)], marking="mentions"))

    assert [(one.id, one.label, one.read.spans) for one in items] == [("d|Q2|Q1", "P36", ((11, 16), (0, 4)))]
    assert items[0].holds == (("pairs", "Q1|Q2"), ("entities", "Q2"), ("entities", "Q1"))


def test_a_judged_text_has_a_pair_without_a_relation():
    judged = Document("d", TEXT, LINKS, triples=(Triple("Q1", "P17", "Q2"),), judged_relations=("P17",))

    assert [(one.id, one.label) for one in relation_items([judged], marking="mentions")] == [
        ("d|Q1|Q2", "P17"),
        ("d|Q1|Q3", "none"),
    ]


def test_marks_stand_around_head_and_tail_whatever_their_order():
    for spans in (((0, 4), (11, 16)), ((11, 16), (0, 4))):
        read = marked(TEXT, spans)
        (head, tail) = (TEXT[start:end] for start, end in spans)
        assert f"<head> {head} </head>" in read.text and f"<tail> {tail} </tail>" in read.text
        assert [read.text[start:end] for start, end in read.spans] == ["</head>", "</tail>"]


@pytest.mark.parametrize("settings", [{}, {"marking": "markers"}, {"frozen": True}])
@pytest.mark.real
def test_fewrel_is_split_by_pairs_of_entities(shared_data, reader, settings):
    task = tasks.build(
        {"type": "relation_extraction", "data": "{data_dir}/text/fewrel_val.jsonl.gz", "steps": 2, "max_items": 60}
        | settings
    )

    found = task.measure(reader, Exam(data_dir=str(shared_data)))

    rows = {(one.subset, one.metric): one.value for one in found if isinstance(one, Result)}
    assert rows["pairs", "overlap_frac"] == 0.0
    assert rows["entities", "overlap_frac"] < 1 and rows["all", "unread_frac"] == 0
    assert len([one for one in found if isinstance(one, Outcome)]) > 5


@pytest.mark.real
def test_knowledgenet_has_relations_and_pairs_without(shared_data):
    source = open_documents(str(shared_data / "el" / "knowledgenet_fold12.jsonl.gz"))

    labels = [one.label for one in relation_items(filter(is_document, source.read()), marking="markers")]

    assert {"none", "P19", "P26", "P69", "P108"} <= set(labels)
    assert labels.count("none") < len(labels) / 2


def is_document(one):
    return isinstance(one, Document)
