import json
import re
from datetime import datetime
from importlib.metadata import version

import numpy as np
import pytest
from filelock import FileLock

from kgpt.alignment.passages import read_passages
from kgpt.errors import DataError, KgptError, RunLockedError, StoreError
from kgpt.evaluation import fact_id
from kgpt.kg.splitting import pair_key
from kgpt.pipeline import load_results, load_run_config, open_run
from kgpt.pipeline.arm import read_questions
from kgpt.pipeline.data_stages import open_run_graph
from kgpt.pipeline.measuring import read_outcomes
from kgpt.pipeline.results import _comparisons
from kgpt.records import Outcome

DATA_STAGES = ("1-graph", "2-corpus", "3-linked", "4-aligned", "5-sequences")


@pytest.fixture
def config(project):
    return load_run_config(str(project / "tiny.yaml"))


def changed(project, *overrides):
    return load_run_config(str(project / "tiny.yaml"), overrides)


def times(folder):
    """When each stage's folder appeared."""
    return {path.parent: path.stat().st_mtime_ns for path in folder.rglob("manifest.json")}


def rerun(folder, config):
    """The data stages that a second call does again."""
    before = times(folder)
    with open_run(config, folder) as run:
        run.sequences()
    after = times(folder)
    return [path.name for path in sorted(after) if after[path] != before[path]]


def test_results_hold_rows_comparisons_and_cost(finished_run):
    results = load_results(finished_run)

    assert results["experiment"] == "tiny"
    assert len(results["config_fingerprint"]) == 32
    arms = ("text_only", "kg_t5", "kg_t5_shuffled")
    assert {(row["arm"], row["seed"]) for row in results["cost"]} == {(arm, seed) for arm in arms for seed in (0, 1)}
    assert {row["arm"] for row in results["results"]} == {*arms, "majority"}
    assert {row["task"] for row in results["results"]} == {"qa", "cloze", "coverage"}


def test_every_row_has_the_fields_of_the_contract(finished_run):
    results = load_results(finished_run)

    fields = {"arm", "seed", "task", "subset", "metric", "value", "n"}
    assert all(row.keys() == fields for row in results["results"])
    assert all(0 <= row["value"] <= 1 and row["n"] > 0 for row in results["results"])
    fields = {"arm", "control", "task", "subset", "metric", "difference", "ci95", "p_value", "num_seeds"}
    fields |= {"p_adjusted", "family", "effect_size", "seed_differences", "num_items"}
    assert all(row.keys() == fields for row in results["comparisons"])
    assert all(row["p_value"] <= row["p_adjusted"] <= 1 for row in results["comparisons"])
    assert [row["task"] for row in results["contamination"]] == ["qa"]
    assert all(row["num_seeds"] == 2 for row in results["comparisons"])
    assert all(row["ci95"][0] <= row["difference"] <= row["ci95"][1] for row in results["comparisons"])
    assert all(row.keys() == {"arm", "seed", "tokens", "seconds", "flops"} for row in results["cost"])
    assert all(row["tokens"] > 0 and row["seconds"] > 0 and row["flops"] > 0 for row in results["cost"])


def test_arms_are_compared_with_the_control_and_with_their_shuffled_twins(finished_run):
    pairs = {(row["arm"], row["control"]) for row in load_results(finished_run)["comparisons"]}

    assert pairs == {("kg_t5", "text_only"), ("kg_t5_shuffled", "text_only"), ("kg_t5", "kg_t5_shuffled")}


def test_no_row_comes_twice(finished_run):
    rows = load_results(finished_run)["results"]

    keys = [(row["arm"], row["seed"], row["task"], row["subset"], row["metric"]) for row in rows]
    assert len(keys) == len(set(keys))


def test_arms_get_the_same_tokens(finished_run):
    tokens = [row["tokens"] for row in load_results(finished_run)["cost"]]

    assert max(tokens) < 1.3 * min(tokens)


