"""A frozen model's states at stretches of a text, layer by layer: what probes and classifiers read.

Layer 0 is what the first layer reads, layer n what the n-th gives; the last has gone through the model's last norm.
Texts are read as words alone, whatever graph nodes the model knows. Shapes: N texts, B of them at once, S words,
D hidden, K spans a text, L layers.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from kgpt.model import KgptModel, LoadedModel
from kgpt.model.stack import layers_of, num_positions, stack_of
from kgpt.sequences import collate
from kgpt.sequences.causal_stream import prompt_words
from kgpt.sequences.sequence import plain_sequence


@dataclass(frozen=True, slots=True)
class SpanText:
    """A text and the stretches `[start, end)` of it that are asked about, in code points, [K]."""

    text: str
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, eq=False, slots=True)
class ReadText:
    """The word ids of a text [S] and the words of its spans, [K, 2]."""

    ids: NDArray[np.int64]
    spans: NDArray[np.int64]


def read_text(loaded: LoadedModel, item: SpanText, *, max_tokens: int = 128) -> ReadText | None:
    """The words around the spans; None where a span has no word, or they lie too far apart.

    Args:
        loaded: whose words.
        item: what to read.
        max_tokens: fewer where the model has fewer positions.
    """
    vocabulary = loaded.vocabulary
    is_decoder = loaded.architecture == "decoder"
    opening = prompt_words(vocabulary, "") if is_decoder else vocabulary.prefix
    closing = vocabulary.suffix[:0] if is_decoder else vocabulary.suffix
    words, offsets = vocabulary.encode_with_offsets(item.text)
    found = [np.flatnonzero((offsets[:, 0] < end) & (offsets[:, 1] > start)) for start, end in item.spans]
    if not all(map(len, found)):
        return None
    spans = np.array([(one[0], one[-1] + 1) for one in found], np.int64)
    room = min(max_tokens, num_positions(loaded.model.config) or max_tokens) - len(opening) - len(closing)
    first, last = int(spans[:, 0].min()), int(spans[:, 1].max())
    if last - first > room:
        return None
    start = max(0, min((first + last - room) // 2, len(words) - room))
    ids = np.concatenate([opening, words[start : start + room], closing]).astype(np.int64)
    return ReadText(ids, spans + len(opening) - start)


def span_means(states_BSD: torch.Tensor, spans_BK2: torch.Tensor) -> torch.Tensor:
    """The mean state of every span's words, those of a text beside each other, [B, K * D]."""
    summed = torch.cat([torch.zeros_like(states_BSD[:, :1]), states_BSD], dim=1).float().cumsum(dim=1)
    rows = torch.arange(len(summed), device=summed.device)[:, None]
    means = summed[rows, spans_BK2[..., 1]] - summed[rows, spans_BK2[..., 0]]
    return (means / (spans_BK2[..., 1] - spans_BK2[..., 0])[..., None]).flatten(1)


def layer_means(model: KgptModel, texts: Sequence[ReadText], *, pad: int) -> list[torch.Tensor]:
    """`span_means` at every layer, [L + 1] of [B, K * D]; gradients flow where they are asked for."""
    batch = collate([plain_sequence(text.ids) for text in texts], pad_id=pad).to(model.device)
    spans_BK2 = torch.from_numpy(np.stack([text.spans for text in texts])).to(model.device)
    with _recorded(model.backbone) as states:
        model(batch)
    return [span_means(one, spans_BK2) for one in states]


@torch.inference_mode()
def layer_features(loaded: LoadedModel, texts: Sequence[ReadText], *, batch_size: int = 64) -> NDArray[np.float32]:
    """The features that probes read, [L + 1, N, K * D]."""
    loaded.model.eval()
    order = sorted(range(len(texts)), key=lambda place: len(texts[place].ids))
    parts = []
    for start in range(0, len(order), batch_size):
        some = [texts[place] for place in order[start : start + batch_size]]
        parts.append(torch.stack(layer_means(loaded.model, some, pad=loaded.vocabulary.pad)).cpu().numpy())
    features_LNF = np.concatenate(parts, axis=1)
    out = np.empty_like(features_LNF)
    out[:, order] = features_LNF
    return out


@contextmanager
def _recorded(backbone: Any) -> Iterator[list[torch.Tensor]]:
    """Filled while the stack runs: what every layer reads, and last what the stack gives, [B, S, D] each."""
    states: list[torch.Tensor] = []
    with ExitStack() as hooks:
        for layer in layers_of(backbone):
            hook = layer.register_forward_pre_hook(lambda _, inputs: states.append(inputs[0]))
            hooks.callback(hook.remove)
        last = stack_of(backbone).register_forward_hook(lambda _, __, out: states.append(out.last_hidden_state))
        hooks.callback(last.remove)
        yield states
