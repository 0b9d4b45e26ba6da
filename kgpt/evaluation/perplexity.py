"""Bits a byte of texts, slice by slice: how well a model foretells them, whatever its words are.

What a figure means goes by the architecture; compare like with like:

- a decoder: the words' log-probabilities each after those before it;
- an encoder: masked pseudo-log-likelihood (Salazar et al., 2020): every word masked alone, all others seen, which is no
  probability of the text and far lower than a decoder's figure; of long texts every n-th word;
- an encoder-decoder: each stretch of half a window after the half before it, written in the place of a sentinel at its
  end, as span corruption has it; so the first half of a short text is not scored.

Long texts are read in windows, in which a decoder sees at least half a window before each word but the first ones.
Bits are divided by the UTF-8 bytes of the words that were scored, the blanks before each among them. Words that the
vocabulary does not know count neither in bits nor in bytes: they would be foretold all too easily. Shapes: N words.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Annotated, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import Field

from kgpt.evaluation.exam import Exam
from kgpt.evaluation.task import Count, Measured, Need, TakesAny, tasks
from kgpt.evaluation.whole_set import by_subset
from kgpt.model import LoadedModel
from kgpt.model.stack import num_positions
from kgpt.progress import track
from kgpt.records import AlignedPassage, Document, Outcome
from kgpt.sequences import NO_TARGET, Vocabulary, collate
from kgpt.sequences import Sequence as TrainingSequence
from kgpt.sequences.causal_stream import causal_sequence
from kgpt.sequences.outputs import HeadOutput
from kgpt.sequences.sequence import plain_sequence

TASK = "perplexity"
SLICE = "slice:"
_NOT_SCORED = -1


@dataclass(frozen=True, eq=False, slots=True)
class Asked:
    """A row for the model and which word of the document each of its targets is, `_NOT_SCORED` for none, [N]."""

    sequence: TrainingSequence
    places: NDArray[np.int64]


@torch.inference_mode()
def evaluate_perplexity(
    loaded: LoadedModel,
    documents: Iterable[Document | AlignedPassage],
    *,
    window_tokens: int = 256,
    max_masked: int = 32,
    batch_size: int = 16,
) -> list[Outcome]:
    """`bits_per_byte` of every document, in the subset `slice:SOURCE` of its metadata's source.

    Texts with nothing to score (an encoder-decoder needs two words) have no outcome.

    Args:
        loaded: the model.
        documents: or passages.
        window_tokens: words read at once, not more than the model's positions allow.
        max_masked: words of a document that an encoder is asked for, evenly spaced.
        batch_size: rows at once.
    """
    loaded.model.eval()
    outcomes = []
    for document in track(documents, what="perplexity"):
        words, offsets = loaded.vocabulary.encode_with_offsets(document.text)
        rows = asked_rows(loaded, words, window_tokens=window_tokens, max_masked=max_masked)
        bits_N = _bits(loaded, rows, len(words), batch_size)
        is_scored = ~np.isnan(bits_N) & (words != _unknown(loaded.vocabulary))
        num_bytes = int(_byte_counts(document.text, offsets)[is_scored].sum())
        if num_bytes:
            subsets = (f"{SLICE}{document.metadata.source}",) if document.metadata.source else ()
            value = float(bits_N[is_scored].sum()) / num_bytes
            outcomes.append(Outcome(TASK, document.id, "bits_per_byte", value, subsets))
    return outcomes


def asked_rows(
    loaded: LoadedModel, words: NDArray[np.int64], *, window_tokens: int, max_masked: int
) -> Iterator[Asked]:
    """The rows that ask for the words of a text, each word in one row at most."""
    vocabulary = loaded.vocabulary
    if loaded.architecture == "decoder":
        return _read_on(words, vocabulary, window_tokens)
    if loaded.architecture == "encoder_decoder":
        return _written_on(words, vocabulary, window_tokens)
    return _masked_alone(words, vocabulary, window_tokens, max_masked)


def _read_on(words: NDArray[np.int64], vocabulary: Vocabulary, window: int) -> Iterator[Asked]:
    """Windows that overlap by half; only words that no window before asked for are asked."""
    most = window - 1  # the word that opens a text
    step = max(1, most // 2)
    done = 0
    while done < len(words):
        stop = min(len(words), most if not done else done + step)
        start = max(0, stop - most)
        part = causal_sequence(words[start:stop], vocabulary, num_given=done - start, is_whole=False)
        num_asked = int((part.targets != NO_TARGET).sum())  # no opening word, no question for the first
        yield Asked(part, np.arange(stop - num_asked, stop))
        done = stop


def _written_on(words: NDArray[np.int64], vocabulary: Vocabulary, window: int) -> Iterator[Asked]:
    """Each half window after the one before."""
    half = max(1, min(window // 2 - 2, (len(words) + 1) // 2))  # two for the sentinel and the closing word
    for start in range(half, len(words), half):
        source = vocabulary.wrap(np.append(words[start - half : start], vocabulary.sentinel(0)))
        target = np.insert(words[start : start + half], 0, vocabulary.sentinel(0))
        places = np.insert(np.arange(start, start + len(target) - 1), 0, _NOT_SCORED)
        yield Asked(plain_sequence(source, decoder_targets=target), places)


def _masked_alone(words: NDArray[np.int64], vocabulary: Vocabulary, window: int, max_masked: int) -> Iterator[Asked]:
    """A row for every word that is asked, the word masked in the middle of its window."""
    most = window - len(vocabulary.prefix) - len(vocabulary.suffix)
    num_asked = min(len(words), max_masked)
    for place in np.unique(np.linspace(0, len(words) - 1, num_asked).round().astype(np.int64)).tolist():
        start = min(max(0, place - most // 2), max(0, len(words) - most))
        seen = words[start : start + most].copy()
        seen[place - start] = vocabulary.mask
        ids = vocabulary.wrap(seen)
        targets = np.full(len(ids), NO_TARGET, np.int64)
        targets[len(vocabulary.prefix) + place - start] = words[place]
        yield Asked(plain_sequence(ids, targets=targets), np.array([place]))


def _bits(loaded: LoadedModel, rows: Iterator[Asked], num_words: int, batch_size: int) -> NDArray[np.float64]:
    """Bits of every word, nan where it was not asked for, [N]."""
    bits_N = np.full(num_words, np.nan)
    while some := list(islice(rows, batch_size)):
        places = np.concatenate([one.places for one in some])
        chances = _chances(loaded, [one.sequence for one in some])
        is_scored = places != _NOT_SCORED
        bits_N[places[is_scored]] = -chances[is_scored] / math.log(2)
    return bits_N


def _chances(loaded: LoadedModel, sequences: Sequence[TrainingSequence]) -> NDArray[np.float64]:
    """Log-probabilities of all targets in order."""
    batch = collate(sequences, pad_id=loaded.vocabulary.pad).to(loaded.model.device)
    if not bool((batch.targets != NO_TARGET).any()) and batch.decoder_targets is None:
        return np.zeros(0)
    output = loaded.model(batch)["decoder" if batch.decoder_targets is not None else "word"]
    assert isinstance(output, HeadOutput)
    chances = torch.log_softmax(output.logits.float(), dim=-1).gather(1, output.targets[:, None])[:, 0]
    return np.asarray(chances.double().cpu().numpy(), np.float64)


def _byte_counts(text: str, offsets: NDArray[np.int64]) -> NDArray[np.int64]:
    """UTF-8 bytes from the end of the word before to the end of each word, [N]."""
    widths = [1 if one < "\x80" else len(one.encode("utf-8", "surrogatepass")) for one in text]
    before = np.concatenate([[0], np.cumsum(widths)]).astype(np.int64)
    ends = np.maximum.accumulate(offsets[:, 1]) if len(offsets) else np.zeros(0, np.int64)
    return np.diff(before[ends], prepend=0)


def _unknown(vocabulary: Vocabulary) -> int:
    """The id of the word for what is unknown; -1 where there is none."""
    found = vocabulary.tokenizer.unk_token_id
    return -1 if found is None or found in (vocabulary.end, vocabulary.tokenizer.bos_token_id) else int(found)


@tasks.register("perplexity")
@dataclass(frozen=True, kw_only=True, slots=True)
class Perplexity(TakesAny):
    """Bits a byte of the exam's documents, each architecture by its own convention.

    Args:
        window_tokens: words read at once; fewer where the model has fewer positions.
        max_masked: words of a document that an encoder is asked for.
    """

    window_tokens: Annotated[int, Field(ge=16)] = 256
    max_masked: Count = 32

    needs: ClassVar[tuple[Need, ...]] = ("documents",)
    after_fine_tuning: ClassVar[bool] = False

    def measure(self, loaded: LoadedModel, exam: Exam) -> Measured:
        """`bits_per_byte`, the mean over documents, of all and of every slice."""
        window = min(self.window_tokens, num_positions(loaded.model.config) or self.window_tokens)
        found = evaluate_perplexity(loaded, exam.documents, window_tokens=window, max_masked=self.max_masked)
        return by_subset(found, {"bits_per_byte"})
