"""Closed-book answers of an encoder-decoder, with the probability it gives them."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from kgpt.errors import CheckpointError
from kgpt.model import LoadedModel
from kgpt.progress import track
from kgpt.sequences import question_text

PROMPT_KEY = "prompt"
SENTINEL_PROMPT = "question <extra_id_0>"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the model says and the probability of the whole string."""

    text: str
    probability: float


@torch.inference_mode()
def answer(
    loaded: LoadedModel,
    questions: Sequence[str],
    *,
    num_answers: int = 1,
    max_new_tokens: int = 24,
    batch_size: int = 128,
) -> list[list[Answer]]:
    """For every question the most likely answers, best first (greedy for one, else beam search).

    A checkpoint trained by kgpt is asked with the sentinel it was trained with, another with the bare question.

    Raises:
        CheckpointError: the model is no encoder-decoder.
    """
    if loaded.architecture != "encoder_decoder":
        raise CheckpointError("question answering needs an encoder-decoder; this checkpoint is an encoder: use `cloze`")
    prompts = [question_text(q) if PROMPT_KEY in loaded.about else q for q in questions]
    order = sorted(range(len(prompts)), key=lambda i: len(prompts[i]))
    found: dict[int, list[Answer]] = {}
    starts = range(0, len(order), batch_size)
    for start in track(starts, what="answering", total=len(starts)):
        places = order[start : start + batch_size]
        answers = _answer_batch(loaded, [prompts[i] for i in places], num_answers, max_new_tokens)
        found.update(zip(places, answers, strict=True))
    return [found[i] for i in range(len(prompts))]


def _answer_batch(
    loaded: LoadedModel, prompts: Sequence[str], num_answers: int, max_new_tokens: int
) -> list[list[Answer]]:
    backbone, tokenizer = loaded.model.backbone.eval(), loaded.vocabulary.tokenizer
    inputs = tokenizer(list(prompts), return_tensors="pt", padding=True, truncation=True, max_length=256)
    device = loaded.model.device
    out = backbone.generate(
        input_ids=inputs["input_ids"].to(device),
        attention_mask=inputs["attention_mask"].to(device),
        max_new_tokens=max_new_tokens,
        do_sample=False,
        num_beams=num_answers,
        num_return_sequences=num_answers,
        **({"length_penalty": 0.0} if num_answers > 1 else {}),
        output_scores=True,
        return_dict_in_generate=True,
    )
    chances = _probabilities(backbone, out)
    texts = [loaded.vocabulary.decode(row) for row in out.sequences.tolist()]
    pairs = [Answer(text, chance) for text, chance in zip(texts, chances, strict=True)]
    return [pairs[i : i + num_answers] for i in range(0, len(pairs), num_answers)]


def _probabilities(backbone: torch.nn.Module, out: object) -> list[float]:
    if (scores := getattr(out, "sequences_scores", None)) is not None:
        return list(torch.exp(scores).tolist())
    steps = backbone.compute_transition_scores(out.sequences, out.scores, normalize_logits=True)  # type: ignore
    finite = torch.where(torch.isfinite(steps), steps, torch.zeros_like(steps))
    pad = backbone.config.pad_token_id  # type: ignore[union-attr]
    written = out.sequences[:, -steps.shape[1] :] != pad  # type: ignore[attr-defined]
    return list(torch.exp((finite * written).sum(dim=1)).tolist())
