"""Tiny trainings, as functions and as a program that can be killed or started several times at once.

As a program: FOLDER KINDS MOMENT CHANGES, where the MOMENT is `none` or says when the process kills itself, and the
changes of the settings are JSON.
"""

import json
import os
import signal
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from kgpt.kg import build_graph
from kgpt.model import BackboneSettings, Nodes, build_model
from kgpt.objectives import CAUSAL_LM, ENTITY_PREDICTION, MASKED_LM, RELATION_PREDICTION, SPAN_CORRUPTION
from kgpt.records import AlignedPassage, Alignment, EntityRecord, Link, Metadata, Question, RelationRecord, Triple
from kgpt.sequences import (
    Mixture,
    Phase,
    Phases,
    QuestionStream,
    WeightedStream,
    WordKnowledgeGraphStream,
    build_passages,
    train_vocabulary,
)
from kgpt.sequences.causal_stream import CausalQuestionStream
from kgpt.training import TrainingSettings, checkpoint, train, trainer
from kgpt.training.processes import leave_processes
from kgpt.training.schedule import PhaseRate
from kgpt.training.state import save_weights

STEPS = 12
QUESTIONS = tuple(Question(f"q{i}", f"What is {i} and {i * 7 % 11}?", (str(i * 3),)) for i in range(40))
SIZES = {"hidden_size": 32, "num_layers": 1, "num_heads": 2, "feed_forward_size": 48}
ENTITIES = range(20)


@dataclass(frozen=True)
class Kind:
    """What a tiny training differs in."""

    graph: bool = False
    sizes: dict[str, Any] = field(default_factory=dict)
    nodes: dict[str, Any] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    replay: float = 0.0
    phases: tuple[PhaseRate, ...] = ()


KINDS = {
    "dense": Kind(),
    "dropout": Kind(sizes={"dropout": 0.1}),
    "accumulated": Kind(settings={"accumulation": 2}),
    "experts": Kind(sizes={"family": "mixtral", "architecture": "decoder"}),
    "nodes": Kind(graph=True),
    "sparse": Kind(graph=True, nodes={"sparse": True}),
    "mapped": Kind(graph=True, nodes={"memory_map": "rows.f32"}),
    "replayed": Kind(replay=0.3, settings={"tokens_per_step": 90}),
    "replayed-accumulated": Kind(replay=0.3, settings={"tokens_per_step": 90, "accumulation": 2}),
    "phased": Kind(replay=0.3, phases=(PhaseRate(5), PhaseRate(7, peak=5e-4))),
    "sparse-accumulated": Kind(graph=True, nodes={"sparse": True}, settings={"accumulation": 2}),
}


def settings(**changes):
    told = {"steps": STEPS, "tokens_per_step": 64, "checkpoint_every": 4, "num_threads": 1, "log_every": 1}
    return TrainingSettings(**(told | {"learning_rate": 2e-3, "report_to": "none"} | changes))


def questions_and_model(**sizes):
    """A T5 (or a decoder) on questions."""
    words = train_vocabulary([f"{q.text} {q.answers[0]}" for q in QUESTIONS], size=120, starts_text=False)
    is_decoder = sizes.get("architecture") == "decoder"
    stream = (CausalQuestionStream if is_decoder else QuestionStream)(questions=QUESTIONS, vocabulary=words)
    model = build_model(BackboneSettings(**(SIZES | sizes)), words)
    return words, stream, model, [CAUSAL_LM if is_decoder else SPAN_CORRUPTION]


