import json

import numpy as np
import pytest

from kgpt.kg.sampling import shuffle_tails
from kgpt.kg.splitting import pair_key
from kgpt.model import load_checkpoint
from kgpt.pipeline import load_run_config
from kgpt.pipeline.arm import Arm, claim, lesson, read_questions, training_data, training_graph
from kgpt.pipeline.data_stages import open_run_graph


@pytest.fixture
def held_out(finished_run):
    graph = open_run_graph(finished_run)
    held = np.load(finished_run / "5-sequences" / "held_out.npy")
    return {graph.triple(row) for row in graph.triples[held]}


def triples_of(graph):
    return {graph.triple(row) for row in graph.triples}


def test_no_arm_trains_on_a_held_out_pair_in_either_direction(finished_run, held_out):
    true = triples_of(training_graph(finished_run, knowledge="true", seed=0))

    assert len(held_out) > 5
    assert len(true) + len(held_out) == open_run_graph(finished_run).num_triples
    assert not {pair_key(triple) for triple in held_out} & {pair_key(triple) for triple in true}


@pytest.mark.parametrize("seed", range(10))
def test_a_shuffled_arm_sees_no_true_and_no_held_out_triple(finished_run, held_out, seed):
    true = triples_of(training_graph(finished_run, knowledge="true", seed=seed))

    shuffled = triples_of(training_graph(finished_run, knowledge="shuffled", seed=seed))

    assert len(shuffled) == len(true)
    assert not shuffled & held_out
    assert not shuffled & true


def test_no_swap_makes_a_triple_to_avoid(capitals):
    borders = capitals.relations.ids.find("P47")
    kept = capitals.with_triples(np.array([[0, borders, 1], [2, borders, 3], [4, borders, 5]], np.int32))
    avoid = np.array([[0, borders, 3], [4, borders, 1]], np.int32)

    for seed in range(30):
        found = shuffle_tails(kept, rng=np.random.default_rng(seed), avoid=avoid).triples.tolist()
        assert [0, borders, 3] not in found and [4, borders, 1] not in found


def test_an_arm_trains_on_train_questions_alone(finished_run):
    questions = training_data(finished_run, knowledge="true", seed=0).questions

    assert questions and {question.split for question in questions} == {"train"}


def test_an_arm_knows_what_the_other_questions_ask(finished_run):
    data, questions = training_data(finished_run, knowledge="true", seed=0), read_questions(finished_run)

    for question in questions:
        for fact in question.facts():
            assert (pair_key(fact) in data.kept_out) == (question.split != "train")


def test_a_checkpoint_says_how_it_came_about(finished_run):
    loaded = load_checkpoint(str(finished_run / "6-arms" / "kg_t5_shuffled" / "1" / "model"))

    told = loaded.about
    assert (told["arm"], told["seed"], told["knowledge"], told["num_threads"]) == ("kg_t5_shuffled", 1, "shuffled", 1)
    assert told["recipe"]["type"] == "kg_t5"
    assert told["overlap"] == json.loads((finished_run / "5-sequences" / "overlap.json").read_text())
    assert told["overlap"]["facts_in_training_questions"] == 0


def test_seeds_and_arms_give_different_models(finished_run):
    models = {path.read_bytes() for path in finished_run.glob("6-arms/*/*/model/model.safetensors")}

    assert len(models) == 6


def test_an_unfinished_training_of_another_config_is_removed(tmp_path):
    claim(tmp_path / "work", "one")
    (tmp_path / "work" / "checkpoint").touch()

    claim(tmp_path / "work", "one")
    assert (tmp_path / "work" / "checkpoint").exists()

    claim(tmp_path / "work", "two")
    assert not (tmp_path / "work" / "checkpoint").exists()


def test_an_arm_keeps_its_event_files_and_tells_how_long_it_waited_for_data(finished_run):
    folder = finished_run / "6-arms" / "kg_t5" / "0"

    assert len(list((folder / "tensorboard").glob("events.out.tfevents.*"))) == 1
    cost, manifest = (json.loads((folder / name).read_text()) for name in ("cost.json", "manifest.json"))
    assert 0 < cost["data_wait_frac"] < 1
    assert manifest["figures"] == {"data_wait_frac": cost["data_wait_frac"]}
    curve = [json.loads(line) for line in (folder / "curve.jsonl").read_text().splitlines()]
    assert all(0 <= row["data_wait_frac"] < 1 for row in curve)


def test_a_lesson_packs_as_its_training_says(project, finished_run):
    config = load_run_config(str(project / "tiny.yaml"), ["training.pack_to=64"])

    begun = lesson(Arm(config, finished_run, "kg_t5", 0))

    assert begun.mixture.pack_to == 64
    assert begun.mixture.tokens_per_step == config.training.tokens_per_step
