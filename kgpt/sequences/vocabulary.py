"""Words to ids: a tokenizer trained on the run's own texts, or one that came with a checkpoint.

Enters: texts, or a folder with a Hugging Face tokenizer. Leaves: `Vocabulary`. The sentinels `<extra_id_0>` ... (T5,
Raffel et al., 2020), `<mask>` and the marks of entities are part of every vocabulary, so that one serves all.
"""

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kgpt.errors import CheckpointError, ConfigError

NUM_SENTINELS = 32
SENTINEL = "<extra_id_{}>"
_SENTINELS = [SENTINEL.format(number) for number in range(NUM_SENTINELS)]
ENTITY_MARKS = ("<entity>", "</entity>")
HEAD_MARKS = ("<head>", "</head>")
TAIL_MARKS = ("<tail>", "</tail>")
GRAPH_WORDS = (*ENTITY_MARKS, *HEAD_MARKS, *TAIL_MARKS)
"""Special words that mark an entity, or the two ends of a triple, in a text."""

_SPECIAL = ["<pad>", "</s>", "<unk>", "<s>", "<mask>"]

_ALWAYS = "0123456789.,:;!?'\"()[]-/|\n"
"""Known even where the texts have none: prompts, structures and numbers are written with them."""


class Vocabulary:
    """A Hugging Face tokenizer with the few things that sequences need of it.

    Args:
        tokenizer: a fast Hugging Face tokenizer; missing sentinels, mask and padding are added to it.
    """

    def __init__(self, tokenizer: Any) -> None:
        self.tokenizer = tokenizer
        _add_missing(tokenizer)
        wrapped = tokenizer("")["input_ids"]
        self.prefix = np.array(wrapped[:-1], np.int64)
        self.suffix = np.array(wrapped[-1:], np.int64)
        self.pad = int(tokenizer.pad_token_id)
        self.mask = int(tokenizer.mask_token_id)
        self.end = int(tokenizer.eos_token_id if tokenizer.eos_token_id is not None else tokenizer.sep_token_id)
        self.special = frozenset(int(one) for one in tokenizer.all_special_ids)
        self._sentinels = [int(one) for one in tokenizer.convert_tokens_to_ids(_SENTINELS)]
        self._encode = lru_cache(maxsize=2**17)(self._encode_now)

    @property
    def size(self) -> int:
        """Number of word ids."""
        return len(self.tokenizer)

    def sentinel(self, number: int) -> int:
        """The id of `<extra_id_NUMBER>`."""
        return self._sentinels[number]

    def encode(self, text: str) -> NDArray[np.int64]:
        """The word ids of `text`, without the special ones at the ends."""
        return self._encode(text)

    def encode_wrapped(self, text: str, *, max_tokens: int) -> NDArray[np.int64]:
        """The word ids of `text` with the special ones at the ends, at most `max_tokens` in all."""
        return self.wrap(self.encode(text)[: max_tokens - len(self.prefix) - len(self.suffix)])

    def encode_with_offsets(self, text: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Word ids [N] and the `[start, end)` code points of each, [N, 2]."""
        encoded = self.tokenizer(text, add_special_tokens=False, return_offsets_mapping=True, truncation=False)
        offsets = np.array(encoded["offset_mapping"], np.int64).reshape(-1, 2)
        return np.array(encoded["input_ids"], np.int64), offsets

    def wrap(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """`ids` with the special words that open and close a text."""
        return np.concatenate([self.prefix, ids, self.suffix])

    def decode(self, ids: Iterable[int]) -> str:
        """The text of word ids, special words left out."""
        kept = [int(one) for one in ids if int(one) >= 0]
        return str(self.tokenizer.decode(kept, skip_special_tokens=True)).strip()

    def words(self, ids: Iterable[int]) -> list[str]:
        """What to show for each id."""
        return [str(one).replace("▁", "") or "▁" for one in self.tokenizer.convert_ids_to_tokens(list(map(int, ids)))]

    def save(self, folder: Path) -> None:
        """Write the tokenizer where `AutoTokenizer.from_pretrained` finds it."""
        self.tokenizer.save_pretrained(str(folder))

    def _encode_now(self, text: str) -> NDArray[np.int64]:
        ids = np.array(self.tokenizer(text, add_special_tokens=False)["input_ids"], np.int64)
        ids.setflags(write=False)  # the array is shared by all who ask for the same text
        return ids


def train_vocabulary(texts: Iterable[str], *, size: int, starts_text: bool) -> Vocabulary:
    """A byte-pair vocabulary of `size` words (Sennrich et al., 2016), blanks kept as `▁`.

    Args:
        texts: what to learn from.
        size: number of ids, the special ones included.
        starts_text: whether a text begins with `<s>` (encoders) or only ends with `</s>` (encoder-decoders).

    Raises:
        ConfigError: `size` leaves no room beside the special words.
    """
    from tokenizers import (
        AddedToken,
        Tokenizer,
        decoders,
        models,
        normalizers,
        pre_tokenizers,
        processors,
        trainers,
    )
    from transformers import PreTrainedTokenizerFast

    special = [*_SPECIAL, *map(SENTINEL.format, range(NUM_SENTINELS)), *GRAPH_WORDS]
    if size < 2 * len(special):
        raise ConfigError(f"vocabulary.size: {size} is too small; at least {2 * len(special)}")
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Metaspace(prepend_scheme="first"), pre_tokenizers.Punctuation()]
    )
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="first")
    eats_blank = special[_SPECIAL.index("<mask>") :]  # else `, <mask>` has a lone blank where `, Germany` has none
    marks = [AddedToken(one, lstrip=one in eats_blank, special=True) for one in special]
    trainer = trainers.BpeTrainer(
        vocab_size=size, special_tokens=marks, initial_alphabet=list(_ALWAYS), show_progress=False
    )
    tokenizer.train_from_iterator(texts, trainer)
    pattern = "<s> $A </s>" if starts_text else "$A </s>"
    ends = [(one, tokenizer.token_to_id(one)) for one in ("<s>", "</s>")]
    tokenizer.post_processor = processors.TemplateProcessing(single=pattern, special_tokens=ends)
    wrapped = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="<pad>",
        eos_token="</s>",
        unk_token="<unk>",
        mask_token="<mask>",
        bos_token="<s>" if starts_text else None,
        extra_special_tokens=special[len(_SPECIAL) :],
        clean_up_tokenization_spaces=False,
    )
    return Vocabulary(wrapped)


def load_vocabulary(folder: Path | str) -> Vocabulary:
    """The vocabulary of a checkpoint: a local folder or a name on the Hugging Face Hub.

    Raises:
        CheckpointError: no tokenizer is to be had there.
    """
    from transformers import AutoTokenizer

    try:
        return Vocabulary(AutoTokenizer.from_pretrained(str(folder), trust_remote_code=False))
    except (OSError, ValueError) as error:
        raise CheckpointError(f"{folder}: no tokenizer there ({str(error).splitlines()[0]}); check the path") from error


def _add_missing(tokenizer: Any) -> None:
    if tokenizer.mask_token is None:
        tokenizer.add_special_tokens({"mask_token": "<mask>"})
    if tokenizer.pad_token is None:
        tokenizer.add_special_tokens({"pad_token": "<pad>"})
    known = tokenizer.get_vocab()
    missing = [one for one in (*_SENTINELS, *GRAPH_WORDS) if one not in known]
    if missing:
        tokenizer.add_tokens(missing, special_tokens=True)
