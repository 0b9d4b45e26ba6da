"""Texts as vectors: hashed words reduced by a singular value decomposition, or a local checkpoint's encoder.

The door of this room to transformers, which only the encoder loads. Shapes: D texts, H dimensions, N different words of
all texts together.
"""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from kgpt.errors import DataError
from kgpt.io import Stamp, file_stamp

Vectors = NDArray[np.float32]
_BATCH_TEXTS = 16
_MAX_TOKENS = 512
_POOLER = "pooler."
"""Weights behind the last hidden states, which a checkpoint need not have."""


class Encoder(Protocol):
    """Gives a vector for each text."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """The vectors of `texts`, [D, H]."""


class CheckpointEncoder:
    """The mean of the last hidden states of a Hugging Face checkpoint's encoder, over at most 512 tokens a text.

    Args:
        path: folder of the checkpoint; nothing is fetched, none of its code is run, and no pickle is opened.

    Raises:
        DataError: no checkpoint there, or one that cannot be opened, lacks weights or cannot pad.
    """

    def __init__(self, path: Path) -> None:
        if not (path / "config.json").is_file():
            raise DataError(f"{path}: no checkpoint (no config.json); give the folder of a Hugging Face model")
        self._tokenizer, model, missing = _opened(path)
        if missing:
            raise DataError(f"{path}: lacks {len(missing)} of the weights, {missing[0]} first; is it whole?")
        if self._tokenizer.pad_token is None:
            self._tokenizer.pad_token = self._tokenizer.eos_token
        if self._tokenizer.pad_token is None:
            raise DataError(f"{path}: its tokenizer has neither padding nor end, so texts cannot stand side by side")
        self._max_tokens = min(_MAX_TOKENS, self._tokenizer.model_max_length, _num_positions(model))
        self._model = model.get_encoder() if model.config.is_encoder_decoder else model

    def encode(self, texts: Sequence[str]) -> Vectors:
        """The vectors of `texts`, [D, H]."""
        batches = [texts[first : first + _BATCH_TEXTS] for first in range(0, len(texts), _BATCH_TEXTS)]
        found = [self._batch(list(batch)) for batch in batches]
        return np.concatenate([*found, np.zeros((0, self._model.config.hidden_size), np.float32)])

    def _batch(self, texts: list[str]) -> Vectors:
        import torch

        told = self._tokenizer(
            texts,
            padding=True,
            padding_side="right",  # positions are counted from the left
            truncation=True,
            max_length=self._max_tokens,
            return_tensors="pt",
            return_token_type_ids=False,
        )
        with torch.inference_mode():
            states = self._model(**told).last_hidden_state
        kept = told["attention_mask"].unsqueeze(-1)
        mean = (states * kept).sum(dim=1) / kept.sum(dim=1).clamp(min=1)
        vectors: Vectors = mean.float().numpy()
        return vectors


def _opened(path: Path) -> tuple[Any, Any, list[str]]:
    """The tokenizer and the model of a checkpoint, and the weights that the model makes up."""
    import torch
    from transformers import AutoModel, AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(path, local_files_only=True, trust_remote_code=False)
        model, told = AutoModel.from_pretrained(
            path,
            local_files_only=True,
            trust_remote_code=False,
            use_safetensors=True,
            dtype=torch.float32,
            output_loading_info=True,
        )
    except Exception as error:  # transformers raises OSError, ValueError, KeyError and safetensors' own here
        reason = str(error).strip().partition("\n")[0] or type(error).__name__
        raise DataError(f"{path}: cannot be opened, as safetensors and without code of its own: {reason}") from error
    return tokenizer, model.eval(), sorted(one for one in told["missing_keys"] if _POOLER not in one)


def _num_positions(model: Any) -> int:
    """The longest text that the model has positions for; those of RoBERTa begin behind the padding's."""
    told: int | None = getattr(model.config, "max_position_embeddings", None)
    tables: list[int] = [
        one.num_embeddings - (one.padding_idx + 1 if one.padding_idx is not None else 0)
        for name, one in model.named_modules()
        if name.endswith("position_embeddings")
    ]
    return min([told or _MAX_TOKENS, *tables])


def worker_encoder(path: Path) -> Encoder:
    """The encoder of a checkpoint, loaded once in a process for as long as its files are the same."""
    return _encoder(path, tuple(map(file_stamp, sorted(path.glob("*")))))


@lru_cache(maxsize=1)
def _encoder(path: Path, _stamps: tuple[Stamp, ...]) -> Encoder:
    return CheckpointEncoder(path)


def reduced(
    buckets: NDArray[np.int64], values: Vectors, lengths: NDArray[np.int64], *, num_dimensions: int, seed: int
) -> Vectors:
    """The vectors of texts by their words: TF-IDF, then truncated SVD (latent semantic analysis), [D, H].

    Args:
        buckets: of each different word of each text, [N].
        values: how much each counts, [N].
        lengths: different words of each text, [D].
        num_dimensions: H; fewer where there are fewer texts or words.
        seed: of the decomposition.
    """
    from scipy.sparse import csr_matrix
    from sklearn.decomposition import TruncatedSVD

    used, columns, documents = np.unique(buckets, return_inverse=True, return_counts=True)
    weights = values * np.log((1 + len(lengths)) / (1 + documents[columns]) + 1).astype(np.float32)
    ends = np.concatenate([[0], np.cumsum(lengths)])
    rows = csr_matrix((weights.astype(np.float32), columns, ends), shape=(len(lengths), len(used)))
    if num_dimensions >= min(rows.shape):
        return np.asarray(rows.toarray(), np.float32)
    return np.asarray(TruncatedSVD(num_dimensions, random_state=seed).fit_transform(rows), np.float32)


def normalized(vectors: NDArray[Any]) -> Vectors:
    """`vectors` of length 1; those of length 0 stay."""
    told = vectors.astype(np.float32)
    return np.asarray(told / np.maximum(np.linalg.norm(told, axis=1, keepdims=True), 1e-12), np.float32)
