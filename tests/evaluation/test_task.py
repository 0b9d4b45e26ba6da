"""The contract of every registered task, on tiny models of the three architectures."""

import io
import json
import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from ruamel.yaml import YAML

from kgpt.errors import ConfigError
from kgpt.evaluation import Exam, FactSubsets, tasks
from kgpt.evaluation.task import labelled, named
from kgpt.kg import build_graph
from kgpt.model import LoadedModel, Nodes, build_model
from kgpt.records import (
    AlignedPassage,
    Alignment,
    Document,
    EntityRecord,
    Link,
    Outcome,
    RelationRecord,
    Result,
    Triple,
)

BEYOND_ONE = {"bits_per_byte", "flip_effect", "mean_rank", "num_shots"}
"""Metrics that are no share: given of whole sets alone."""
KINDS = ["writer", "reader", "speaker", "query_writer", "structure_writer", "node_reader"]

ROWS = {
    "cloze": ({"max_candidates": 3}, {"writer", "reader", "speaker"}),
    "cloze_template": ({"templates": "{data_dir}/templates.json"}, {"writer", "reader", "speaker"}),
    "coverage": ({}, {"writer", "speaker"}),
    "entity_typing": (
        {"label": "P31", "min_entities": 5, "steps": 2},
        {"writer", "reader", "speaker", "node_reader"},
    ),
    "few_shot": ({"shots": [0, 2]}, {"writer", "speaker"}),
    "few_shot_facts": ({"shots": [0, 1]}, {"writer", "speaker"}),
    "graph_completion": ({}, {"node_reader"}),
    "label_flip": ({"num_shots": 2, "max_items": 6, "question": "type"}, {"writer", "speaker"}),
    "link_prediction": ({"num_samples": 4, "max_items": 2}, {"query_writer", "node_reader"}),
    "long_documents": ({"lengths": [8, 12]}, {"speaker"}),
    "passkey": ({"lengths": [40]}, {"writer", "reader", "speaker"}),
    "perplexity": ({"window_tokens": 32, "max_masked": 3}, {"writer", "reader", "speaker"}),
    "probe": (
        {"label": "P31", "min_entities": 5, "transfer_shots": [2]},
        {"writer", "reader", "speaker", "node_reader"},
    ),
    "qa": ({}, {"writer", "speaker"}),
    "relation_extraction": ({"steps": 2}, {"writer", "reader", "speaker", "node_reader"}),
    "structured_extraction": ({"max_new_words": 8, "max_items": 2}, {"structure_writer"}),
    "triple_classification": (
        {"positives": "{data_dir}/true.tsv", "negatives": "{data_dir}/false.tsv"},
        {"writer", "reader", "speaker", "node_reader"},
    ),
}
"""For every task settings that make it quick, and which of `KINDS` at least it asks."""

OF_KINDS = {"entity_typing", "label_flip", "probe", "relation_extraction"}
"""Tasks that need a graph of more entities, of two kinds."""


@pytest.fixture(scope="module")
def query_writer(writer):
    return replace(writer, about={"recipe": {"type": "kgt5", "max_neighbors": 2}})


@pytest.fixture(scope="module")
def structure_writer(writer):
    return replace(writer, about={"recipe": {"type": "deepstruct", "dataset": "corpus"}})


@pytest.fixture(scope="module")
def node_reader(tiny, masked_words, capitals):
    torch.manual_seed(0)
    model = build_model(tiny("roberta"), masked_words, capitals, {"nodes": Nodes()})
    return LoadedModel(model, masked_words, "encoder", {})


