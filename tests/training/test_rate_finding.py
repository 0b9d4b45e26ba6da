import runpy
from pathlib import Path

import pytest

from kgpt.training.rate import MIN_RATE, default_learning_rate
from kgpt.training.rate_finding import HIGHEST, LOWEST, RangeTest, find_learning_rate

tiny = runpy.run_path(str(Path(__file__).with_name("tiny_training.py")))


def test_a_range_test_suggests_a_rate_between_nothing_happens_and_all_is_lost(tmp_path):
    mixture, model, objectives = tiny["parts_of"]("dense", tmp_path)

    test = find_learning_rate(model, mixture, objectives, tiny["settings"](), seed=0, num_steps=60)

    assert test.rates == tuple(sorted(test.rates))
    assert test.rates[0] == pytest.approx(LOWEST) and test.rates[-1] <= HIGHEST * 1.01
    assert 1e-4 < test.suggestion < 1e-1


def test_the_suggestion_is_a_tenth_of_the_rate_at_the_lowest_loss():
    assert RangeTest((1e-4, 1e-3, 1e-2), (3.0, 1.0, 9.0)).suggestion == pytest.approx(1e-4)


def test_larger_models_have_smaller_rates_down_to_a_floor():
    rates = [default_learning_rate(10**power) for power in range(5, 12)]

    assert rates == sorted(rates, reverse=True)
    assert rates[-1] == MIN_RATE
