"""Training the usual way against kgpt's: the same model on the same texts, tokens/s from the third step on.

The usual way is transformers' example: Trainer, DataCollatorForLanguageModeling (for T5 the same span-corrupted
sequences), sdpa, logits everywhere, the plain allocator; in fp32 and in bf16 autocast. kgpt's is `kgpt.training` as a
run has it. A RoBERTa, a T5 and a Llama of d = 256 x 6 layers, 16 k words, 16 sequences of 256 a step. At the end: the
share of the machine's bf16 matrix peak that kgpt's steps use (model FLOPs: Chowdhery et al., 2022, appendix B).
"""

import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
from transformers import (
    DataCollatorForLanguageModeling,
    DataCollatorForSeq2Seq,
    Trainer,
    TrainerCallback,
    TrainingArguments,
)

from benchmarks.forked import in_turns
from benchmarks.sample_text import Sample, make_sample
from kgpt.model import BackboneSettings, build_model
from kgpt.objectives import CAUSAL_LM, MASKED_LM, SPAN_CORRUPTION, Objective
from kgpt.sequences import MaskedTextStream, Mixture, SpanCorruptionStream, WeightedStream
from kgpt.sequences.causal_stream import CausalTextStream
from kgpt.training import TrainingSettings
from kgpt.training.training import build_trainer

LENGTH, BATCH, NUM_STEPS, NUM_THREADS = 256, 16, 6, 2
WARM_STEPS = 2
SIZES = {"hidden_size": 256, "num_layers": 6, "num_heads": 4, "feed_forward_size": 1024}


@dataclass(frozen=True)
class Kind:
    """A family with its way of learning text."""

    family: str
    architecture: str
    stream: Callable[..., Any]
    objective: Objective
    head_share: float
    """Share of the positions whose logits kgpt computes."""


KINDS = {
    "masked": Kind("roberta", "encoder", MaskedTextStream, MASKED_LM, 0.15),
    "span corruption": Kind("t5", "encoder_decoder", SpanCorruptionStream, SPAN_CORRUPTION, 0.2),
    "causal": Kind("llama", "decoder", CausalTextStream, CAUSAL_LM, 1.0),
}


class StepClock(TrainerCallback):
    """When every step ended."""

    def __init__(self) -> None:
        self.ends: list[float] = []

    def on_step_end(self, *_: Any, **__: Any) -> None:
        """Note the time."""
        self.ends.append(time.perf_counter())

    def seconds_a_step(self) -> float:
        """Mean from `WARM_STEPS` on."""
        return (self.ends[-1] - self.ends[WARM_STEPS - 1]) / (len(self.ends) - WARM_STEPS)


def run() -> list[list[str]]:
    """Tokens/s of every kind and way."""
    rows = []
    for name, kind in KINDS.items():
        sample = make_sample(
            num_passages=BATCH * (NUM_STEPS + 1), num_words=300, num_links=4, starts_text=kind.architecture == "encoder"
        )
        measured = in_turns(
            {
                f"{name}: transformers, fp32": partial(usual_rate, kind, sample, bf16=False),
                f"{name}: transformers, bf16": partial(usual_rate, kind, sample, bf16=True),
                f"{name}: kgpt": partial(kgpt_rate, kind, sample),
            },
            rounds=1,
        )
        first = next(iter(measured.values()))
        rows += [[one, f"{rate:,.0f} tokens/s", f"{rate / first:.2f}"] for one, rate in measured.items()]
        share = in_turns({"peak": bf16_peak}, rounds=3)["peak"]
        used = list(measured.values())[-1] * flops_a_token(kind, sample)
        rows.append([f"{name}: kgpt's share of {share / 1e9:,.0f} GFLOP/s (bf16 product)", f"{used / share:.2f}", ""])
    return rows


def kgpt_rate(kind: Kind, sample: Sample, **changes: Any) -> float:
    """Tokens/s of kgpt's training."""
    mixture = mixture_of(kind, sample)
    model = build_model(backbone(kind, attention="eager"), sample.vocabulary)
    return trained_rate(model, mixture, [kind.objective], **changes)


def trained_rate(model: Any, mixture: Mixture, objectives: Sequence[Objective], **changes: Any) -> float:
    """Tokens/s of a kgpt training from its third step on."""
    told = {"steps": NUM_STEPS, "learning_rate": 1e-3, "checkpoint_every": 0, "report_to": "none"}
    settings = TrainingSettings(**(told | {"num_threads": NUM_THREADS} | changes))
    clock = StepClock()
    with tempfile.TemporaryDirectory() as folder:
        trainer = build_trainer(model, mixture, objectives, settings, folder=Path(folder), seed=0)
        quieten(trainer, clock)
        trainer.train()
    tokens = sum(one.num_tokens for step in range(WARM_STEPS, NUM_STEPS) for one in mixture.batches(step))
    return tokens / (NUM_STEPS - WARM_STEPS) / clock.seconds_a_step()


