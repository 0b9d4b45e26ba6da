"""What the graph costs in a training step: word-knowledge graphs against plain text at equal nodes.

Both train the same RoBERTa (d = 256 x 6, kgpt's way) on sequences of about 256 nodes. Then what a stored sequence takes
on disk and to read with its mask, beside CoLAKE's stored form (a dense adjacency matrix a sequence); and how fast one
core builds sequences against how fast training eats them.
"""

import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch

from benchmarks.forked import in_turns
from benchmarks.sample_text import Sample, make_sample
from benchmarks.training import BATCH, KINDS, LENGTH, backbone, trained_rate
from kgpt.model import Nodes, build_model
from kgpt.objectives import ENTITY_PREDICTION, MASKED_LM, RELATION_PREDICTION
from kgpt.sequences import MaskedTextStream, Mixture, WeightedStream, WordKnowledgeGraphStream
from kgpt.wkgraph import NeighborSettings

NUM_PASSAGES, NUM_READ = 400, 300


def run() -> list[list[str]]:
    """The step's ratio, then the stored form, then the builder."""
    text = make_sample(num_passages=NUM_PASSAGES, num_words=300, num_links=4, starts_text=True)
    linked = make_sample(num_passages=NUM_PASSAGES, num_words=180, num_links=8, starts_text=True)
    graphs = mixture(graph_stream(linked), linked)
    plain = mixture(text_stream(text), text)
    eaten = in_turns({"text": partial(text_rate, plain, text), "graphs": partial(graph_rate, graphs, linked)})
    rows = [
        ["plain text, whole step", f"{eaten['text']:,.0f} nodes/s", "1.00"],
        [f"word-knowledge graphs, {occupancy(graphs)}", f"{eaten['graphs']:,.0f} nodes/s", ""],
        ["time of a graph's node in that of a word", f"{eaten['text'] / eaten['graphs']:.2f}", "aim 1.10"],
    ]
    return [*rows, *stored_rows(linked), *built_rows(text, linked, eaten)]


def text_rate(mixed: Mixture, sample: Sample) -> float:
    """Nodes/s of training on plain text."""
    model = build_model(backbone(KINDS["masked"], attention="eager"), sample.vocabulary)
    return trained_rate(model, mixed, [MASKED_LM])


def graph_rate(mixed: Mixture, sample: Sample) -> float:
    """Nodes/s of training on word-knowledge graphs."""
    settings = backbone(KINDS["masked"], attention="eager")
    model = build_model(settings, sample.vocabulary, sample.graph, {"nodes": Nodes(sparse=True)})
    return trained_rate(model, mixed, [MASKED_LM, ENTITY_PREDICTION, RELATION_PREDICTION])


def stored_rows(sample: Sample) -> list[list[str]]:
    """Bytes of a stored sequence and the time to read it with its mask, against a dense matrix a sequence."""
    stream = graph_stream(sample)
    arrays = [getattr(sample.passages, name) for name in sample.passages.__dataclass_fields__]
    num_bytes = sum(one.nbytes for one in arrays) / len(sample.passages)
    drawn = [stream.draw(i, np.random.default_rng(i)) for i in range(NUM_READ)]
    dense = np.stack([_dense(one.visibility) for one in drawn])
    with tempfile.TemporaryDirectory() as folder:
        np.save(Path(folder) / "dense.npy", dense)
        loaded = np.load(Path(folder) / "dense.npy", mmap_mode="r")
        ours = _seconds(lambda: [sample.passages.word_ids(i) for i in range(NUM_READ)]) / NUM_READ
        drawing = _seconds(lambda: [_mask(stream, i) for i in range(NUM_READ)]) / NUM_READ
        graphs = [stream.word_knowledge_graph(i, np.random.default_rng(i)) for i in range(NUM_READ)]
        masks = _seconds(lambda: [torch.from_numpy(one.visibility()) for one in graphs]) / NUM_READ
        theirs = _seconds(lambda: [torch.from_numpy(np.array(one)) for one in loaded]) / NUM_READ
    return [
        ["stored bytes a sequence", f"{num_bytes:,.0f} B", f"{dense[0].nbytes / num_bytes:.0f} x smaller than dense"],
        ["reading its words, making its mask", f"{1e3 * (ours + masks):.3f} ms", f"dense: {1e3 * theirs:.3f} ms"],
        ["drawing neighbours and what is hidden too", f"{1e3 * drawing:.3f} ms", ""],
    ]


def built_rows(text: Sample, linked: Sample, eaten: dict[str, float]) -> list[list[str]]:
    """Nodes/s that one core builds, each in what training eats."""
    rows = []
    for name, mixed in (("text", mixture(text_stream(text), text)), ("graphs", mixture(graph_stream(linked), linked))):
        started, nodes = time.perf_counter(), 0
        for step in range(12):
            nodes += sum(one.num_tokens for one in mixed.batches(step))
        rate = nodes / (time.perf_counter() - started)
        rows.append([f"builder, {name}", f"{rate / LENGTH:,.0f} sequences/s", f"{rate / eaten[name]:.0f} x training"])
    return rows


def text_stream(sample: Sample) -> Any:
    """Masked text."""
    return MaskedTextStream(passages=sample.passages, vocabulary=sample.vocabulary, max_tokens=LENGTH)


def graph_stream(sample: Sample) -> Any:
    """Passages with their neighbours, filled up to `LENGTH`."""
    neighbors = NeighborSettings(anchor_prob=1.0, max_triples=15, max_nodes=LENGTH)
    return WordKnowledgeGraphStream(
        passages=sample.passages, graph=sample.graph, vocabulary=sample.vocabulary, neighbors=neighbors
    )


def mixture(stream: Any, sample: Sample) -> Mixture:
    """Steps of about 16 sequences."""
    return Mixture({"only": WeightedStream(stream, 1.0)}, LENGTH * BATCH, seed=0, pad_id=sample.vocabulary.pad)


def occupancy(mixed: Mixture) -> str:
    """How much of the steps' tensors is no padding."""
    batches = [one for step in range(4) for one in mixed.batches(step)]
    present, places = sum(int(one.present.sum()) for one in batches), sum(one.ids.numel() for one in batches)
    return f"{present / places:.2f} filled"


def _dense(visibility: Any) -> Any:
    matrix = np.zeros((LENGTH, LENGTH), bool)
    matrix[: len(visibility), : len(visibility)] = visibility
    return matrix


def _mask(stream: Any, index: int) -> torch.Tensor:
    return torch.from_numpy(stream.draw(index, np.random.default_rng(index)).visibility)


def _seconds(work: Callable[[], Any]) -> float:
    work()
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
