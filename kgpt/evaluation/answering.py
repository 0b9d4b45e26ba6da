"""Closed-book answers of a model that writes, with the probability it gives them."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from kgpt.errors import CheckpointError
from kgpt.model import LoadedModel
from kgpt.progress import track
from kgpt.sequences import Vocabulary, question_text
from kgpt.sequences.causal_stream import prompt_words
from kgpt.sequences.triple_stream import question_prompt
from kgpt.verbalization.answer_steps import last_step

PROMPT_KEY = "prompt"
SENTINEL_PROMPT = "question <extra_id_0>"
MAX_PROMPT = 256
_MAX_STEPS = 3
_MAX_WAYS = 16


@dataclass(frozen=True, slots=True)
class Answer:
    """What the model says and the probability of the whole string."""

    text: str
    probability: float


def answer(
    loaded: LoadedModel,
    questions: Sequence[str],
    *,
    num_answers: int = 1,
    max_new_tokens: int = 24,
    batch_size: int = 128,
) -> list[list[Answer]]:
    """For every question the most likely answers, best first (greedy for one, else beam search).

    A checkpoint trained by kgpt is asked as it was trained: an encoder-decoder with the sentinel, a decoder in the
    prompt. One that learnt to answer step by step writes its likeliest ways, and an answer's probability is the sum of
    the ways that end there (as Wang et al., 2022, self-consistency, with a beam for samples). Another encoder-decoder
    gets the bare question, another decoder the same prompt.

    Raises:
        CheckpointError: the model is an encoder, which cannot write.
    """
    in_steps = answers_in_steps(loaded)
    found = complete(
        loaded,
        [_prompt(loaded, question) for question in questions],
        num_answers=max(num_answers, _MAX_WAYS) if in_steps else num_answers,
        max_new_tokens=max_new_tokens * (_MAX_STEPS if in_steps else 1),
        batch_size=max(batch_size // _MAX_WAYS, 1) if in_steps else batch_size,
    )
    return [by_last_step(ways)[:num_answers] for ways in found] if in_steps else found


def by_last_step(ways: Sequence[Answer]) -> list[Answer]:
    """The ends of several ways, each with the sum of their probabilities, the likeliest first.

    >>> by_last_step([Answer("Kismet | 1944", 0.3), Answer("Ivan | 1950", 0.25), Answer("Anna | 1950", 0.25)])
    [Answer(text='1950', probability=0.5), Answer(text='1944', probability=0.3)]
    """
    sums: dict[str, float] = {}
    for way in ways:
        end = last_step(way.text)
        sums[end] = sums.get(end, 0.0) + way.probability
    return [Answer(text, sums[text]) for text in sorted(sums, key=lambda one: -sums[one])]


def answers_in_steps(loaded: LoadedModel) -> bool:
    """Whether the recipe that trained a model has it name what lies on the way to an answer."""
    return bool(loaded.about.get("recipe", {}).get("answer_steps"))


@torch.inference_mode()
def complete(
    loaded: LoadedModel,
    prompts: Sequence[str],
    *,
    num_answers: int = 1,
    max_new_tokens: int = 24,
    batch_size: int = 128,
) -> list[list[Answer]]:
    """What the model writes for every prompt as it stands, to the end of its first line; `MAX_PROMPT` words are read.

    Raises:
        CheckpointError: the model is an encoder, which cannot write.
    """
    if loaded.architecture == "encoder":
        raise CheckpointError(
            "question answering needs a model that writes; this checkpoint is an encoder: use `cloze`"
        )
    order = sorted(range(len(prompts)), key=lambda i: len(prompts[i]))
    found: dict[int, list[Answer]] = {}
    starts = range(0, len(order), batch_size)
    for start in track(starts, what="answering", total=len(starts)):
        places = order[start : start + batch_size]
        answers = _answer_batch(loaded, [prompts[i] for i in places], num_answers, max_new_tokens)
        found.update(zip(places, answers, strict=True))
    return [found[i] for i in range(len(prompts))]


def _prompt(loaded: LoadedModel, question: str) -> str:
    if loaded.architecture == "decoder":
        return question_prompt(question)
    return question_text(question) if PROMPT_KEY in loaded.about else question


def _answer_batch(
    loaded: LoadedModel, prompts: Sequence[str], num_answers: int, max_new_tokens: int
) -> list[list[Answer]]:
    backbone = loaded.model.backbone.eval()
    inputs = _decoder_inputs(loaded, prompts) if loaded.architecture == "decoder" else _encoder_inputs(loaded, prompts)
    out = backbone.generate(
        **{name: tensor.to(loaded.model.device) for name, tensor in inputs.items()},
        max_new_tokens=max_new_tokens,
        do_sample=False,
        num_beams=num_answers,
        num_return_sequences=num_answers,
        pad_token_id=loaded.vocabulary.pad,
        eos_token_id=loaded.vocabulary.end,
        **({"length_penalty": 0.0} if num_answers > 1 else {}),
        output_scores=True,
        return_dict_in_generate=True,
    )
    chances = _probabilities(loaded, out)
    given = inputs["input_ids"].shape[1] if loaded.architecture == "decoder" else 0
    texts = [_first_line(loaded.vocabulary.decode(row[given:])) for row in out.sequences.tolist()]
    pairs = [Answer(text, chance) for text, chance in zip(texts, chances, strict=True)]
    groups = (pairs[i : i + num_answers] for i in range(0, len(pairs), num_answers))
    return [sorted(group, key=lambda one: -one.probability) for group in groups]


def _encoder_inputs(loaded: LoadedModel, prompts: Sequence[str]) -> dict[str, torch.Tensor]:
    told = loaded.vocabulary.tokenizer(
        list(prompts), return_tensors="pt", padding=True, truncation=True, max_length=MAX_PROMPT
    )
    return {"input_ids": told["input_ids"], "attention_mask": told["attention_mask"]}


def _decoder_inputs(loaded: LoadedModel, prompts: Sequence[str]) -> dict[str, torch.Tensor]:
    """Prompts with the word that opens a text and without the one that closes it, padded at the left."""
    rows = [prompt_words(loaded.vocabulary, prompt)[-MAX_PROMPT:] for prompt in prompts]
    length = max(map(len, rows))
    ids = torch.full((len(rows), length), loaded.vocabulary.pad)
    present = torch.zeros((len(rows), length), dtype=torch.int64)
    for row, words in enumerate(rows):
        ids[row, length - len(words) :] = torch.from_numpy(words.copy())
        present[row, length - len(words) :] = 1
    return {"input_ids": ids, "attention_mask": present}


def _first_line(text: str) -> str:
    """A decoder that was never taught to stop goes on with another question; its answer is the first line."""
    return text.split("\n", maxsplit=1)[0].strip()


def _num_counted(vocabulary: Vocabulary, row: Sequence[int]) -> int:
    """How many of the words written make the answer: up to its end or line break, which counts, too."""
    length = row.index(vocabulary.end) + 1 if vocabulary.end in row else len(row)
    if "\n" not in vocabulary.decode(row[:length]):
        return length
    return next(place for place in range(1, length + 1) if "\n" in vocabulary.decode(row[:place]))


def _probabilities(loaded: LoadedModel, out: object) -> list[float]:
    """The probability of each answer: of its words and of the one that ends it."""
    beams = getattr(out, "beam_indices", None)
    steps = loaded.model.backbone.compute_transition_scores(
        out.sequences,  # type: ignore[attr-defined]
        out.scores,  # type: ignore[attr-defined]
        beams,
        normalize_logits=beams is None,
    )
    written = out.sequences[:, -steps.shape[1] :].tolist()  # type: ignore[attr-defined]
    counted = torch.tensor([_num_counted(loaded.vocabulary, row) for row in written], device=steps.device)
    is_counted = torch.arange(steps.shape[1], device=steps.device) < counted[:, None]
    return list(torch.exp(torch.where(is_counted & torch.isfinite(steps), steps, 0.0).sum(dim=1)).tolist())