def usual_rate(kind: Kind, sample: Sample, *, bf16: bool) -> float:
    """Tokens/s of transformers' example."""
    torch.set_num_threads(NUM_THREADS)
    model = build_model(backbone(kind, attention="sdpa"), sample.vocabulary).backbone
    batches = [one for step in range(NUM_STEPS) for one in mixture_of(kind, sample).batches(step)]
    tokenizer, clock = sample.vocabulary.tokenizer, StepClock()
    if kind.architecture == "encoder_decoder":
        rows = [_row(batch, row) for batch in batches for row in range(len(batch.ids))]
        collator: Any = DataCollatorForSeq2Seq(tokenizer, model=model)
    else:
        rows = [{"input_ids": ids.tolist()} for ids in texts(sample)]
        collator = DataCollatorForLanguageModeling(tokenizer, mlm=kind.architecture == "encoder")
    with tempfile.TemporaryDirectory() as folder:
        arguments = TrainingArguments(
            output_dir=folder,
            max_steps=NUM_STEPS,
            per_device_train_batch_size=len(rows) // NUM_STEPS,
            learning_rate=1e-3,
            bf16=bf16,
            report_to="none",
            save_strategy="no",
            disable_tqdm=True,
            use_cpu=True,
            dataloader_pin_memory=False,
        )
        trainer = Trainer(model=model, args=arguments, train_dataset=rows, data_collator=collator)
        quieten(trainer, clock)
        trainer.train()
    tokens = sum(len(row["input_ids"]) + len(row.get("labels", ())) for row in rows)
    return tokens / NUM_STEPS / clock.seconds_a_step()


def quieten(trainer: Any, clock: StepClock) -> None:
    """No printing, only the clock."""
    from transformers.trainer_callback import PrinterCallback

    trainer.remove_callback(PrinterCallback)
    trainer.add_callback(clock)


def mixture_of(kind: Kind, sample: Sample) -> Mixture:
    """Steps of about 16 sequences of one stream."""
    stream = kind.stream(passages=sample.passages, vocabulary=sample.vocabulary, max_tokens=LENGTH)
    return Mixture({"text": WeightedStream(stream, 1.0)}, LENGTH * BATCH, seed=0, pad_id=sample.vocabulary.pad)


def backbone(kind: Kind, *, attention: str) -> BackboneSettings:
    """The same sizes for every family."""
    extra = {"hidden_act": "gelu"} if kind.family == "roberta" else {}
    told = {"family": kind.family, "architecture": kind.architecture, "attention": attention, "extra": extra}
    return BackboneSettings(**(SIZES | told))


def texts(sample: Sample) -> list[torch.Tensor]:
    """The passages as blocks of `LENGTH` words."""
    wrapped = [sample.vocabulary.wrap(sample.passages.word_ids(i)[: LENGTH - 2]) for i in range(len(sample.passages))]
    return [torch.from_numpy(one) for one in wrapped][: BATCH * NUM_STEPS]


def flops_a_token(kind: Kind, sample: Sample) -> float:
    """Model FLOPs of forward and backward a token: 6 a weight of the body, the attention, the logits asked for."""
    model = build_model(backbone(kind, attention="eager"), sample.vocabulary)
    tables = {id(one.weight) for one in model.modules() if isinstance(one, torch.nn.Embedding)}
    body = sum(one.numel() for one in model.parameters() if id(one) not in tables)
    if kind.architecture == "encoder_decoder":
        body /= 2  # a token goes through one of the two stacks
    hidden, layers = SIZES["hidden_size"], SIZES["num_layers"]
    return 6 * body + 12 * layers * hidden * LENGTH + 6 * kind.head_share * hidden * sample.vocabulary.size


def bf16_peak() -> float:
    """FLOP/s of a large bf16 matrix product."""
    torch.set_num_threads(NUM_THREADS)
    one = torch.randn(2048, 2048, dtype=torch.bfloat16)
    best = float("inf")
    for _ in range(10):
        started = time.perf_counter()
        one @ one
        best = min(best, time.perf_counter() - started)
    return 2 * 2048**3 / best


def _row(batch: Any, row: int) -> dict[str, list[int]]:
    present, labels = batch.present[row], batch.decoder_targets[row]
    return {"input_ids": batch.ids[row][present].tolist(), "labels": labels[labels != -100].tolist()}
