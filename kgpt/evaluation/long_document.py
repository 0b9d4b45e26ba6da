"""Whether a longer context helps: a decoder's loss on a document's later words with more and with less of it before.

Of each document that is long enough the last `num_asked` words of a window are predicted with contexts of several
lengths; a model that uses what stands far back has the lowest bits a byte with the longest.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from numpy.typing import NDArray

from kgpt.errors import CheckpointError
from kgpt.evaluation.exam import Exam
from kgpt.evaluation.task import Lengths, Measured, Need, readable_lengths, tasks
from kgpt.evaluation.whole_set import by_subset
from kgpt.model import LoadedModel
from kgpt.progress import track
from kgpt.records import Document, Outcome
from kgpt.sequences import NO_TARGET, collate
from kgpt.sequences.causal_stream import causal_sequence
from kgpt.sequences.outputs import HeadOutput

TASK = "long_documents"
_NUM_ASKED = 64


@torch.inference_mode()
def evaluate_long_documents(
    loaded: LoadedModel, documents: Iterable[Document], *, lengths: Sequence[int], num_asked: int = _NUM_ASKED
) -> list[Outcome]:
    """`bits_per_byte` of the same words after contexts of each of `lengths` words; shorter documents are left out.

    Raises:
        CheckpointError: the model is no decoder.
    """
    if loaded.architecture != "decoder":
        raise CheckpointError(f"long documents are read by a decoder; this checkpoint is an {loaded.architecture}")
    loaded.model.eval()
    outcomes, most = [], max(lengths)
    for document in track(list(documents), what="long documents"):
        words = loaded.vocabulary.encode(document.text)[: most + num_asked]
        if len(words) < most + num_asked:
            continue
        num_bytes = len(loaded.vocabulary.decode(words[-num_asked:]).encode("utf-8"))
        for length in lengths:
            bits = _bits(loaded, words[-(length + num_asked) :], num_asked)
            subset = (f"length_{length}",)
            outcomes.append(Outcome(TASK, document.id, "bits_per_byte", bits / max(num_bytes, 1), subset, ""))
    return outcomes


def _bits(loaded: LoadedModel, words: NDArray[np.int64], num_asked: int) -> float:
    """Bits of the last words after those before."""
    sequence = causal_sequence(words, loaded.vocabulary, num_given=len(words) - num_asked, is_whole=False)
    assert int((sequence.targets != NO_TARGET).sum()) == num_asked
    output = loaded.model(collate([sequence], pad_id=loaded.vocabulary.pad).to(loaded.model.device))["word"]
    assert isinstance(output, HeadOutput)
    chances = torch.log_softmax(output.logits.float(), dim=-1).gather(1, output.targets[:, None])
    return float(-chances.sum()) / math.log(2)


@tasks.register("long_documents")
@dataclass(frozen=True, kw_only=True, slots=True)
class LongDocuments:
    """A document's last words after more of it and after less.

    Args:
        lengths: of the contexts, in words of the vocabulary.
    """

    lengths: Lengths = (128, 256, 512)

    needs: ClassVar[tuple[Need, ...]] = ("documents",)
    after_fine_tuning: ClassVar[bool] = False

    def refuses(self, loaded: LoadedModel) -> str:
        """Only decoders read so."""
        return "" if loaded.architecture == "decoder" else "needs a decoder"

    def measure(self, loaded: LoadedModel, exam: Exam) -> Measured:
        """`bits_per_byte`, the mean over documents, of every length."""
        lengths = readable_lengths(loaded, self.lengths, beside=_NUM_ASKED + 2, task=TASK)
        if not lengths:
            return []
        return by_subset(evaluate_long_documents(loaded, exam.documents, lengths=lengths), {"bits_per_byte"})