def graphs_and_model(nodes, **sizes):
    """A RoBERTa on word-knowledge graphs."""
    items = [RelationRecord("P1", "near"), *(EntityRecord(f"Q{i}", f"Town{i}") for i in ENTITIES)]
    graph = build_graph([*items, *(Triple(f"Q{i}", "P1", f"Q{(i + 1) % 20}") for i in ENTITIES)])[0]
    passages = [passage(number) for number in ENTITIES]
    words = train_vocabulary([one.text for one in passages], size=150, starts_text=True)
    stream = WordKnowledgeGraphStream(
        passages=build_passages(passages, graph, words), graph=graph, vocabulary=words, num_negatives=400
    )
    backbone = BackboneSettings(
        **(SIZES | {"family": "roberta", "architecture": "encoder", "max_positions": 64} | sizes)
    )
    model = build_model(backbone, words, graph, {"nodes": Nodes(**nodes)})
    return words, stream, model, [MASKED_LM, ENTITY_PREDICTION, RELATION_PREDICTION]


def passage(number):
    text = f"Town{number} lies near Town{(number + 1) % 20} and has {number * 7 % 5} bridges."
    link = Link(0, len(f"Town{number}"), f"Q{number}")
    aligned = (Alignment(Triple(f"Q{number}", "P1", f"Q{(number + 1) % 20}"), 1.0),)
    return AlignedPassage(f"d{number}#0", f"d{number}", text, (link,), aligned, Metadata())


def parts_of(kind, folder):
    """Mixture, model and objectives of a kind."""
    told = KINDS[kind]
    torch.manual_seed(0)
    if told.graph:
        mapped = {"memory_map": str(folder / told.nodes["memory_map"])} if "memory_map" in told.nodes else {}
        words, stream, model, objectives = graphs_and_model(told.nodes | mapped, **told.sizes)
    else:
        words, stream, model, objectives = questions_and_model(**told.sizes)
    weighted = {"only": WeightedStream(stream, 1.0)}
    budget = told.settings.get("tokens_per_step", 64 + 256 * told.graph)
    replayed = {"only": told.replay} if told.replay else {}

    def mixture(seed):
        tokens = budget * (1 + seed)  # a later phase reads more
        return Mixture(weighted, tokens_per_step=tokens, seed=seed, pad_id=words.pad, replayed=replayed)

    if not told.phases:
        return mixture(0), model, objectives
    return Phases([Phase(mixture(seed), one.steps) for seed, one in enumerate(told.phases)]), model, objectives


def training(folder, kind="dropout", **changes):
    """Train in `folder`; gives the model and the result."""
    mixture, model, objectives = parts_of(kind, folder)
    told = settings(**(KINDS[kind].settings | changes))
    return model, train(model, mixture, objectives, told, folder=folder, seed=0, phases=KINDS[kind].phases)


def die(*arguments, **keywords):
    os.kill(os.getpid(), signal.SIGKILL)


def die_at(moment):
    """Make the process kill itself: at a step, in the middle of writing, before the seal, before old ones go."""
    kind, number = moment.split("-")
    if kind == "step":
        real = Mixture.batches
        Mixture.batches = lambda self, step, **share: die() if step == int(number) else real(self, step, **share)
        return
    owner, name = {
        "writing": (trainer, "save_weights"),
        "sealing": (checkpoint, "publish"),
        "tidying": (checkpoint, "remove_old"),
    }[kind]
    real_part = getattr(owner, name)

    def dying(*arguments, **keywords):
        done = str(arguments) if kind != "tidying" else str([path.name for path in arguments[0].iterdir()])
        if f"checkpoint-{number}" not in done:
            return real_part(*arguments, **keywords)
        if kind == "writing":
            Path(arguments[1]).write_bytes(b"half")
        return die()

    setattr(owner, name, dying)


if __name__ == "__main__":
    if sys.argv[3] != "none":
        die_at(sys.argv[3])
    for name in sys.argv[2].split(","):
        trained, told = training(Path(sys.argv[1]) / name, name, **json.loads(sys.argv[4] if sys.argv[4:] else "{}"))
        if int(os.environ.get("RANK", "0")) == 0:
            save_weights(trained.state_dict(), Path(sys.argv[1]) / name / "trained.safetensors")
            result = {"curve": told.curve, "tokens": told.tokens}
            (Path(sys.argv[1]) / name / "result.json").write_text(json.dumps(result))
    leave_processes()
