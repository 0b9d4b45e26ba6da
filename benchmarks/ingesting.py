"""One way from N-Triples to something that answers, in a process of its own: prints seconds and peak megabytes.

python -m benchmarks.ingesting kgpt graph.nt folder
"""

import re
import sys
import time
from collections.abc import Callable
from pathlib import Path


def with_rdflib(path: Path, _folder: Path) -> None:
    import rdflib

    rdflib.Graph().parse(path, format="nt")


def with_pyoxigraph_in_memory(path: Path, _folder: Path) -> None:
    import pyoxigraph

    pyoxigraph.Store().bulk_load(path=str(path), format=pyoxigraph.RdfFormat.N_TRIPLES)


def with_pyoxigraph_on_disk(path: Path, folder: Path) -> None:
    import pyoxigraph

    pyoxigraph.Store(str(folder)).bulk_load(path=str(path), format=pyoxigraph.RdfFormat.N_TRIPLES)


def with_kgpt(path: Path, folder: Path) -> None:
    from kgpt.kg import open_graph_store
    from kgpt.kg.store import build_store
    from kgpt.sources import open_graph
    from kgpt.sources.base import read_bulk

    build_store(read_bulk(open_graph(str(path))), folder)
    open_graph_store(folder)


CONTESTANTS: dict[str, Callable[[Path, Path], None]] = {
    "rdflib Graph, in memory": with_rdflib,
    "pyoxigraph Store, in memory": with_pyoxigraph_in_memory,
    "pyoxigraph Store, on disk": with_pyoxigraph_on_disk,
    "kgpt store, on disk": with_kgpt,
}


def main() -> None:
    """Time one contestant; a first run on a few lines loads and compiles what it needs."""
    name, path, folder = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    few = folder / "few.nt"
    with path.open("rb") as file:
        few.write_bytes(b"".join(next(file) for _ in range(100)))
    CONTESTANTS[name](few, folder / "few")
    begun = time.perf_counter()
    CONTESTANTS[name](path, folder / "whole")
    seconds = time.perf_counter() - begun
    status = Path("/proc/self/status").read_text()  # getrusage would count the parent's memory before exec
    print(seconds, int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) / 1024)


if __name__ == "__main__":
    main()
