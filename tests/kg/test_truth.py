import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kgpt.kg import build_graph
from kgpt.kg.truth import is_true
from kgpt.records import Triple

ids = st.integers(0, 7).map("Q{}".format)
graphs = st.lists(st.builds(Triple, ids, st.sampled_from(["P1", "P2"]), ids), min_size=1, max_size=30).map(
    lambda triples: build_graph(triples)[0]
)


@given(graphs, graphs)
def test_truth_agrees_with_brute_force(graph, other):
    rows = np.array(
        [row for row in other.triples if max(row[0], row[2]) < graph.num_entities and row[1] < graph.num_relations]
    )
    rows = rows.reshape(-1, 3).astype(np.int32)

    known = set(map(tuple, graph.triples.tolist()))

    assert is_true(graph, rows).tolist() == [tuple(row) in known for row in rows.tolist()]
