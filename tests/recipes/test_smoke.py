"""Every recipe the whole way on a small project: link, build, train, die, go on, evaluate."""

import json

import pytest
import torch

from kgpt.manifest import read_manifest
from kgpt.model import load_checkpoint
from kgpt.pipeline import load_run_config, open_run
from kgpt.pipeline.arm import MODEL, Arm, train_arm
from kgpt.pipeline.measuring import measure_arm, open_exam, read_outcomes
from kgpt.recipes import recipes
from kgpt.sequences import Mixture

FAMILY = {"encoder": "roberta", "encoder_decoder": "t5", "decoder": "llama"}
PAIRS = [(name, architecture) for name in recipes.names() for architecture in recipes.build(name).architectures]
STEPS = 4


class KilledError(Exception):
    """What a test kills a training with."""


@pytest.fixture(scope="session")
def smoke_run(project, tmp_path_factory):
    """A run folder with stages 1 to 5 for an architecture, and the config that trains a recipe in it."""
    folders = {}

    def config(name, architecture):
        names = ["text_only"] if name == "text_only" else ["text_only", name]
        arms = json.dumps({one: {"recipe": one} for one in names})
        return load_run_config(
            str(project / "tiny.yaml"),
            [
                "arms=null",
                f"arms={arms}",
                f"backbone.family={FAMILY[architecture]}",
                f"backbone.architecture={architecture}",
                "backbone.num_layers=2",
                f"training.steps={STEPS}",
                "training.report_to=none",
                "evaluation.tasks=[qa, cloze, coverage, graph_completion]",
            ],
        )

    def run(name, architecture):
        told = config(name, architecture)
        folder = folders.setdefault(architecture, tmp_path_factory.mktemp(f"smoke-{architecture}") / "run")
        return told, folder

    return run


@pytest.mark.parametrize(("name", "architecture"), PAIRS)
def test_a_recipe_goes_the_whole_way(name, architecture, smoke_run, monkeypatch):
    config, folder = smoke_run(name, architecture)
    real = Mixture.batches

    def dies(self, step, **keywords):
        if step == STEPS - 1:
            raise KilledError
        return real(self, step, **keywords)

    with open_run(config, folder) as run:
        sequences = run.sequences()
        interrupted = Arm(config, folder, name, 0)
        with monkeypatch.context() as patch:
            patch.setattr(Mixture, "batches", dies)
            with pytest.raises(KilledError):
                train_arm(interrupted, sequences)
        assert read_manifest(interrupted.folder) is None
        trained = train_arm(interrupted, sequences)
        measure_arm(interrupted, trained, open_exam(config, folder))
        outcomes = read_outcomes(folder / "7-results" / name / "0")
        loaded = load_checkpoint(str(interrupted.folder / MODEL))

    assert {one.task for one in outcomes} >= {"cloze"}
    assert ("qa" in {one.task for one in outcomes}) == (architecture != "encoder")
    assert ("graph_completion" in {one.task for one in outcomes}) == (loaded.model.nodes is not None)
    curve = [json.loads(line) for line in (interrupted.folder / "curve.jsonl").read_text("utf-8").splitlines()]
    assert [row["step"] for row in curve] == list(range(1, STEPS + 1))
    named = {one.name for one in config.arms[name].built_recipe().objectives(architecture)}
    assert all(named <= row.keys() for row in curve)
    assert all(torch.isfinite(torch.tensor(row["loss"])) for row in curve)
    assert not list(interrupted.folder.rglob("*.bin")) + list(interrupted.folder.rglob("*.pt"))