@pytest.fixture(scope="module")
def exam(capitals, capital_passages, capital_questions, tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    rows = [f"Q1{number}\tP36\tQ{number}\n" for number in range(5)]
    wrong = [f"Q1{number}\tP36\tQ{(number + 1) % 5}\n" for number in range(5)]
    patterns = {"P36": ["The capital of [X] is [Y].", "[Y] is the capital of [X]."]}
    (folder / "true.tsv").write_text("".join(rows), "utf-8")
    (folder / "false.tsv").write_text("".join(wrong), "utf-8")
    (folder / "templates.json").write_text(json.dumps(patterns), "utf-8")
    return Exam(
        facts=FactSubsets(graph=capitals, stated=(), popular={}, held_out={Triple("Q10", "P36", "Q0")}),
        questions=capital_questions,
        documents=(Document("all", " ".join(one.text for one in capital_passages)),),
        passages=tuple(capital_passages),
        max_facts=6,
        data_dir=str(folder),
    )


@pytest.fixture(scope="module")
def kinds_exam(exam):
    """Forty entities of two kinds, told by their names; a sentence about each."""
    items = [RelationRecord("P31", "instance of"), EntityRecord("Q1", "city"), EntityRecord("Q2", "country")]
    passages = []
    for number in range(40):
        entity, name = f"Q1{number}", f"{'Berlin' if number % 2 else 'Norway'} {number}"
        items += [EntityRecord(entity, name), Triple(entity, "P31", "Q1" if number % 2 else "Q2")]
        kind, told = ("Q1", "city") if number % 2 else ("Q2", "country")
        links = (Link(0, len(name), entity), Link(len(name) + 6, len(name) + 6 + len(told), kind))
        aligned = (Alignment(Triple(entity, "P31" if number % 3 else "P279", kind), 1.0),)
        passages.append(AlignedPassage(f"p{number}", f"d{number}", f"{name} is a {told}.", links, aligned))
    facts = FactSubsets(graph=build_graph(items)[0], stated=(), popular={})
    return replace(exam, facts=facts, passages=tuple(passages))


def built(name):
    return tasks.build({"type": name} | ROWS[name][0])


def test_every_task_has_a_row():
    assert set(ROWS) == set(tasks.names())


@pytest.mark.parametrize("name", tasks.names())
def test_settings_go_through_yaml_and_back(name):
    task, stream = built(name), io.StringIO()
    told = json.loads(json.dumps(tasks.settings(task)))

    YAML(typ="safe").dump(told, stream)
    stream.seek(0)

    assert tasks.build(YAML(typ="safe").load(stream)) == task
    assert tasks.build(name) == tasks.part(name)()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", tasks.names())
def test_a_task_refuses_or_measures(name, kind, request, exam):
    loaded, task = request.getfixturevalue(kind), built(name)

    if reason := task.refuses(loaded):
        assert kind not in ROWS[name][1] and reason.startswith("needs")
        return
    exam = request.getfixturevalue("kinds_exam") if name in OF_KINDS else exam
    torch.manual_seed(0)
    before = {key: value.clone() for key, value in loaded.model.state_dict().items()}
    found = task.measure(loaded, exam)

    outcomes, results = ([one for one in found if isinstance(one, kind)] for kind in (Outcome, Result))
    assert len(outcomes) + len(results) == len(found) > 0
    assert {one.task for one in found} == {name}
    items = [(one.item, one.metric) for one in outcomes]
    assert len(items) == len(set(items)), "an item has one value a metric"
    assert all(0 <= one.value <= 1 for one in outcomes)
    rows = [(one.subset, one.metric) for one in results]
    assert len(rows) == len(set(rows)), "a subset has one value a metric"
    assert all(math.isfinite(one.value) and one.n > 0 for one in results)
    assert all(0 <= one.value <= 1 for one in results if one.metric not in BEYOND_ONE)
    assert all(torch.equal(value, before[key]) for key, value in loaded.model.state_dict().items())


@pytest.mark.parametrize("name", ["cloze_template", "triple_classification"])
def test_a_task_that_reads_a_file_says_which_setting_lacks(name, writer, exam):
    with pytest.raises(ConfigError, match="needs a path here"):
        tasks.build(name).measure(writer, exam)


def test_figures_that_are_no_shares_are_rows_of_the_whole_set(writer, query_writer, exam):
    perplexity = built("perplexity").measure(writer, exam)
    ranks = built("link_prediction").measure(query_writer, exam)

    assert {(one.subset, one.metric) for one in perplexity} == {("all", "bits_per_byte")}
    assert {one.metric for one in ranks if isinstance(one, Result) and one.subset != "frequency"} == {"mean_rank"}
    assert {one.item for one in ranks if isinstance(one, Outcome)} == {"Q10|P36|Q0|tail", "Q10|P36|Q0|head"}


def test_the_majority_stands_beside_triple_classification(writer, exam):
    found = built("triple_classification").measure(writer, exam)

    floor = {one.metric for one in found if isinstance(one, Result) and one.subset == "majority"}
    assert floor == {"accuracy", "precision", "recall", "f1"}


def frequency_rank(exam, asked, column):
    """The rank of the end in `column`, triple by triple: by the relation's triples there, then the degree."""
    trained, graph, degrees = exam.trained_graph.triples.tolist(), exam.graph, exam.trained_graph.degrees
    relation, fixed = asked[1], 2 - column
    known = {row[column] for row in graph.triples.tolist() if (row[1], row[fixed]) == (relation, asked[fixed])}
    scores = {
        one: (sum((row[1], row[column]) == (relation, one) for row in trained), degrees[one]) for one in range(10)
    }
    truth = scores[asked[column]]
    rivals = [score for one, score in scores.items() if one not in known]
    return 1 + sum(one > truth for one in rivals) + sum(one == truth for one in rivals) / 2


def test_frequencies_of_the_trained_graph_stand_beside_link_prediction(query_writer, exam):
    found = built("link_prediction").measure(query_writer, exam)

    told = {one.metric: one for one in found if isinstance(one, Result) and one.subset == "frequency"}
    asked = exam.graph.numbers(Triple("Q10", "P36", "Q0"))
    ranks = [frequency_rank(exam, asked, column) for column in (0, 2)]
    assert exam.graph.num_entities == 10
    assert set(told) == {"mean_rank", "mrr", "hits_at_1", "hits_at_3", "hits_at_10"}
    assert (told["mean_rank"].value, told["mean_rank"].n) == (pytest.approx(np.mean(ranks)), 2)


def test_templates_give_the_mean_over_relations(reader, exam):
    found = built("cloze_template").measure(reader, exam)

    assert {"macro_p_at_1", "macro_mrr", "macro_consistency"} <= {one.metric for one in found}


def test_a_task_asked_with_other_settings_is_told_apart_by_them():
    asked = [tasks.build("cloze"), tasks.build({"type": "cloze", "max_candidates": 3}), tasks.build("qa")]

    labels = [label for label, _ in labelled(asked)]

    assert labels == ["cloze", "cloze?max_candidates=3", "qa"]
    with pytest.raises(ValueError, match="tasks: 'cloze' stands there twice"):
        labelled([*asked, tasks.build("cloze")])


def test_what_a_further_task_finds_bears_its_settings():
    found = [Outcome("cloze", "a", "mrr", 0.5, ()), Result("cloze", "all", "mrr", 0.5, 1)]

    assert [one.task for one in named(found, "cloze?max_candidates=3")] == ["cloze?max_candidates=3"] * 2
    assert named(found, "cloze") == found
