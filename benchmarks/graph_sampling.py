"""Neighbours and negatives a second of one core, by sampler, over a graph store.

    python benchmarks/graph_sampling.py graph

Batches of 1,000, 16 drawn a row; once from entities picked uniformly, once from tails of triples, which are hubs.
"""

import sys
import time
from pathlib import Path

import numpy as np

from kgpt.kg import open_graph_store
from kgpt.kg.base import negative_samplers, neighbor_samplers
from kgpt.kg.graph import KnowledgeGraph

_NUM_BATCHES = 200


def neighbors_per_s(graph: KnowledgeGraph, name: str, starts: np.ndarray) -> float:
    sampler, rng = neighbor_samplers.build(name), np.random.default_rng(0)
    sampler.sample(graph, starts[0], rng)  # compiles, and orders the edges where the sampler needs it
    begun = time.process_time()
    count = sum(int((sampler.sample(graph, batch, rng).rows >= 0).sum()) for batch in starts)
    return count / (time.process_time() - begun)


def negatives_per_s(graph: KnowledgeGraph, name: str, filtered: bool) -> float:
    rng = np.random.default_rng(0)
    sampler = negative_samplers.build({"type": name, "per_positive": 16, "filtered": filtered})
    batches = [np.asarray(graph.triples[rng.integers(graph.num_triples, size=1_000)]) for _ in range(_NUM_BATCHES)]
    sampler.sample(graph, batches[0], rng)
    begun = time.process_time()
    count = sum(int(sampler.sample(graph, batch, rng).found.sum()) for batch in batches)
    return count / (time.process_time() - begun)


def main() -> None:
    graph = open_graph_store(Path(sys.argv[1]))
    rng = np.random.default_rng(0)
    entities = rng.integers(graph.num_entities, size=(_NUM_BATCHES, 1_000))
    hubs = np.asarray(graph.triples[rng.integers(graph.num_triples, size=_NUM_BATCHES * 1_000), 2]).reshape(-1, 1_000)
    for name in neighbor_samplers.names():
        rates = [neighbors_per_s(graph, name, starts) / 1e6 for starts in (entities, hubs)]
        print(f"{name:18} {rates[0]:6.2f} M neighbours/s from entities, {rates[1]:6.2f} from tails")
    for name in negative_samplers.names():
        rates = [negatives_per_s(graph, name, filtered) / 1e6 for filtered in (False, True)]
        print(f"{name:18} {rates[0]:6.2f} M negatives/s, {rates[1]:6.2f} filtered")


if __name__ == "__main__":
    main()
