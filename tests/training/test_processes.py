import json
import os
import runpy
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from kgpt.errors import ConfigError
from kgpt.training import training as run
from kgpt.training.checkpoint import is_whole
from kgpt.training.processes import ALONE, Processes, check_launch, join_processes, refuse_several
from kgpt.training.state import load_weights

PROGRAM = Path(__file__).with_name("tiny_training.py")
tiny = runpy.run_path(str(PROGRAM))
training = tiny["training"]
KINDS = ("dense", "accumulated", "sparse", "replayed")
FSDP = {
    "ACCELERATE_USE_FSDP": "true",
    "FSDP_VERSION": "2",
    "FSDP_AUTO_WRAP_POLICY": "TRANSFORMER_BASED_WRAP",
    "FSDP_STATE_DICT_TYPE": "FULL_STATE_DICT",
}


def torchrun(*arguments, **environment):
    """Start two processes on this machine; gives the exit status and what they said."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "torch.distributed.run", "--nproc_per_node", "2", "--master_port", str(port)]
    quiet = {"OMP_NUM_THREADS": "1", "ACCELERATE_USE_CPU": "true", "KGPT_QUIET": "1"}
    done = subprocess.run(
        [*command, *map(str, arguments)],
        env=os.environ | quiet | environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """Every kind trained by one process: the weights and the curve."""
    folder = tmp_path_factory.mktemp("alone")
    found = {kind: training(folder / kind, kind, bf16=False) for kind in KINDS}
    return {kind: (model.state_dict(), result) for kind, (model, result) in found.items()}


@pytest.fixture(scope="module")
def together(tmp_path_factory):
    """The folder of every kind trained by two processes."""
    folder = tmp_path_factory.mktemp("together")
    status, _, told = torchrun(PROGRAM, folder, ",".join(KINDS), "none", '{"bf16": false}')
    assert status == 0, told
    return folder


def same_training(folder, weights, result):
    """Whether a folder holds the training of one process, up to rounding."""
    told = json.loads((folder / "result.json").read_text())
    assert told["tokens"] == result.tokens
    for name in ("loss", "grad_norm"):
        assert [row[name] for row in told["curve"]] == pytest.approx([row[name] for row in result.curve], rel=1e-4)
    found = load_weights(folder / "trained.safetensors")
    assert found.keys() == weights.keys()
    return max(float((found[name] - one).abs().max()) for name, one in weights.items()) < 1e-5


@pytest.mark.parametrize("kind", KINDS)
def test_two_processes_train_what_one_trains(kind, alone, together):
    assert same_training(together / kind, *alone[kind])


def test_of_two_processes_one_writes_and_every_objective_is_a_mean_over_both(alone, together):
    assert sorted(path.name for path in (together / "sparse").glob("checkpoint-*")) == ["checkpoint-12"]
    curve = json.loads((together / "sparse" / "result.json").read_text())["curve"]
    for name in ("masked_lm", "entity_prediction"):
        ours = [row[name] for row in alone["sparse"][1].curve]
        assert [row[name] for row in curve] == pytest.approx(ours, rel=1e-3)


def test_a_sharded_training_killed_and_gone_on_with_is_that_of_one_process(alone, tmp_path):
    arguments = (PROGRAM, tmp_path, "dense")
    assert torchrun(*arguments, "step-10", '{"bf16": false}', **FSDP)[0] != 0
    assert [path.name for path in (tmp_path / "dense").glob("checkpoint-*")] == ["checkpoint-8"]

    status, _, told = torchrun(*arguments, "none", '{"bf16": false}', **FSDP)

    assert status == 0, told
    assert same_training(tmp_path / "dense", *alone["dense"])
    checkpoint = tmp_path / "dense" / "checkpoint-12"
    assert is_whole(checkpoint)
    assert load_weights(checkpoint / "model.safetensors").keys() == alone["dense"][0].keys()


def test_sparse_tables_are_not_sharded(tmp_path, monkeypatch):
    monkeypatch.setenv("ACCELERATE_USE_FSDP", "true")

    with pytest.raises(ConfigError, match="FSDP cannot shard a sparse entity table: set its sparse to false"):
        training(tmp_path, "sparse")


def test_a_table_in_a_file_is_for_one_process(tmp_path, monkeypatch):
    mixture, model, objectives = tiny["parts_of"]("mapped", tmp_path)
    monkeypatch.setattr(run, "join_processes", lambda: Processes(rank=0, world=2))

    with pytest.raises(ConfigError, match=r"rows\.f32: 2 processes would all write this memory-mapped table"):
        run.build_trainer(model, mixture, objectives, tiny["settings"](), folder=tmp_path, seed=0)


def test_without_a_launcher_there_is_one_process():
    assert join_processes({}) == ALONE == Processes(rank=0, world=1)
    assert (ALONE.sum([3.0]), ALONE.mean([3.0]), ALONE.gather("a"), ALONE.first(lambda: 1)) == ([3.0], [3.0], ["a"], 1)


def test_a_launcher_that_started_one_process_of_several_is_found_out():
    launched = {"ACCELERATE_MIXED_PRECISION": "no", "MASTER_ADDR": "127.0.0.1", "ACCELERATE_USE_CPU": "True"}

    with pytest.raises(ConfigError, match=r"asked for several processes and started one: .*torchrun"):
        check_launch(launched)
    check_launch({name: value for name, value in launched.items() if name != "MASTER_ADDR"})
    check_launch(launched | {"WORLD_SIZE": "2"})


def test_what_one_process_must_do_is_refused_to_several():
    refuse_several("kgpt run", {"WORLD_SIZE": "1"})
    with pytest.raises(ConfigError, match="kgpt run: started as 2 processes, but only `kgpt pretrain` shares its work"):
        refuse_several("kgpt run", {"WORLD_SIZE": "2"})
