"""A graph of any size in Wikidata's manner, drawn from one seed: hubs, a label an entity, three triples an entity."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kgpt.sources.block import TripleBlock

_ENTITY, _DIRECT = "http://www.wikidata.org/entity/Q", "http://www.wikidata.org/prop/direct/P"
_LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
_TRIPLES_AN_ENTITY = 3
_BLOCK_TRIPLES = 200_000


def write_ntriples(path: Path, *, num_triples: int) -> int:
    """Write the graph as N-Triples; gives the number of lines."""
    lines = 0
    with path.open("w", encoding="utf-8") as file:
        for heads, relations, tails in _rows(num_triples):
            for head, relation, tail in zip(heads.tolist(), relations.tolist(), tails.tolist(), strict=True):
                if lines % (_TRIPLES_AN_ENTITY + 1) == 0:
                    file.write(f'<{_ENTITY}{head}> <{_LABEL}> "Name of thing {head}"@en .\n')
                    lines += 1
                file.write(f"<{_ENTITY}{head}> <{_DIRECT}{relation}> <{_ENTITY}{tail}> .\n")
                lines += 1
    return lines


def blocks(*, num_triples: int) -> Iterator[TripleBlock]:
    """The triples alone, as a reader of plain files would hand them to the builder."""
    for heads, relations, tails in _rows(num_triples):
        rows = zip(heads.tolist(), relations.tolist(), tails.tolist(), strict=True)
        text = "".join(f"Q{head}\tP{relation}\tQ{tail}\n" for head, relation, tail in rows).encode()
        content = np.frombuffer(text, np.uint8)
        stops = np.flatnonzero((content == ord("\t")) | (content == ord("\n")))
        starts = np.concatenate([[0], stops[:-1] + 1])
        yield TripleBlock(content, np.stack([starts, stops], axis=1).reshape(-1, 3, 2))


def _rows(num_triples: int) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]]:
    rng, num_entities = np.random.default_rng(0), max(1, num_triples // _TRIPLES_AN_ENTITY)
    for first in range(0, num_triples, _BLOCK_TRIPLES):
        count = min(_BLOCK_TRIPLES, num_triples - first)
        heads = (first + np.arange(count)) // _TRIPLES_AN_ENTITY
        tails = (num_entities * rng.random(count) ** 3).astype(np.int64)
        yield heads, rng.integers(0, 500, count), tails
