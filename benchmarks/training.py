"""A span-corruption step of one small T5: transformers' stock way against kgpt's, fp32 and bf16.

Both train the same model on the same sequences; the stock way is `T5ForConditionalGeneration(input_ids, labels)`, with
logits everywhere and the plain allocator. Beside it: how fast sequences are built against how fast training eats them.
"""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch

from benchmarks.timing import rates, rows
from kgpt.model import BackboneSettings, build_model
from kgpt.objectives import SPAN_CORRUPTION, combine
from kgpt.pipeline import load_run_config, open_run
from kgpt.pipeline.arm import training_data
from kgpt.sequences import Batch, Mixture
from kgpt.training.allocator import keep_freed_memory

NUM_STEPS = 6


def run() -> list[list[str]]:
    """Tokens a second of each way."""
    torch.set_num_threads(2)
    config = load_run_config("demo")
    with TemporaryDirectory() as folder:
        with open_run(config, Path(folder)) as work:
            work.sequences()
        data = training_data(Path(folder), knowledge="true", seed=0)
        recipe = config.arms["kg_t5"].built_recipe()
        mixture = Mixture(
            recipe.streams(data, "encoder_decoder"), tokens_per_step=4096, seed=0, pad_id=data.vocabulary.pad
        )
        steps = [mixture.batches(step) for step in range(NUM_STEPS)]
        stock = {f"stock, {name}": _stock(config.backbone, data, steps, bf16) for name, bf16 in _PRECISIONS.items()}
        measured = rates(stock, rounds=3)
        keep_freed_memory()
        ours = {f"kgpt, {name}": _ours(config.backbone, data, steps, bf16) for name, bf16 in _PRECISIONS.items()}
        measured |= rates(ours, rounds=3)
        measured |= rates({"sequences built (tokens)": lambda: _built(mixture)}, rounds=3)
    return rows(measured, unit="tokens/s")


_PRECISIONS = {"fp32": False, "bf16": True}


def _built(mixture: Mixture) -> float:
    return sum(batch.num_tokens for step in range(NUM_STEPS) for batch in mixture.batches(step))


def _stock(settings: BackboneSettings, data: Any, steps: list[tuple[Batch, ...]], bf16: bool) -> Callable[[], float]:
    backbone = build_model(settings, data.vocabulary, None).backbone

    def loss(batches: tuple[Batch, ...]) -> torch.Tensor:
        return sum(
            backbone(input_ids=b.ids, attention_mask=b.present.long(), labels=b.decoder_targets).loss for b in batches
        )

    return _trained(backbone, loss, steps, bf16)


def _ours(settings: BackboneSettings, data: Any, steps: list[tuple[Batch, ...]], bf16: bool) -> Callable[[], float]:
    model = build_model(settings, data.vocabulary, None)

    def loss(batches: tuple[Batch, ...]) -> torch.Tensor:
        return combine([SPAN_CORRUPTION], [model(batch) for batch in batches]).total

    return _trained(model, loss, steps, bf16)


def _trained(
    model: torch.nn.Module,
    loss: Callable[[tuple[Batch, ...]], torch.Tensor],
    steps: list[tuple[Batch, ...]],
    bf16: bool,
) -> Callable[[], float]:
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, fused=True)

    def work() -> float:
        for batches in steps:
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=bf16):
                total = loss(batches)
            total.backward()
            optimizer.step()
            optimizer.zero_grad()
        return sum(batch.num_tokens for batches in steps for batch in batches)

    return work
