import pytest

INFO = {
    "num_entities",
    "num_relations",
    "num_triples",
    "num_literals",
    "num_labels",
    "num_aliases",
    "num_bytes",
    "skipped",
}


def test_build_tells_what_the_store_holds(kgpt, project, tmp_path):
    told = kgpt("graph", "build", project / "graph", "--out", tmp_path / "store", "--json")

    assert told.status == 0
    assert told.json.keys() >= INFO
    assert (told.json["num_entities"], told.json["num_relations"], told.json["num_triples"]) == (80, 3, 120)
    assert kgpt("graph", "info", tmp_path / "store", "--json").json == told.json


def test_info_also_verifies_every_file(kgpt, project, tmp_path):
    kgpt("graph", "build", project / "graph", "--out", tmp_path / "store")
    array = tmp_path / "store" / "triples.npy"
    array.write_bytes(array.read_bytes()[:-1] + b"x")

    told = kgpt("graph", "info", tmp_path / "store", "--verify")

    assert told.status == 2 and "triples.npy" in told.err


def test_info_in_words_has_a_line_a_count(kgpt, graph_store):
    told = kgpt("graph", "info", graph_store)

    assert any(line.split() == ["triples", "120"] for line in told.out.splitlines())


def test_show_tells_names_and_neighbours(kgpt, graph_store):
    told = kgpt("graph", "show", graph_store, "Q103", "--json")

    assert told.json["label"] == "Landia3"
    assert told.json["num_triples"] == 4
    assert {"relation": "capital", "entity": "Q3", "label": "Citytown3"} in told.json["outgoing"]
    assert {"relation": "capital of", "entity": "Q3", "label": "Citytown3"} in told.json["incoming"]


def test_show_in_words_says_how_many_triples_are_left(kgpt, graph_store):
    told = kgpt("graph", "show", graph_store, "Q103", "--max", 1)

    assert "capital -> Citytown3 (Q3)" in told.out or "shares border with -> Landia4 (Q104)" in told.out
    assert "... and 2 more triples (--max)" in told.out


@pytest.mark.parametrize("form", ["nt", "ttl", "tsv"])
def test_an_exported_graph_is_built_again_with_the_same_triples(kgpt, graph_store, tmp_path, form):
    out = tmp_path / ("out" if form == "tsv" else f"out.{form}")

    assert kgpt("graph", "export", graph_store, "--to", form, "--out", out).status == 0

    told = kgpt("graph", "build", out, "--out", tmp_path / "again", "--json")
    assert (told.json["num_triples"], told.json["num_entities"]) == (120, 80)


def test_a_graph_is_exported_for_networkx(kgpt, graph_store, tmp_path):
    import networkx

    kgpt("graph", "export", graph_store, "--to", "graphml", "--out", tmp_path / "out.graphml")

    assert networkx.read_graphml(tmp_path / "out.graphml").number_of_edges() == 120
