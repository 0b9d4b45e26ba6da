import gzip
import json
from collections import Counter, defaultdict

import pytest

from kgpt.errors import DataError
from kgpt.records import Dropped, Question
from kgpt.sources import open_questions
from kgpt.sources.question_sets import NO_ANSWER, Mintaka, PopQa, RuBq

WIKIDATA = "http://www.wikidata.org/entity/"
POPQA = {
    "id": 7,
    "question": "What is X's occupation?",
    "possible_answers": '["politician", "pol"]',
    "s_uri": f"{WIKIDATA}Q1",
    "o_uri": f"{WIKIDATA}Q2",
    "prop": "occupation",
    "prop_id": 22,
    "s_pop": 142,
}
MINTAKA = {
    "id": "m",
    "question": "Which book?",
    "translations": {"de": "Welches Buch?"},
    "questionEntity": [{"name": 4, "entityType": "ordinal"}, {"name": "Q44523", "entityType": "entity"}],
    "answer": {"answerType": "entity", "answer": [{"name": "Q5", "label": {"en": "Dawn"}}], "mention": "Breaking Dawn"},
}
RUBQ = {
    "uid": 4,
    "question_text": "Какой?",
    "question_eng": "Which country?",
    "query": "SELECT ?answer \nWHERE {\n  wd:Q14452 wdt:P17 ?answer\n}",
    "answers": [{"type": "uri", "value": f"{WIKIDATA}Q298", "wd_names": {"en": ["Chile", "CHI"], "ru": ["Чили"]}}],
}


def written(tmp_path, value, name, *, as_array=False):
    path = tmp_path / name
    path.write_text(json.dumps([value] if as_array else value))
    return path


def test_popqa_brings_its_popularity(tmp_path):
    (question,) = open_questions(str(written(tmp_path, POPQA, "popqa.jsonl"))).read()

    assert question == Question(
        "popqa-7", "What is X's occupation?", ("politician", "pol"), "Q1", "P106", ("Q2",), popularity=142.0
    )


def test_popqa_of_a_relation_of_no_name_is_bound_to_none(tmp_path):
    (question,) = open_questions(str(written(tmp_path, POPQA | {"prop": "owner"}, "popqa.jsonl"))).read()

    assert question.hops == ()


@pytest.mark.real
def test_relations_of_popqa_are_those_of_the_graph(shared_data):
    """Where the graph joins a subject and its answer at all, it does so by the relation that was read."""
    joined, told = defaultdict(set), Counter()
    with gzip.open(shared_data / "kg" / "triples.tsv.gz", "rt", encoding="utf-8") as file:
        for head, relation, tail, *_ in map(str.split, file):
            joined[head, tail].add(relation)
    for question in open_questions(str(shared_data / "qa" / "popqa_1k_with_paragraphs.jsonl.gz")).read():
        (fact,) = question.facts()
        if (fact.head, fact.tail) in joined:
            told[fact.relation in joined[fact.head, fact.tail]] += 1

    assert told.total() > 20
    assert told[True] > 0.8 * told.total()  # the others live or die where they were born


@pytest.mark.parametrize("answers", ["[]", "politician", 5])
def test_malformed_answers_are_told(tmp_path, answers):
    path = written(tmp_path, POPQA | {"possible_answers": answers}, "popqa.jsonl")

    with pytest.raises(DataError, match=r"popqa\.jsonl:1: possible_answers: expected a list"):
        list(PopQa(path).read())


def test_a_missing_field_is_told(tmp_path):
    with pytest.raises(DataError, match=r"popqa\.jsonl:1: no field 's_pop'"):
        list(PopQa(written(tmp_path, {k: v for k, v in POPQA.items() if k != "s_pop"}, "popqa.jsonl")).read())


@pytest.mark.parametrize(("language", "text"), [("en", "Which book?"), ("de", "Welches Buch?")])
def test_mintaka_is_asked_in_a_language(tmp_path, language, text):
    (question,) = Mintaka(written(tmp_path, MINTAKA, "mintaka.jsonl"), language).read()

    assert question == Question("m", text, ("Dawn", "Breaking Dawn"), "Q44523", answer_entities=("Q5",))
    assert question.hops == ()


def test_mintaka_without_the_language_or_an_answer(tmp_path):
    path = written(tmp_path, MINTAKA, "mintaka.jsonl")
    with pytest.raises(DataError, match="no text in 'fr'; there are en, de"):
        list(Mintaka(path, "fr").read())

    unanswered = written(tmp_path, MINTAKA | {"answer": {"answerType": "entity", "answer": None}}, "m.jsonl")
    assert list(Mintaka(unanswered).read()) == [Dropped("m", NO_ANSWER)]


@pytest.mark.parametrize("as_array", [True, False])
def test_rubq_of_one_hop_keeps_its_relation(tmp_path, as_array):
    (question,) = RuBq(written(tmp_path, RUBQ, "rubq.json", as_array=as_array)).read()

    assert question == Question("rubq-4", "Which country?", ("Chile", "CHI"), "Q14452", "P17", ("Q298",))


def test_rubq_in_russian_and_without_an_answer(tmp_path):
    assert next(RuBq(written(tmp_path, RUBQ, "rubq.json"), "ru").read()).answers == ("Чили",)
    assert list(RuBq(written(tmp_path, RUBQ | {"answers": []}, "r.json")).read()) == [Dropped("4", NO_ANSWER)]


@pytest.mark.real
@pytest.mark.parametrize(
    ("name", "num_least"),
    [("popqa_1k_with_paragraphs.jsonl.gz", 1_000), ("mintaka_dev_a.jsonl.gz", 950), ("rubq_2.0_dev.json.gz", 450)],
)
def test_the_releases_are_read(shared_data, name, num_least):
    items = list(open_questions(str(shared_data / "qa" / name)).read())

    questions = [one for one in items if isinstance(one, Question)]
    assert len(questions) >= num_least
    assert all(one.answers for one in questions)


def test_what_mintaka_counts_is_a_number(tmp_path):
    counted = {"answerType": "entity", "answer": [{"name": "Q5", "label": "One"}], "mention": "x", "answerNum": 6}
    value = MINTAKA | {"complexityType": "count", "answer": counted}
    (question,) = Mintaka(written(tmp_path, value, "mintaka.jsonl")).read()
    (ranked,) = Mintaka(written(tmp_path, value | {"complexityType": "superlative"}, "m.jsonl")).read()

    assert (question.answers, question.answer_entities) == (("6",), ())
    assert ranked.answers == ("One", "x")


@pytest.mark.real
def test_mintaka_s_counts_are_numbers(shared_data):
    with gzip.open(shared_data / "qa" / "mintaka_dev_a.jsonl.gz", "rt", encoding="utf-8") as file:
        counts = {row["id"] for row in map(json.loads, file) if row["complexityType"] == "count"}
    questions = open_questions(str(shared_data / "qa" / "mintaka_dev_a.jsonl.gz")).read()
    answers = [one.answers for one in questions if isinstance(one, Question) and one.id in counts]

    numbers = [told for (told, *others) in answers if told.isdigit() and not others]
    assert len(counts) > 90 and len(numbers) > 0.9 * len(counts)