def test_every_stage_has_a_whole_manifest(finished_run):
    arms = [
        f"{part}/{arm}/{seed}" for part in ("6-arms", "7-results") for arm in ("text_only", "kg_t5") for seed in "01"
    ]
    for name in (*DATA_STAGES, *arms):
        manifest = json.loads((finished_run / name / "manifest.json").read_text())
        assert manifest.keys() == {
            "stage",
            "fingerprint",
            "inputs",
            "config",
            "versions",
            "num_in",
            "num_out",
            "dropped",
            "figures",
            "seconds",
            "finished_at",
            "files",
        }
        assert manifest["versions"]["torch"] == version("torch")
        assert manifest["num_out"] > 0 and manifest["seconds"] >= 0
        assert manifest["files"] and all(mark.keys() == {"bytes", "xxh3"} for mark in manifest["files"].values())
        assert datetime.fromisoformat(manifest["finished_at"]).tzinfo is not None


def test_what_goes_in_is_told_by_hash(finished_run, project):
    manifest = json.loads((finished_run / "1-graph" / "manifest.json").read_text())

    assert {str(project / "graph" / f"{name}.tsv") for name in ("triples", "entities", "relations")} == set(
        manifest["inputs"]
    )
    assert {len(digest) for digest in manifest["inputs"].values()} == {64}


def test_a_finished_run_leaves_nothing_unfinished(finished_run):
    assert not [path for path in finished_run.rglob("*") if path.name.endswith((".partial", ".old", ".training"))]
    assert not list(finished_run.rglob("*.fine-tuning"))


def test_a_second_call_runs_nothing_again(run_copy, config):
    before, told = times(run_copy), load_results(run_copy)

    with open_run(config, run_copy) as run:
        run.results()

    assert times(run_copy) == before
    assert load_results(run_copy) == told


@pytest.mark.parametrize(
    ("override", "expected"),
    [
        ("graph.select.min_relation_triples=2", ["1-graph", "2-corpus", "3-linked", "4-aligned", "5-sequences"]),
        ("corpus.steps=[exact_duplicates]", ["2-corpus", "3-linked", "4-aligned", "5-sequences"]),
        ("linking.min_chars=3", ["3-linked", "4-aligned", "5-sequences"]),
        ("alignment.max_words=100", ["4-aligned", "5-sequences"]),
        ("questions.seed=1", ["5-sequences"]),
        ("vocabulary.size=150", ["5-sequences"]),
        ("training.steps=7", []),
        ("evaluation.max_facts=3", []),
        ("about=something", []),
    ],
)
def test_a_changed_setting_reruns_only_what_depends_on_it(override, expected, run_copy, project):
    assert rerun(run_copy, changed(project, override)) == expected


def test_a_changed_evaluation_measures_again_and_trains_nothing(run_copy, project, config):
    one = changed(project, "evaluation.max_facts=3", "seeds=[0]")
    one = one.model_copy(update={"arms": {"text_only": one.arms["text_only"]}})
    before = times(run_copy)

    with open_run(one, run_copy) as run:
        run.results()

    after = times(run_copy)
    assert [str(path.relative_to(run_copy)) for path in after if after[path] != before[path]] == [
        "7-results/text_only/0"
    ]


def test_a_changed_file_reruns_what_read_it(run_copy, project, tmp_path, config):
    text = (project / "documents.jsonl").read_text("utf-8")
    (tmp_path / "documents.jsonl").write_text(text + '{"id": "new", "text": "Citytown1 is the capital of Landia1."}\n')
    other = changed(project, f"corpus.sources=[{tmp_path}/documents.jsonl]")

    assert rerun(run_copy, other) == ["2-corpus", "3-linked", "4-aligned", "5-sequences"]

    (tmp_path / "documents.jsonl").write_text(text)
    assert rerun(run_copy, other) == ["2-corpus", "3-linked", "4-aligned", "5-sequences"]


