"""Round trips through every form that a graph is exported to: kgpt.kg.rdf, tsv, networkx, pyg."""

import networkx
import pytest

from kgpt.errors import StoreError
from kgpt.kg import build_graph
from kgpt.kg.networkx import export_graphml, to_networkx
from kgpt.kg.pyg import to_pyg
from kgpt.kg.rdf import export_rdf
from kgpt.kg.tsv import export_tsv
from kgpt.records import EntityRecord, Literal, RelationRecord, Triple
from kgpt.sources import open_graph

TRIPLES = [
    Triple("Q64", "P36", "Q183"),
    Triple("Q183", "P36", "Q64"),
    Triple("Q64", "P17", "Q183"),
    Triple("Q64", "P1", "Q64"),
    Triple("Pulp Fiction", "directed by", "100% <Tarantino>"),
    Triple("http://x.org/onto#", "urn:x:is", "urn:isbn:1"),
]
NAMES = [
    EntityRecord("Q64", "Berlin", ("Spree-Athen", "Ber‑lin"), 'the "capital"'),
    EntityRecord("Q183", "Germany"),
    RelationRecord("P36", "capital", ("chief town",), "seat of government"),
]
LITERALS = [
    Literal("Q64", "P571", "1237", "date"),
    Literal("Q64", "P571", "1237-10", "date"),
    Literal("Q64", "P571", "1237-10-28", "date"),
    *(Literal("Q64", "P1082", number, "quantity") for number in ("3700000", "-40", "2.50", "1e5")),
    Literal("Q64", "P2", "two words", "string"),
]


@pytest.fixture
def graph():
    return build_graph([*TRIPLES, *NAMES, *LITERALS])[0]


def named(graph):
    both = (graph.entities, graph.relations)
    return [(n.ids[i], n.labels[i], set(n.other_names(i)), n.descriptions[i]) for n in both for i in range(len(n))]


@pytest.mark.parametrize("form", ["nt", "ttl"])
def test_rdf_gives_the_same_graph_back(graph, tmp_path, form):
    path = tmp_path / f"graph.{form}"
    export_rdf(graph, path, form=form)

    back, builder = build_graph(open_graph(str(path)).read())

    assert set(map(back.triple, back.triples)) == set(TRIPLES)
    assert {back.literal(row) for row in range(len(back.literals))} == set(LITERALS)
    assert named(back) == named(graph)
    assert not builder.skipped


def test_tsv_gives_the_same_graph_back(graph, tmp_path):
    export_tsv(graph, tmp_path / "graph")

    back, builder = build_graph(open_graph(str(tmp_path / "graph")).read())

    assert set(map(back.triple, back.triples)) == set(TRIPLES)
    assert {back.literal(row) for row in range(len(back.literals))} == set(LITERALS)
    assert named(back) == named(graph)
    assert not builder.skipped


def test_a_line_break_in_a_literal_does_not_break_the_tsv(tmp_path):
    graph, _ = build_graph([Triple("a", "b", "c"), Literal("a", "says", "one\ttwo\nthree")])
    export_tsv(graph, tmp_path / "graph")

    back, _ = build_graph(open_graph(str(tmp_path / "graph")).read())

    assert back.literal(0).value == "one two three"


def test_tsv_does_not_replace_somebody_elses_folder(graph, tmp_path):
    (tmp_path / "thesis.txt").write_text("x")

    with pytest.raises(StoreError, match=r"holds something else \(no triples\.tsv\)"):
        export_tsv(graph, tmp_path)


def test_graphml_gives_the_same_triples_back_under_unique_edge_ids(graph, tmp_path):
    path = tmp_path / "graph.graphml"
    export_graphml(graph, path)

    back = networkx.read_graphml(path)

    assert {Triple(head, data["relation"], tail) for head, tail, data in back.edges(data=True)} == set(TRIPLES)
    assert back.nodes["Q64"]["label"] == "Berlin"
    ids = [line.split(' id="')[1].split('"')[0] for line in path.read_text().splitlines() if "<edge " in line]
    assert len(set(ids)) == len(TRIPLES)


def test_networkx_has_the_graphs_nodes_and_edges(graph):
    out = to_networkx(graph)

    assert {Triple(head, relation, tail) for head, tail, relation in out.edges(keys=True)} == set(TRIPLES)
    assert set(out) == set(graph.entities.ids)
    assert out.edges["Q64", "Q183", "P36"]["label"] == "capital"
    assert {one: out.degree(one) for one in out} == dict(zip(graph.entities.ids, graph.degrees.tolist(), strict=True))


def test_pyg_has_the_graphs_edges(graph):
    data = to_pyg(graph)

    rows = zip(data.edge_index[0].tolist(), data.edge_type.tolist(), data.edge_index[1].tolist(), strict=True)
    assert list(rows) == [tuple(row) for row in graph.triples.tolist()]
    assert data.num_nodes == graph.num_entities
    assert data.validate()
