"""A tiny training as a program, so that a test can kill it: FOLDER, and the MOMENT at which it kills itself."""

import os
import signal
import sys
from pathlib import Path

import torch

from kgpt.model import BackboneSettings, build_model
from kgpt.objectives import SPAN_CORRUPTION
from kgpt.records import Question
from kgpt.sequences import Mixture, QuestionStream, WeightedStream, train_vocabulary
from kgpt.training import TrainingSettings, checkpoint, train, trainer

STEPS = 12
QUESTIONS = tuple(Question(f"q{i}", f"What is {i} and {i * 7 % 11}?", (str(i * 3),)) for i in range(40))


def settings(**changes):
    told = {"steps": STEPS, "tokens_per_step": 64, "checkpoint_every": 4, "num_threads": 1, "log_every": 1}
    return TrainingSettings(**(told | changes))


def training(folder, wanted=None):
    """Train in `folder`; gives the model and the result."""
    words = train_vocabulary([f"{q.text} {q.answers[0]}" for q in QUESTIONS], size=120, starts_text=False)
    stream = QuestionStream(questions=QUESTIONS, vocabulary=words)
    mixture = Mixture({"questions": WeightedStream(stream, 1.0)}, tokens_per_step=64, seed=0, pad_id=words.pad)
    torch.manual_seed(0)
    sizes = {"hidden_size": 32, "num_layers": 1, "num_heads": 2, "feed_forward_size": 48, "dropout": 0.1}
    model = build_model(BackboneSettings(**sizes), words, None)
    return model, train(model, mixture, [SPAN_CORRUPTION], wanted or settings(), folder=folder, seed=0)


def die(*arguments):
    os.kill(os.getpid(), signal.SIGKILL)


def die_at(moment):
    """Make the process kill itself: at a step, in the middle of writing, before the seal, before old ones go."""
    kind, number = moment.split("-")
    if kind == "step":
        real = Mixture.batches
        Mixture.batches = lambda self, step: die() if step == int(number) else real(self, step)
        return
    owner, name = {
        "writing": (trainer, "save_model"),
        "sealing": (checkpoint, "publish"),
        "tidying": (checkpoint, "remove_others"),
    }[kind]
    real_part = getattr(owner, name)

    def dying(*arguments):
        if f"checkpoint-{number}" not in str(arguments):
            return real_part(*arguments)
        if kind == "writing":
            Path(arguments[1]).write_bytes(b"half")
        return die()

    setattr(owner, name, dying)


if __name__ == "__main__":
    die_at(sys.argv[2])
    training(Path(sys.argv[1]))
