from dataclasses import replace

import pytest

from kgpt.evaluation import evaluate_linking
from kgpt.kg import build_graph
from kgpt.linking import Linker
from kgpt.records import NIL, Document, EntityRecord, Link, Metadata, Triple

FIGURES = ("precision", "recall", "f1")
NAMES = {"Q1": "Berlin", "Q2": "Germany", "Q3": "Paris", "Q4": "Paris Hilton", "Q5": "Sedan"}


@pytest.fixture(scope="module")
def linker():
    """Every name is unambiguous but "Paris", which means the city far more often."""
    items = [EntityRecord(identifier, label) for identifier, label in NAMES.items()]
    items += [EntityRecord("Q6", "Priam's son", ("Paris",))]
    items += [Triple("Q3", "P1", f"Q{number}") for number in (1, 2, 5)] + [Triple("Q1", "P2", "Q2")]
    return Linker.of(build_graph(items)[0])


def document(text, **gold):
    """A document with gold links; a name's first place in the text is its mention."""
    links = []
    for surface, entity in gold.items():
        name = surface.replace("_", " ")
        links.append(Link(text.index(name), text.index(name) + len(name), entity))
    return Document("d", text, tuple(links))


def test_all_right_scores_one(linker):
    score = evaluate_linking(linker, [document("Berlin is in Germany.", Berlin="Q1", Germany="Q2")])

    assert score.f1 == 1
    assert {score.figures[f"in_kb_{kind}_{name}"] for kind in ("micro", "macro") for name in FIGURES} == {1}
    assert set(score.errors.values()) == {0}


def test_micro_counts_links_and_macro_counts_documents(linker):
    documents = [
        document("Berlin is in Germany.", Berlin="Q1", Germany="Q2"),
        document("Paris is far.", Paris="Q6"),
    ]

    score = evaluate_linking(linker, documents)

    assert [score.figures[f"in_kb_micro_{name}"] for name in FIGURES] == [pytest.approx(2 / 3)] * 3
    assert score.figures["in_kb_macro_f1"] == pytest.approx(0.5)
    assert (score.counts["num_documents"], score.counts["num_gold"], score.counts["num_gold_in_kb"]) == (2, 3, 3)


def test_nothing_to_find_and_nothing_found_counts_one(linker):
    score = evaluate_linking(linker, [document("Nothing here.")])

    assert (score.f1, score.figures["in_kb_macro_f1"]) == (1, 1)


def test_no_documents_have_figures_too(linker):
    score = evaluate_linking(linker, [])

    assert (score.counts["num_documents"], score.f1, score.figures["in_kb_macro_f1"]) == (0, 1, 0)


def test_gold_outside_the_graph_is_no_gold_in_kb_but_nil(linker):
    found = evaluate_linking(linker, [document("Berlin met Kafka and Max.", Berlin="Q1", Kafka="Q905", Max=NIL)])

    assert (found.counts["num_gold"], found.counts["num_gold_in_kb"], found.counts["num_gold_nil"]) == (3, 1, 1)
    assert found.f1 == 1
    assert found.figures["nil_f1"] == 1


def test_linking_what_gold_calls_nil_is_wrong(linker):
    found = evaluate_linking(linker, [document("Berlin is a name.", Berlin=NIL)])

    assert (found.figures["nil_recall"], found.figures["in_kb_micro_precision"]) == (0, 0)


def test_links_where_gold_says_nothing_count_neither_way(linker):
    silent = document("Berlin is in Germany.", Berlin="Q1")
    silent = replace(silent, metadata=Metadata(extra={"unscored": [[13, 20]]}))

    found = evaluate_linking(linker, [silent])

    assert (found.f1, found.errors["false_mention"]) == (1, 0)


def test_gold_under_another_name_is_out_of_reach(linker):
    found = evaluate_linking(linker, [document("The old town and Berlin.", old_town="Q2", Berlin="Q1")])

    assert (found.counts["num_reachable"], found.counts["num_gold_in_kb"]) == (1, 2)
    assert (found.figures["ceiling_f1"], found.figures["reachable_f1"]) == (pytest.approx(2 / 3), 1)
    assert found.figures["candidate_recall_at_30"] == 0.5


def test_the_prior_baseline_stands_beside(linker):
    found = evaluate_linking(linker, [document("Paris Hilton is in Germany.", Germany="Q2", Paris_Hilton="Q4")])

    assert found.figures["prior_f1"] == 1


def test_calibration_compares_scores_with_the_share_right(linker):
    documents = [document("Berlin is in Germany.", Berlin="Q1", Germany="Q2")]
    links = linker.link(documents[0]).links

    found = evaluate_linking(linker, documents)

    assert found.figures["calibration_error"] == pytest.approx(sum(1 - link.score for link in links) / 2)


def test_with_mentions_given_nothing_else_is_found(linker):
    gold = [document("Berlin is in Germany.", Berlin="Q1")]

    end_to_end, given = (evaluate_linking(linker, gold, mode=mode) for mode in ("A2KB", "D2KB"))

    assert (end_to_end.figures["in_kb_micro_precision"], end_to_end.errors["false_mention"]) == (0.5, 1)
    assert (given.f1, given.errors["false_mention"]) == (1, 0)


@pytest.mark.parametrize(
    ("gold", "reason"),
    [
        (document("The old town is Berlin.", old_town="Q1", Berlin="Q1"), "not_detected"),
        (document("We met Paris Hilton.", Paris="Q3"), "wrong_span"),
        (document("Paris is far.", Paris="Q6"), "wrong_candidate"),
        (document("Paris is far.", Paris="Q5"), "no_candidate"),
        (document("Berlin is in Germany.", Germany="Q2"), "false_mention"),
    ],
)
def test_every_error_has_its_reason(linker, gold, reason):
    score = evaluate_linking(linker, [gold])

    assert {name: count for name, count in score.errors.items() if count} == {reason: 1}


def test_the_figures_become_rows_and_json(linker):
    score = evaluate_linking(linker, [document("Berlin is in Germany.", Berlin="Q1")])

    told = score.as_json()
    assert [(row.task, row.metric, row.value, row.n) for row in score.results()] == [
        ("linking", metric, told[metric], 1)
        for metric in ("in_kb_micro_f1", "in_kb_micro_precision", "in_kb_micro_recall", "in_kb_macro_f1")
    ]
    assert told["mode"] == "A2KB"
