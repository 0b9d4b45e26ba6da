from dataclasses import asdict

import pytest

from kgpt.evaluation import measure_overlap
from kgpt.evaluation.contamination import measure_contamination
from kgpt.kg import build_graph
from kgpt.records import Question, Triple

TEST = (
    Question("t1", "What is the capital of France?", ("Paris",), "Q1", "P36", ("Q2",)),
    Question("t2", "Where was Kafka born?", ("Prague",), "Q3", "P19", ("Q4",)),
    Question("t3", "Who knows?", ("nobody",)),
)
GRAPH, _ = build_graph([Triple("Q1", "P36", "Q2"), Triple("Q3", "P19", "Q4"), Triple("Q4", "P17", "Q1")])
CLEAN = {"train": (), "texts": ("Nothing to see here.",), "graph": GRAPH, "graph_triples": (), "text_triples": ()}


def overlap(**changes):
    return asdict(measure_overlap(test=TEST, **(CLEAN | changes)))


def test_nothing_is_counted_where_nothing_leaks():
    assert overlap() == {
        "num_test": 3,
        "asked_in_training": 0,
        "quoted_in_text": 0,
        "facts_in_training_questions": 0,
        "facts_in_graph": 0,
        "facts_in_text": 0,
        "hops_in_training_questions": 0,
    }


def test_several_hops_need_all_their_facts_and_share_a_hop_with_a_question_that_asks_it():
    asked = Question("t", "In which country was Kafka born?", ("France",), "Q3", "", ("Q1",), path=("P19", "P17"))
    born = Question("a", "Where was Kafka born?", ("Prague",), "Q3", "P19", ("Q4",))
    half, whole = [Triple("Q3", "P19", "Q4")], [Triple("Q3", "P19", "Q4"), Triple("Q4", "P17", "Q1")]

    def found(**changes):
        return measure_overlap(test=(asked,), **(CLEAN | changes))

    assert found(graph_triples=half).facts_in_graph == 0
    assert found(graph_triples=whole).facts_in_graph == 1
    assert found(train=(born,)).hops_in_training_questions == 1
    assert found(train=(born,)).facts_in_training_questions == 0


def test_a_question_asked_in_training_is_counted_whatever_its_marks():
    asked = Question("x", "what is capital of FRANCE", ("Paris",), "Q9", "P36", ("Q8",))

    assert overlap(train=(asked,))["asked_in_training"] == 1


def test_a_question_quoted_in_a_text_is_counted():
    assert overlap(texts=("a", "He asked: where was Kafka born? Nobody knew."))["quoted_in_text"] == 1


@pytest.mark.parametrize("leak", [Triple("Q1", "P36", "Q2"), Triple("Q2", "P1376", "Q1"), Triple("Q1", "P999", "Q2")])
@pytest.mark.parametrize(("where", "counted"), [("graph_triples", "facts_in_graph"), ("text_triples", "facts_in_text")])
def test_a_leaked_fact_is_counted_in_either_direction(leak, where, counted):
    found = overlap(**{where: [leak, Triple("Q7", "P36", "Q8")]})

    assert found == overlap() | {counted: 1}


def test_a_fact_of_a_training_question_is_counted_turned_round():
    turned = Question("x", "Paris is the capital of what?", ("France",), "Q2", "P1376", ("Q1",))

    assert overlap(train=(turned,))["facts_in_training_questions"] == 1


LONG = Question("long", "Which of two old towns on this river was first to build its own bridge of stone?", ("Prague",))
EIGHT = Question("eight", "Who built that very old stone bridge there?", ("Charles",))


def marks(test, *, train=(), texts=()):
    return measure_contamination(test=test, train=train, texts=texts).reasons


def test_clean_items_bear_no_mark():
    assert marks(TEST, texts=("Paris is the capital of France.",)) == {}


def test_a_quoted_question_is_told_from_one_quoted_with_its_answer():
    texts = ("Where was Kafka born? Nobody knew.", "What is the capital of France? Paris!")

    assert marks(TEST, texts=texts) == {"t1": ("quoted_in_text", "quoted_with_answer"), "t2": ("quoted_in_text",)}


def test_thirteen_shared_words_mark_a_long_question():
    words = LONG.text.split()

    assert marks([LONG], texts=[" ".join(words[:15])]) == {"long": ("ngram_13_in_text",)}
    assert marks([LONG], texts=[" ".join(words[:10])]) == {}


def test_a_question_of_eight_words_must_be_shared_whole():
    asked = Question("x", "Tell me: who built that very old stone bridge there, and why?", ("Charles",))

    assert marks([EIGHT], train=[asked]) == {"eight": ("ngram_13_in_training_questions",)}


def test_a_fact_that_a_training_question_asks_turned_round_marks_the_item():
    turned = Question("x", "Paris is the capital of what?", ("France",), "Q2", "P1376", ("Q1",))

    assert marks(TEST, train=[turned]) == {"t1": ("fact_in_training_questions",)}


def test_runs_of_eight_words_are_measured_but_mark_nothing():
    found = measure_contamination(test=[LONG], train=[], texts=[" ".join(LONG.text.split()[:12])])

    assert found.reasons == {}
    assert found.longest_in_text == {"long": 12}
    assert found.as_json()["ngram_8_in_text"] == 1
    assert found.as_json()["num_clean"] == 1
