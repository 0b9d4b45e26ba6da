import pytest

from kgpt.errors import DataError
from kgpt.pipeline.chain import require_chain
from kgpt.pipeline.dataset import write_dataset
from kgpt.pipeline.stage import Counts, Stage
from kgpt.report.run_record import read_run


def made(run, name, folder, **inputs):
    """A stage made of `inputs`; gives its fingerprint."""
    stage = Stage(name=name, folder=run / folder, inputs=inputs, config={})
    stage.run(lambda _: Counts())
    return stage.fingerprint


@pytest.fixture
def run(tmp_path):
    graph = made(tmp_path, "graph", "1-graph", source="1")
    aligned = made(tmp_path, "aligned", "4-aligned", graph=graph)
    sequences = made(tmp_path, "sequences", "5-sequences", graph=graph, aligned=aligned)
    arm = made(tmp_path, "arm a, seed 0", "6-arms/a/0", sequences=sequences)
    made(tmp_path, "results of a", "7-results/a/0", arm=arm)
    return tmp_path


def test_a_folder_whose_stages_follow_each_other_is_taken(run):
    require_chain(run, arms=[("a", 0)])


@pytest.mark.parametrize(
    ("name", "folder", "inputs", "told"),
    [
        ("graph", "1-graph", {"source": "2"}, "4-aligned was made of another 1-graph"),
        ("aligned", "4-aligned", {"graph": "other"}, "4-aligned was made of another 1-graph"),
        ("sequences", "5-sequences", {"source": "2"}, "6-arms/a/0 was made of another 5-sequences"),
        ("arm a, seed 0", "6-arms/a/0", {"source": "2"}, "7-results/a/0 was made of another 6-arms/a/0"),
    ],
)
def test_a_stage_that_was_made_anew_under_later_ones_is_told(run, name, folder, inputs, told):
    made(run, name, folder, **inputs)

    with pytest.raises(DataError, match=f"{told} than the one there now; `kgpt run`"):
        require_chain(run, arms=[("a", 0)])


def test_arms_that_nobody_asks_for_and_later_stages_are_not_looked_at(run):
    made(run, "aligned", "4-aligned", graph="other")
    made(run, "arm a, seed 0", "6-arms/a/0", sequences="other")

    require_chain(run, until="linked")
    with pytest.raises(DataError, match="4-aligned was made of another"):
        require_chain(run)


def test_an_arm_that_the_config_has_no_more_is_left_alone(run):
    made(run, "arm b, seed 1", "6-arms/b/1", sequences="of an earlier run")

    require_chain(run, arms=[("a", 0), ("a", None)])


def test_neither_report_nor_dataset_takes_a_run_with_stages_of_another(run_copy, tmp_path):
    made(run_copy, "graph", "1-graph", source="other")

    for take in (lambda: read_run(run_copy), lambda: write_dataset(run_copy, tmp_path / "out")):
        with pytest.raises(DataError, match="2-corpus was made of another 1-graph"):
            take()
    assert not (tmp_path / "out").exists()
