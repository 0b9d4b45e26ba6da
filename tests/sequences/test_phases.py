import numpy as np
import torch

from kgpt.records import Question
from kgpt.sequences import Mixture, Phase, Phases, QuestionStream, WeightedStream


def mixture(vocabulary, seed, tokens, replayed=None):
    asked = tuple(Question(f"q{i}", f"What is {i}?", (str(i),)) for i in range(30))
    stream = WeightedStream(QuestionStream(questions=asked, vocabulary=vocabulary), 1.0)
    return Mixture({"questions": stream}, tokens_per_step=tokens, seed=seed, pad_id=0, replayed=replayed or {})


def test_each_step_is_read_from_its_phase(writing_words):
    short, long = mixture(writing_words, 0, 60), mixture(writing_words, 1, 240)
    phases = Phases([Phase(short, 3), Phase(long, 2)])

    for step, (expected, own) in enumerate([(short, 0), (short, 1), (short, 2), (long, 0), (long, 1), (long, 2)]):
        assert torch.equal(phases.batches(step)[0].ids, expected.batches(own)[0].ids)


def test_passes_are_summed_over_the_phases(writing_words):
    short, long = mixture(writing_words, 0, 60), mixture(writing_words, 1, 240)
    phases = Phases([Phase(short, 3), Phase(long, 2)])

    assert phases.passes(4)["questions"] == short.passes(3)["questions"] + long.passes(1)["questions"]


def test_replays_of_all_phases_are_one_state(writing_words):
    phases = Phases([Phase(mixture(writing_words, seed, 60, {"questions": 0.5}), 3) for seed in (0, 1)])
    other = Phases([Phase(mixture(writing_words, seed, 60, {"questions": 0.5}), 3) for seed in (0, 1)])
    for step in range(5):
        count = len(phases.batches(step)[0].ids)
        phases.observe(step, {"questions": np.linspace(0, step, count, dtype=np.float32)})

    other.load_state(phases.state())

    assert torch.equal(other.batches(5)[0].ids, phases.batches(5)[0].ids)
    assert set(other.state()) == set(phases.state())


def test_the_phase_with_the_fewest_sequences_says_how_many_parts_a_step_has(writing_words):
    short, long = mixture(writing_words, 0, 60), mixture(writing_words, 1, 240)

    phases = Phases([Phase(long, 2), Phase(short, 3)])

    assert phases.most_sequences == short.most_sequences < long.most_sequences
