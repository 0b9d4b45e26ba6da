import random
import shutil

import pytest

from tests.faults.damage import DAMAGES, damaged, end_of


@pytest.fixture(scope="module")
def run_folder(finished_run, tmp_path_factory):
    return shutil.copytree(finished_run, tmp_path_factory.mktemp("damaged") / "run")


def test_no_command_crashes_on_a_damaged_file(run_folder, project):
    tried = list(damaged(run_folder, str(project / "tiny.yaml"), times=10, rng=random.Random(0)))

    assert {one.damage for one in tried} == set(DAMAGES)
    assert [(str(one.path), one.damage, one.crashes) for one in tried if one.crashes] == []


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_model_is_found_before_the_run_goes_on(run_folder, project, damage):
    weights = run_folder / "6-arms" / "kg_t5" / "0" / "model" / "model.safetensors"
    verify = ["run", str(project / "tiny.yaml"), "--out", str(run_folder), "--until", "graph", "--verify"]
    whole = weights.read_bytes()
    assert end_of(verify) == 0

    weights.write_bytes(DAMAGES[damage](whole, random.Random(1)))
    end = end_of(verify)
    weights.write_bytes(whole)

    assert end == 2
