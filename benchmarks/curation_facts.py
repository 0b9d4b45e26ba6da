"""How many facts curation keeps: near duplicates with and without entities, Gopher's rules, selection against chance.

On the linked texts of T-REx and REBEL in `../shared/data/text` (or of `KGPT_SHARED_DATA`); a fact is what `kgpt corpus
info` counts where no graph is given: an entity that some document links. With the graph of `../shared/data/kg` it is a
triple of it whose two ends one document links.
"""

import tempfile
from pathlib import Path

from benchmarks.shared_data import shared_data
from kgpt.corpus import corpus_steps
from kgpt.corpus.passes import Curated, curate
from kgpt.engine import Processes
from kgpt.kg.store import build_store
from kgpt.pipeline.data_stages import read_sources
from kgpt.sources import open_graph
from kgpt.sources.base import read_bulk

HEADER = ("step", "documents", "dropped", "facts", "lost", "kept")
_TEXTS = ("trex_sentences.jsonl.gz", "rebel_docs.jsonl.gz")
_STEPS = {
    "near_duplicates": {"type": "near_duplicates"},
    "near_duplicates, entities: false": {"type": "near_duplicates", "entities": False},
    "gopher_quality": {"type": "gopher_quality"},
    "select, frac: 0.2": {"type": "select", "frac": 0.2},
    "sample, frac: 0.2": {"type": "sample", "frac": 0.2},
}


def run() -> list[list[str]]:
    """A row a step."""
    data = shared_data()
    if not (data / "text").is_dir():
        return [[f"skipped: {data} is not there", *[""] * (len(HEADER) - 1)]]
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder)
        build_store(read_bulk(open_graph(str(data / "kg"))), room / "graph")
        (room / "read").mkdir()
        read = read_sources([str(data / "text" / name) for name in _TEXTS], room / "read")
        return [_row(name, read, room, number) for number, name in enumerate(_STEPS)]


def _row(name: str, read: Path, room: Path, number: int) -> list[str]:
    steps = [corpus_steps.build(_STEPS[name])]
    curated: Curated = curate(steps, read, room / str(number), engine=Processes(), graph=room / "graph")
    facts, dropped = curated.facts, curated.tally.dropped.total()
    figures = (curated.num_out + dropped, dropped, facts.num_facts, facts.num_facts - facts.num_kept)
    return [name, *(f"{one:,}" for one in figures), f"{facts.num_kept / facts.num_facts:.0%}"]
