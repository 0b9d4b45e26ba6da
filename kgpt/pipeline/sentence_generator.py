"""A fine-tuned encoder-decoder turns serialised subgraphs into sentences (KELM, Agarwal et al., 2021, section 3.4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kgpt.errors import CheckpointError
from kgpt.randomness import stable_hash
from kgpt.verbalization.pieces import Mention, Piece, Span, joined

if TYPE_CHECKING:
    from kgpt.model import LoadedModel


@dataclass(frozen=True, kw_only=True)
class SentenceGenerator:
    """Samples one sentence for each subgraph.

    Args:
        loaded: the model, trained by the recipe `kelm_generator` or alike.
        top_k: words that are drawn among.
        temperature: below 1 sharpens the draw.
        seed: of the draws.
        max_new_words: of a sentence.
    """

    loaded: LoadedModel
    top_k: int = 5
    temperature: float = 0.5
    seed: int = 0
    max_new_words: int = 256

    def __post_init__(self) -> None:
        """Check the model.

        Raises:
            CheckpointError: it is no encoder-decoder.
        """
        if self.loaded.architecture != "encoder_decoder":
            raise CheckpointError(
                f"a sentence generator is an encoder-decoder; this one is an {self.loaded.architecture}"
            )

    def write(self, subgraphs: Sequence[Sequence[Piece]]) -> list[str]:
        """A sentence for each; the same seed and subgraphs give the same."""
        import torch  # writing by rule and by patterns does without

        backbone, vocabulary = self.loaded.model.backbone.eval(), self.loaded.vocabulary
        texts = [joined(pieces) for pieces in subgraphs]
        inputs = vocabulary.tokenizer(texts, return_tensors="pt", padding=True, truncation=True, max_length=512)
        device = self.loaded.model.device
        with torch.inference_mode(), torch.random.fork_rng():
            torch.manual_seed(stable_hash(self.seed, *texts) % 2**63)
            rows = backbone.generate(
                input_ids=inputs["input_ids"].to(device),
                attention_mask=inputs["attention_mask"].to(device),
                do_sample=True,
                top_k=self.top_k,
                temperature=self.temperature,
                max_new_tokens=self.max_new_words,
            )
        return [vocabulary.decode(row) for row in rows.tolist()]


def found_mentions(text: str, mentions: Sequence[Mention]) -> tuple[list[Span], float]:
    """Where a text names the entities of its subgraph, and the share of them it names.

    Longer names are looked for first and no two spans overlap; case does not count.

    >>> found_mentions("Ada was born in London.", [Mention(0, "Ada"), Mention(1, "london"), Mention(2, "Rome")])
    ([(0, 3, 0), (16, 22, 1)], 0.6666666666666666)
    """
    folds = len(text.lower()) == len(text)  # lower case may be longer; then places would shift
    searched = text.lower() if folds else text
    wanted = {mention.entity: mention.name for mention in mentions}
    spans: list[Span] = []
    for entity, name in sorted(wanted.items(), key=lambda one: (-len(one[1]), one[0])):
        if (span := _first_free(searched, name.lower() if folds else name, spans)) is not None:
            spans.append((*span, entity))
    return sorted(spans), len(spans) / max(len(wanted), 1)


def _first_free(text: str, name: str, taken: Sequence[Span]) -> tuple[int, int] | None:
    """The first place of a name as whole words that no other span overlaps."""
    place = text.find(name) if name else -1
    while place >= 0:
        end = place + len(name)
        is_whole = not (text[place - 1 : place].isalnum() or text[end : end + 1].isalnum())
        if is_whole and all(end <= start or stop <= place for start, stop, _ in taken):
            return place, end
        place = text.find(name, place + 1)
    return None
