import os

import pytest

from kgpt.config import check_config
from kgpt.errors import ConfigError
from kgpt.training import TrainingSettings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("steps", 0),
        ("tokens_per_step", 15),
        ("learning_rate", 0.0),
        ("warmup_frac", 1.5),
        ("weight_decay", -0.1),
        ("max_grad_norm", 0.0),
        ("checkpoint_every", -1),
        ("log_every", 0),
        ("num_threads", -1),
        ("steps", "100"),
        ("bf16", 1.5),
    ],
)
def test_a_value_out_of_range_is_told_with_its_place(name, value):
    with pytest.raises(ConfigError, match=rf"my\.yaml: {name}: .*found {value!r}"):
        check_config({name: value}, TrainingSettings, place="my.yaml")


def test_a_misspelt_setting_is_told_with_the_nearest_name():
    with pytest.raises(ConfigError, match="step: no such setting; did you mean 'steps'"):
        check_config({"step": 3}, TrainingSettings, place="my.yaml")


def test_no_number_of_threads_takes_all_cores():
    assert TrainingSettings(num_threads=0).threads == os.cpu_count()


def test_patience_needs_a_probe():
    with pytest.raises(ConfigError, match="patience counts looks at the probe, and probe_every is 0"):
        check_config({"patience": 3}, TrainingSettings, place="my.yaml")