def test_a_half_written_stage_is_never_read(run_copy, config):
    (run_copy / "3-linked.partial").mkdir()
    (run_copy / "3-linked.partial" / "documents.jsonl").write_text("{torn")
    (run_copy / "3-linked").rename(run_copy / "elsewhere")
    before = (run_copy / "elsewhere" / "documents.jsonl").read_bytes()

    with open_run(config, run_copy) as run:
        run.sequences()

    assert (run_copy / "3-linked" / "documents.jsonl").read_bytes() == before
    assert not (run_copy / "3-linked.partial").exists()


def test_a_stage_whose_manifest_is_torn_is_made_again(run_copy, config):
    (run_copy / "2-corpus" / "manifest.json").write_text("{")

    assert rerun(run_copy, config) == ["2-corpus"]


def test_a_folder_of_the_users_inside_a_run_is_not_replaced(tmp_path, config):
    with open_run(config, tmp_path):
        (tmp_path / "1-graph").mkdir()
    (tmp_path / "1-graph" / "thesis.txt").write_text("mine")

    with pytest.raises(StoreError, match="1-graph: holds something else"), open_run(config, tmp_path) as run:
        run.sequences()

    assert (tmp_path / "1-graph" / "thesis.txt").read_text() == "mine"


def test_two_runs_in_one_folder_are_refused(tmp_path, config):
    with (
        open_run(config, tmp_path),
        pytest.raises(RunLockedError, match="another kgpt works in this run folder"),
        open_run(config, tmp_path),
    ):
        pass


def test_a_lock_is_free_after_an_error(tmp_path, config):
    with pytest.raises(RuntimeError), open_run(config, tmp_path):
        raise RuntimeError

    with open_run(config, tmp_path) as run:
        assert run.folder == tmp_path


def test_coverage_asks_no_fact_of_a_training_question(finished_run):
    questions, graph = read_questions(finished_run), open_run_graph(finished_run)
    trained = {pair_key(fact) for one in questions if one.split == "train" for fact in one.facts()}
    facts = {fact_id(one.head, one.relation): one for one in map(graph.triple, graph.triples)}

    outcomes = read_outcomes(finished_run / "7-results" / "kg_t5" / "0")

    asked = {pair_key(facts[one.item]) for one in outcomes if one.task == "coverage"}
    assert trained and asked and not trained & asked


def test_what_could_only_fail_once_models_are_trained_is_refused_before(tmp_path, project):
    asked = {
        "perplexity": "name some in evaluation.documents",
        "{type: probe, label: P999}": "the graph has no relation 'P999'",
        "cloze_template": "needs a path here",
        "{type: cloze_template, templates: /no/such.jsonl}": "/no/such.jsonl",
    }
    for number, (task, told) in enumerate(asked.items()):
        with (
            pytest.raises(KgptError, match=re.escape(told)),
            open_run(changed(project, f"evaluation.tasks=[{task}]"), tmp_path / str(number)) as run,
        ):
            run.results()
        assert not (tmp_path / str(number) / "6-arms").exists()


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("questions.sources=[/no/exam.jsonl]", "/no/exam.jsonl: no such file"),
        ("corpus.sources=[/no/text.jsonl]", "/no/text.jsonl: no such file"),
        ("evaluation.documents=[/no/more.jsonl]", "/no/more.jsonl: no such file"),
        ("evaluation.tasks=[perplexity]", "evaluation.tasks: perplexity asks for texts"),
    ],
)
def test_what_lacks_is_told_before_any_stage(tmp_path, project, setting, told):
    with pytest.raises(KgptError, match=re.escape(told)), open_run(changed(project, setting), tmp_path) as run:
        run.results()

    assert not (tmp_path / "1-graph").exists()


def test_a_stage_does_not_ask_for_the_files_of_later_ones(tmp_path, project):
    with open_run(changed(project, "questions.sources=[/no/exam.jsonl]"), tmp_path) as run:
        assert run.sequences(until="corpus").stage == "corpus"


