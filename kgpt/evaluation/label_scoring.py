"""How likely a model goes on with each of some labels, whatever its architecture.

An encoder-decoder writes the label where a sentinel stands at the text's end, a decoder goes on with it and ends there,
an encoder fills as many masks (the mean over its words, since one that has fewer would else be likelier). Shapes:
C labels, V vocabulary.
"""

from collections.abc import Sequence
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray

from kgpt.model import LoadedModel
from kgpt.sequences import NO_TARGET, collate
from kgpt.sequences import Sequence as TrainingSequence
from kgpt.sequences.causal_stream import causal_sequence
from kgpt.sequences.outputs import HeadOutput
from kgpt.sequences.sequence import plain_sequence
from kgpt.sequences.triple_stream import HIDDEN, asking


def score_labels(
    loaded: LoadedModel, text: str, labels: Sequence[str], *, max_tokens: int = 256
) -> NDArray[np.float64]:
    """Log-probability of each label after `text`, [C]; `max_tokens` is what the text may have."""
    if loaded.architecture == "encoder_decoder":
        return _written(loaded, f"{text} {HIDDEN}", labels, max_tokens)
    if loaded.architecture == "decoder":
        return _continued(loaded, text, labels)
    return _masked(loaded, f"{text} {loaded.vocabulary.tokenizer.mask_token}", labels, max_tokens)


def _written(loaded: LoadedModel, text: str, labels: Sequence[str], max_tokens: int) -> NDArray[np.float64]:
    """Log-probability of writing each label, [C]."""
    sequences = [asking(text, label, loaded.vocabulary, max_tokens=max_tokens) for label in labels]
    batch = collate(sequences, pad_id=loaded.vocabulary.pad).to(loaded.model.device)
    output = loaded.model(batch)["decoder"]
    assert batch.decoder_targets is not None
    chances = torch.log_softmax(output.logits.float(), dim=-1).gather(1, output.targets[:, None])[:, 0].cpu()
    owner = (batch.decoder_targets != NO_TARGET).nonzero()[:, 0].cpu()
    return cast(NDArray[np.float64], torch.zeros(len(labels)).index_add(0, owner, chances).double().numpy())


def _continued(loaded: LoadedModel, text: str, labels: Sequence[str]) -> NDArray[np.float64]:
    """Log-probability of going on with each label, [C]."""
    vocabulary, sequences = loaded.vocabulary, []
    given = len(vocabulary.encode(text))
    for label in labels:
        sequences.append(causal_sequence(vocabulary.encode(f"{text} {label}"), vocabulary, num_given=given))
    batch = collate(sequences, pad_id=vocabulary.pad).to(loaded.model.device)
    output = loaded.model(batch)["word"]
    assert isinstance(output, HeadOutput) and output.rows is not None
    chances = torch.log_softmax(output.logits.float(), dim=-1).gather(1, output.targets[:, None])[:, 0]
    summed = torch.zeros(len(labels)).index_add(0, output.rows.cpu(), chances.cpu())
    return cast(NDArray[np.float64], summed.double().numpy())


def _masked(loaded: LoadedModel, text: str, labels: Sequence[str], max_tokens: int) -> NDArray[np.float64]:
    """Mean log-probability of each label's words at as many masks, [C]."""
    words = [loaded.vocabulary.encode(label) for label in labels]
    lengths = sorted({len(one) for one in words})
    scores = np.full(len(labels), -np.inf)
    for length in lengths:
        chances = _mask_chances(loaded, text, length, max_tokens)
        for place, one in enumerate(words):
            if len(one) == length:
                scores[place] = float(chances[np.arange(length), one].mean())
    return scores


def _mask_chances(loaded: LoadedModel, text: str, num_masks: int, max_tokens: int) -> NDArray[np.float32]:
    """Log-probabilities at `num_masks` masks in the place of the one in `text`, [num_masks, V]."""
    vocabulary = loaded.vocabulary
    ids = vocabulary.encode_wrapped(text, max_tokens=max_tokens)
    place = int(np.flatnonzero(ids == vocabulary.mask)[0])
    widened = np.concatenate([ids[:place], np.full(num_masks, vocabulary.mask), ids[place + 1 :]])
    targets = np.full(len(widened), NO_TARGET, np.int64)
    targets[place : place + num_masks] = 0
    sequence: TrainingSequence = plain_sequence(widened, targets=targets)
    output = loaded.model(collate([sequence], pad_id=vocabulary.pad).to(loaded.model.device))["word"]
    return cast(NDArray[np.float32], torch.log_softmax(output.logits.float(), dim=-1).cpu().numpy())
