"""How likely each of some labels is at a place of a text, whatever the model's architecture.

The place is marked `[Y]`, or is the text's end. An encoder-decoder writes the label where a sentinel stands; an encoder
fills as many masks (the mean over its words, since one that has fewer would else be likelier); a decoder, which reads
forward, goes on from what stands before with the label and all that follows it, and ends there: where the label leads,
that is the whole sentence. Shapes: C labels, V vocabulary.
"""

from collections.abc import Sequence
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray

from kgpt.model import LoadedModel
from kgpt.sequences import NO_TARGET, Vocabulary, collate
from kgpt.sequences import Sequence as TrainingSequence
from kgpt.sequences.causal_stream import causal_sequence
from kgpt.sequences.outputs import HeadOutput
from kgpt.sequences.sequence import plain_sequence
from kgpt.sequences.triple_stream import HIDDEN, asking

PLACE = "[Y]"
"""Where in a text the label goes; without it the end."""
_CHUNK = 128


@torch.inference_mode()
def score_labels(
    loaded: LoadedModel, text: str, labels: Sequence[str], *, max_tokens: int = 256
) -> NDArray[np.float64]:
    """Log-probability of each label at the place of `text`, [C].

    Args:
        loaded: the model.
        text: with one `[Y]`, or the words before the label.
        labels: what may stand there.
        max_tokens: what an encoder or encoder-decoder reads of the text, the words around the place.
    """
    before, found, after = text.partition(PLACE)
    before = before if found else f"{text} "
    score = {"encoder_decoder": _written, "decoder": _continued, "encoder": _masked}[loaded.architecture]
    some = (labels[start : start + _CHUNK] for start in range(0, len(labels), _CHUNK))
    return np.concatenate([np.zeros(0), *(score(loaded, (before, after), part, max_tokens) for part in some)])


def _written(loaded: LoadedModel, text: tuple[str, str], labels: Sequence[str], max_tokens: int) -> NDArray[np.float64]:
    """Log-probability of writing each label, [C]."""
    vocabulary = loaded.vocabulary
    source = _read(vocabulary, HIDDEN.join(text), vocabulary.sentinel(0), max_tokens)
    targets = [asking("", label, vocabulary, max_tokens=max_tokens).decoder_targets for label in labels]
    sequences = [plain_sequence(source, decoder_targets=target) for target in targets]
    batch = collate(sequences, pad_id=vocabulary.pad).to(loaded.model.device)
    output = loaded.model(batch)["decoder"]
    assert isinstance(output, HeadOutput)
    return _summed(output, len(labels))


def _continued(
    loaded: LoadedModel, text: tuple[str, str], labels: Sequence[str], max_tokens: int
) -> NDArray[np.float64]:
    """Log-probability of going on with each label and what follows it, [C]; the text is read whole."""
    del max_tokens
    vocabulary, sequences = loaded.vocabulary, []
    before, after = text
    given = vocabulary.encode(before.rstrip()) if before.strip() else np.zeros(0, np.int64)
    for label in labels:
        words = vocabulary.encode(f"{before}{label}{after}")
        sequences.append(causal_sequence(words, vocabulary, num_given=_num_shared(given, words)))
    batch = collate(sequences, pad_id=vocabulary.pad).to(loaded.model.device)
    output = loaded.model(batch)["word"]
    assert isinstance(output, HeadOutput)
    return _summed(output, len(labels))


def _masked(loaded: LoadedModel, text: tuple[str, str], labels: Sequence[str], max_tokens: int) -> NDArray[np.float64]:
    """Mean log-probability of each label's words at as many masks, [C]."""
    vocabulary = loaded.vocabulary
    blank = " " if text[0].endswith(" ") else ""  # some tokenizers spell a word otherwise after a blank
    words = [vocabulary.encode(f"{blank}{label}") for label in labels]
    ids = _read(vocabulary, str(vocabulary.tokenizer.mask_token).join(text), vocabulary.mask, max_tokens)
    lengths = sorted({len(one) for one in words})
    sequences = [_with_masks(ids, vocabulary.mask, length) for length in lengths]
    output = loaded.model(collate(sequences, pad_id=vocabulary.pad).to(loaded.model.device))["word"]
    chances_NV = torch.log_softmax(output.logits.float(), dim=-1).cpu().numpy()
    first = dict(zip(lengths, np.cumsum([0, *lengths]).tolist(), strict=False))
    return np.array([chances_NV[first[len(one)] + np.arange(len(one)), one].mean() for one in words], np.float64)


def _with_masks(ids: NDArray[np.int64], mask: int, num_masks: int) -> TrainingSequence:
    """A text with `num_masks` asked masks in the place of its one."""
    place = int(np.flatnonzero(ids == mask)[0])
    widened = np.concatenate([ids[:place], np.full(num_masks, mask), ids[place + 1 :]])
    targets = np.full(len(widened), NO_TARGET, np.int64)
    targets[place : place + num_masks] = 0
    return plain_sequence(widened, targets=targets)


def _read(vocabulary: Vocabulary, text: str, mark: int, max_tokens: int) -> NDArray[np.int64]:
    """The word ids of a text between the special words; of a long one those around the first `mark`."""
    words = vocabulary.encode(text)
    most = max_tokens - len(vocabulary.prefix) - len(vocabulary.suffix)
    place = int(np.flatnonzero(words == mark)[0])
    start = min(max(0, place - most // 2), max(0, len(words) - most))
    return vocabulary.wrap(words[start : start + most])


def _summed(output: HeadOutput, num_labels: int) -> NDArray[np.float64]:
    """The targets' log-probabilities summed row by row, [C]."""
    assert output.rows is not None
    chances = torch.log_softmax(output.logits.float(), dim=-1).gather(1, output.targets[:, None])[:, 0]
    summed = torch.zeros(num_labels).index_add(0, output.rows.cpu(), chances.cpu())
    return cast(NDArray[np.float64], summed.double().numpy())


def _num_shared(one: NDArray[np.int64], other: NDArray[np.int64]) -> int:
    """How many words two texts begin with alike."""
    shortest = min(len(one), len(other))
    differs = np.flatnonzero(one[:shortest] != other[:shortest])
    return int(differs[0]) if len(differs) else shortest
