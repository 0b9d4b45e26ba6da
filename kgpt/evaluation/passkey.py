"""Passkey retrieval: a number said once in a long text, asked for at its end (Mohtashami and Jaggi, 2023).

The text is filler; the number stands at a depth of it. The right number is ranked among nine others, so that a model
of any architecture takes the same test and chance is one in ten.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch

from kgpt.evaluation.exam import Exam
from kgpt.evaluation.label_scoring import score_labels
from kgpt.evaluation.ranking import rank
from kgpt.evaluation.task import Lengths, Measured, Need, TakesAny, readable_lengths, tasks
from kgpt.model import LoadedModel
from kgpt.progress import track
from kgpt.randomness import generator
from kgpt.records import Outcome

TASK = "passkey"
DEPTHS = (0.1, 0.5, 0.9)
NUM_CHOICES = 10
_BESIDE = 32
"""Words at most that are read beside the text: a key, the marks around it."""
_FILLER = "The grass is green. The sky is blue. The sun is yellow. Here we go. There and back again."
_SAID, _ASKED = "The pass key is {}. Remember it.", "What is the pass key? The pass key is"


@torch.inference_mode()
def evaluate_passkey(
    loaded: LoadedModel, *, lengths: Sequence[int], depths: Sequence[float] = DEPTHS, num_keys: int = 20, seed: int = 0
) -> list[Outcome]:
    """Whether the right number is the likeliest, by length in words of the vocabulary and by depth: `p_at_1`."""
    loaded.model.eval()
    asked = [(length, depth, number) for length in lengths for depth in depths for number in range(num_keys)]
    outcomes = []
    for length, depth, number in track(asked, what="passkey", total=len(asked)):
        keys = _keys(generator(seed, length, depth, number))
        text = passkey_text(loaded, keys[0], length=length, depth=depth)
        scores = score_labels(loaded, text, keys, max_tokens=2 * length + 64)
        right, said = float(rank(scores, truth=0) <= 1), keys[int(np.argmax(scores))]
        subsets = (f"length_{length}", f"depth_{depth:g}")
        outcomes.append(Outcome(TASK, f"{length}-{depth:g}-{number}", "p_at_1", right, subsets, said))
    return outcomes


def passkey_text(loaded: LoadedModel, key: str, *, length: int, depth: float) -> str:
    """Filler with the key at `depth`, as many sentences as fit into `length` words, and the question."""
    sentences = [f"{one}." for one in _FILLER.removesuffix(".").split(". ")]
    said, asked = _SAID.format(key), _ASKED
    fixed = sum(len(loaded.vocabulary.encode(one)) for one in (said, asked))
    sizes = [len(loaded.vocabulary.encode(one)) for one in sentences]
    filler, room = list[str](), length - fixed
    while room >= sizes[len(filler) % len(sentences)]:
        room -= sizes[len(filler) % len(sentences)]
        filler.append(sentences[len(filler) % len(sentences)])
    filler.insert(round(depth * len(filler)), said)
    return " ".join([*filler, asked])


def _keys(rng: np.random.Generator) -> list[str]:
    """Numbers of four digits, the right one first."""
    return [str(one) for one in rng.choice(np.arange(1000, 10_000), NUM_CHOICES, replace=False)]


@tasks.register("passkey")
@dataclass(frozen=True, kw_only=True, slots=True)
class Passkey(TakesAny):
    """A number said once in a long text.

    Args:
        lengths: of the texts, in words of the vocabulary.
    """

    lengths: Lengths = (128, 256, 512)

    needs: ClassVar[tuple[Need, ...]] = ()
    after_fine_tuning: ClassVar[bool] = False

    def measure(self, loaded: LoadedModel, exam: Exam) -> Measured:
        """`p_at_1`."""
        del exam
        return evaluate_passkey(loaded, lengths=readable_lengths(loaded, self.lengths, beside=_BESIDE, task=TASK))
