import math

import pytest
import torch

from kgpt.training import TrainingSettings
from kgpt.training.schedule import PhaseRate, phased_schedule

PHASES = (PhaseRate(10), PhaseRate(20, peak=0.5))


def rates(phases, num_steps, **changes):
    """The rate of every step, as the optimiser has it."""
    settings = TrainingSettings(warmup_frac=0.2, **changes)
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=2.0)
    schedule, found = phased_schedule(optimizer, phases, settings, peak=2.0), []
    for _ in range(num_steps):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    return found


def cosine(step, num_steps, num_warm):
    if step < num_warm:
        return step / num_warm
    return 0.5 * (1 + math.cos(math.pi * (step - num_warm) / (num_steps - num_warm)))


def test_every_phase_warms_up_to_its_own_peak_and_falls():
    expected = [2.0 * cosine(step, 10, 2) for step in range(10)] + [0.5 * cosine(step, 20, 4) for step in range(20)]

    assert rates(PHASES, 30) == pytest.approx(expected)


def test_the_last_phase_goes_on_at_its_end():
    assert rates(PHASES, 33)[30:] == pytest.approx([0.0] * 3, abs=1e-9)


def test_a_constant_schedule_stays_at_each_peak():
    assert rates(PHASES, 30, schedule="constant")[4:10] == [2.0] * 6
    assert rates(PHASES, 30, schedule="constant")[16:] == [0.5] * 14
