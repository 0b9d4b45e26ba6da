"""Where entity vectors come from: a table, the entity's text, or a relational encoder over its neighbourhood.

Every source gives vectors for numbers in `[0, E]`; number E is the mask. Shapes: E entities, D width of a vector,
L word ids of a name, N numbers asked for.
"""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn.functional import normalize

from kgpt.errors import ConfigError
from kgpt.kg.graph import KnowledgeGraph, Names
from kgpt.sequences.vocabulary import Vocabulary

_MAX_PIECES = 24
_CHUNK = 65_536


class EntityTable(nn.Module):
    """A row an entity, begun as the mean word embedding of its label (CoLAKE, Sun et al., 2020).

    Args:
        num_entities: rows; one more is the mask.
        size: width of a row.
        sparse: gradients and updates touch the rows of a batch alone (`training.optimizer`).
        memory_map: a file that holds the rows, for tables beyond memory; empty keeps them in memory.
    """

    def __init__(self, *, num_entities: int, size: int, sparse: bool = False, memory_map: str = "") -> None:
        super().__init__()
        if memory_map:
            rows = _mapped(Path(memory_map), num_entities + 1, size)
            self.rows = nn.Embedding(len(rows), size, sparse=True, _weight=rows)
        else:
            self.rows = nn.Embedding(num_entities + 1, size, sparse=sparse)

    def forward(self, numbers: torch.Tensor, words: nn.Module) -> torch.Tensor:
        """Vectors of entities, [...] -> [..., D]."""
        del words
        return torch.as_tensor(self.rows(numbers))

    def all(self, words: nn.Module) -> torch.Tensor:
        """Vectors of all entities in order, [E, D]; the mask left out.

        Raises:
            ConfigError: the rows' gradients are sparse, and all of them would get one.
        """
        del words
        if self.rows.sparse and self.training:
            raise ConfigError("a sparse entity table is trained against candidates: set num_negatives")
        return torch.as_tensor(self.rows.weight[:-1])

    @torch.no_grad()
    def start(self, graph: KnowledgeGraph, vocabulary: Vocabulary, words: nn.Embedding) -> None:
        """Set every row to the mean word embedding of its label, cut or filled up to the row's width."""
        for first in range(0, graph.num_entities, _CHUNK):
            numbers = range(first, min(first + _CHUNK, graph.num_entities))
            means = mean_words([graph.entities.label(number) for number in numbers], vocabulary, words)
            self.rows.weight[first : numbers.stop, : means.shape[1]] = means[:, : self.rows.embedding_dim]


class EntityText(nn.Module):
    """The mean word embedding of an entity's name and description, projected: no table, so new entities have vectors.

    Args:
        num_entities: how many; the mask has a vector of its own.
        size: width of a vector, as the words'.
    """

    pieces: torch.Tensor

    def __init__(self, *, num_entities: int, size: int) -> None:
        super().__init__()
        self.register_buffer("pieces", torch.zeros(num_entities, _MAX_PIECES, dtype=torch.int32))
        self.register_buffer("lengths", torch.ones(num_entities, dtype=torch.int32))
        self.project = nn.Linear(size, size)
        self.mask = nn.Parameter(torch.zeros(size))
        nn.init.eye_(self.project.weight)
        nn.init.zeros_(self.project.bias)

    def forward(self, numbers: torch.Tensor, words: nn.Module) -> torch.Tensor:
        """Vectors of entities, [...] -> [..., D]."""
        is_mask = numbers == len(self.pieces)
        known = torch.where(is_mask, 0, numbers)
        pieces, lengths = self.pieces[known].long(), torch.as_tensor(self.lengths)[known]
        present = torch.arange(pieces.shape[-1], device=pieces.device) < lengths[..., None]
        embedded = words(pieces) * present[..., None]
        mean = embedded.sum(dim=-2) / lengths[..., None].clamp(min=1)
        return torch.where(is_mask[..., None], self.mask, self.project(mean))

    def all(self, words: nn.Module) -> torch.Tensor:
        """Vectors of all entities in order, [E, D]."""
        return torch.as_tensor(self(torch.arange(len(self.pieces), device=self.pieces.device), words))

    def start(self, graph: KnowledgeGraph, vocabulary: Vocabulary, words: nn.Embedding) -> None:
        """Keep the word ids of every entity's label and description."""
        del words
        for number in range(graph.num_entities):
            text = f"{graph.entities.label(number)} {graph.entities.descriptions[number]}".strip()
            ids = vocabulary.encode(text)[:_MAX_PIECES]
            self.pieces[number, : len(ids)] = torch.from_numpy(np.array(ids, np.int32))
            torch.as_tensor(self.lengths)[number] = len(ids)


def mean_words(texts: list[str], vocabulary: Vocabulary, words: nn.Embedding) -> torch.Tensor:
    """The mean word embedding of each text, [N, D]; a text without words gets a random one of a word's length."""
    encoded = [vocabulary.encode(text) for text in texts]
    lengths = torch.tensor([len(ids) for ids in encoded])
    flat = torch.from_numpy(np.concatenate([np.zeros(0, np.int64), *encoded]))
    owners = torch.repeat_interleave(torch.arange(len(texts)), lengths)
    weight = words.weight.detach().cpu()
    sums = torch.zeros(len(texts), words.embedding_dim).index_add(0, owners, weight[flat])
    scale = weight.norm(dim=1).mean()
    random = normalize(torch.randn_like(sums), dim=1) * scale
    return torch.where((lengths > 0)[:, None], sums / lengths.clamp(min=1)[:, None], random)


def start_relations(table: nn.Embedding, names: Names, vocabulary: Vocabulary, words: nn.Embedding) -> None:
    """Set every relation's row to the mean word embedding of its label."""
    with torch.no_grad():
        table.weight[: len(names)] = mean_words([names.label(one) for one in range(len(names))], vocabulary, words)


def _mapped(path: Path, num_rows: int, size: int) -> Any:
    """Rows in a file, made where it is missing (the system fills it with zeros when it is read)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return torch.from_file(str(path), shared=True, size=num_rows * size, dtype=torch.float32).view(num_rows, size)
