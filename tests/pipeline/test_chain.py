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
    require_chain(run)


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
        require_chain(run)


def test_neither_report_nor_dataset_takes_a_run_with_stages_of_another(run_copy, tmp_path):
    made(run_copy, "graph", "1-graph", source="other")

    for take in (lambda: read_run(run_copy), lambda: write_dataset(run_copy, tmp_path / "out")):
        with pytest.raises(DataError, match="2-corpus was made of another 1-graph"):
            take()
    assert not (tmp_path / "out").exists()
