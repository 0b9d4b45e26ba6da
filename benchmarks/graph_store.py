"""The embedded graph as N-Triples into something that answers neighbour queries; a store opened."""

import tempfile
from pathlib import Path

import pyoxigraph
import rdflib

from benchmarks.timing import rates, rows
from kgpt.kg import build_graph, open_graph_store, write_graph
from kgpt.kg.rdf import export_rdf
from kgpt.sources import open_graph


def run() -> list[list[str]]:
    """Triples a second from file to a graph in memory, and stores opened a second."""
    with tempfile.TemporaryDirectory() as folder:
        path, store = Path(folder) / "graph.nt", Path(folder) / "store"
        graph, _ = build_graph(open_graph("embedded:atlas").read())
        export_rdf(graph, path, form="nt")
        write_graph(graph, store)
        num_lines = len(path.read_text("utf-8").splitlines())

        def with_rdflib() -> float:
            rdflib.Graph().parse(path, format="nt")
            return num_lines

        def with_pyoxigraph() -> float:
            pyoxigraph.Store().bulk_load(path=str(path), format=pyoxigraph.RdfFormat.N_TRIPLES)
            return num_lines

        def with_kgpt() -> float:
            build_graph(open_graph(str(path)).read())
            return num_lines

        def opened() -> float:
            for _ in range(20):
                open_graph_store(store)
            return 20

        built = rates({"rdflib Graph": with_rdflib, "pyoxigraph Store": with_pyoxigraph, "kgpt": with_kgpt})
        return rows(built, unit="statements/s") + rows(rates({"kgpt store opened": opened}), unit="times/s")