def test_a_text_that_names_nothing_of_the_graph_is_told(tmp_path, project, capsys):
    (tmp_path / "other.jsonl").write_text('{"text": "nothing that any entity of the graph is called stands here"}')
    with open_run(changed(project, f"corpus.sources=[{tmp_path}/other.jsonl]"), tmp_path / "run") as run:
        run.sequences(until="aligned")

    told = capsys.readouterr().err
    assert "linked: no name of the graph stands in any document" in told
    assert "aligned: no passage supports a triple" in told


def test_other_texts_to_ask_about_are_measured_again(run_copy, project, tmp_path):
    texts = tmp_path / "asked.jsonl"
    texts.write_text('{"id": "one", "text": "Citytown1 is the capital of Landia1."}\n')
    one = changed(project, "evaluation.tasks=[perplexity]", f"evaluation.documents=[{texts}]", "seeds=[0]")
    one = one.model_copy(update={"arms": {"text_only": one.arms["text_only"]}})

    def measured():
        with open_run(one, run_copy) as run:
            return [row["value"] for row in run.results()["results"] if row["task"] == "perplexity"]

    first = measured()
    texts.write_text('{"id": "one", "text": "Something else is said here, in other words."}\n')

    assert first and measured() != first


@pytest.mark.parametrize("num_processes", [1, 2])
def test_no_run_trains_an_arm_that_a_process_left_over_still_trains(tmp_path, project, num_processes):
    config = changed(project, "seeds=[0]", "training.steps=3")
    with open_run(config, tmp_path / "run") as run:
        run.sequences()
        (tmp_path / "run" / "6-arms" / "text_only").mkdir(parents=True)
        with (
            FileLock(tmp_path / "run" / "6-arms" / "text_only" / "0.lock"),
            pytest.raises(RunLockedError, match="still trains arm text_only, seed 0"),
        ):
            run.results(num_processes=num_processes)


def test_a_twin_that_is_the_control_is_compared_once(project):
    config = changed(project, "seeds=[0]")
    arms = {"kg": config.arms["kg_t5"], "plain": config.arms["kg_t5"].model_copy(update={"knowledge": "off"})}
    told = [Outcome("qa", str(number), "exact_match", number % 2, (), "") for number in range(10)]

    found = _comparisons(config.model_copy(update={"arms": arms, "control": "plain"}), {"kg": [told], "plain": [told]})

    assert [(one.arm, one.control, one.subset) for one in found] == [("kg", "plain", "all")]


@pytest.mark.parametrize("told", ["{}", '{"results": 1, "comparisons": [], "cost": []}'])
def test_a_file_that_holds_no_results_is_refused(tmp_path, told):
    (tmp_path / "7-results").mkdir()
    (tmp_path / "7-results" / "results.json").write_text(told)

    with pytest.raises(DataError, match=r"results\.json: no list 'results'"):
        load_results(tmp_path)


def test_no_triple_that_is_held_out_stands_in_a_text(run_copy, project):
    config = changed(project, "evaluation.held_out_frac=0.9", "questions.sources=[]")
    with open_run(config, run_copy) as run:
        run.sequences()

    graph = open_run_graph(run_copy)
    held = graph.triples[np.load(run_copy / "5-sequences" / "held_out.npy")]
    passages = read_passages(run_copy / "4-aligned" / "passages.jsonl")
    stated = {pair_key(one.triple) for passage in passages for one in passage.alignments}
    assert len(held) and stated and not stated & {pair_key(graph.triple(row)) for row in held}


def test_every_arm_is_asked_the_same_items(finished_run):
    found = [read_outcomes(path.parent) for path in finished_run.glob("7-results/*/*/outcomes.jsonl")]

    items = [[(one.task, one.item, one.metric) for one in outcomes] for outcomes in found]
    assert len(items) == 6
    assert all(one == items[0] for one in items)


def test_a_folder_with_other_files_is_left_alone(tmp_path):
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "config.json").write_text("mine")

    with pytest.raises(DataError, match="holds files but no run of kgpt"), open_run(load_run_config("demo"), mine):
        pass

    assert (mine / "config.json").read_text() == "mine"
