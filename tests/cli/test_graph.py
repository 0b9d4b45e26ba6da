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


def test_show_takes_a_label_that_means_one_entity(kgpt, graph_store):
    assert kgpt("graph", "show", graph_store, "Landia3", "--json").json["id"] == "Q103"


@pytest.mark.parametrize("command", [("show", "Q103"), ("stats",)])
@pytest.mark.parametrize(("suffix", "start"), [("html", b"<!doctype"), ("png", b"\x89PNG"), ("svg", b"<?xml")])
def test_show_and_stats_draw_what_they_tell(kgpt, graph_store, tmp_path, command, suffix, start):
    name, *rest = command

    told = kgpt("graph", name, graph_store, *rest, "--out", tmp_path / f"out.{suffix}")

    assert told.status == 0 and told.out
    assert (tmp_path / f"out.{suffix}").read_bytes().startswith(start)


def test_stats_tell_relations_rules_and_languages(kgpt, graph_store):
    told = kgpt("graph", "stats", graph_store, "--json").json

    assert {(rule["relation"], rule["inverse"]) for rule in told["inverse"]} == {("P36", "P1376"), ("P1376", "P36")}
    assert told["relations"][0]["num_triples"] == 40
    assert told["languages"][0]["num_labels"] == 80
    assert "capital of / capital" in kgpt("graph", "stats", graph_store).out


def test_select_makes_a_store_of_what_a_query_picks(kgpt, graph_store, tmp_path):
    (tmp_path / "query.rq").write_text("CONSTRUCT WHERE { ?a wdt:P36 ?b }")

    told = kgpt(
        "graph", "select", graph_store, "--sparql", f"@{tmp_path}/query.rq", "--out", tmp_path / "part", "--json"
    )

    assert (told.json["num_triples"], told.json["num_relations"]) == (40, 1)
    assert told.json["skipped"] == {"not_in_sparql_result": 80}
    assert kgpt("graph", "show", tmp_path / "part", "Q103", "--json").json["label"] == "Landia3"


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("select {graph} --sparql ASK{{?a?b?c}} --out {out}", "found ASK"),
        ("select {graph} --sparql CONSTRUCT{{?a?b?c}}WHERE{{?a?b?c;wdt:P9?d}} --out {out}", "picks no triple of 120"),
        ("select {graph} --sparql SELECT*{{SERVICE<http://x.y/>{{?head?relation?tail}}}} --out {out}", "network"),
        ("select {graph} --sparql @{out}.rq --out {out}", "no such file"),
        ("stats {graph} --out {out}.doc", "expected a file that ends with .html, .png, .svg"),
        ("show {graph} Q103 --out {out}", "expected a file that ends with"),
        ("export {graph} --to nt --language de --out {out}", "is for --to titles alone"),
        ("build {graph} --languages en,,de --out {out}", "expected codes separated by commas"),
        ("build {graph} --memory-gib 0 --out {out}", "expected a number above 0"),
    ],
)
def test_a_mistake_is_told_in_one_line_and_leaves_nothing(kgpt, graph_store, tmp_path, command, expected):
    told = kgpt("graph", *command.format(graph=graph_store, out=tmp_path / "out").split())

    assert told.status == 2
    assert told.err.startswith("kgpt: ") and expected in told.err and len(told.err.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_build_keeps_the_languages_asked_for(kgpt, tmp_path):
    source = tmp_path / "a.ttl"
    source.write_text(
        "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . <urn:a> <urn:b> <urn:c> ;"
        'rdfs:label "Munich"@en, "München"@de, "Monaco"@it .'
    )

    told = kgpt(
        "graph", "build", source, "--languages", "en,de", "--memory-gib", 0.01, "--out", tmp_path / "g", "--json"
    )

    assert told.json["skipped"] == {"other_language": 1}
    assert kgpt("graph", "show", tmp_path / "g", "München", "--json").json["names"]["de"]["label"] == "München"


def test_titles_are_exported_for_the_readers_of_wikipedia(kgpt, graph_store, tmp_path):
    kgpt("graph", "export", graph_store, "--to", "titles", "--out", tmp_path / "titles.tsv")

    lines = (tmp_path / "titles.tsv").read_text().splitlines()
    assert len(lines) == 80 and "Landia3\tQ103" in lines


def test_what_an_export_cannot_say_is_counted_on_stderr(kgpt, tmp_path):
    from kgpt.kg import build_graph, write_graph
    from kgpt.records import Literal, Triple

    items = [Triple("Q1", "P1", "Q2"), Literal("Q1", "P2", "x", language="no_tag")]
    write_graph(build_graph(items)[0], tmp_path / "graph")

    told = kgpt("graph", "export", tmp_path / "graph", "--to", "nt", "--out", tmp_path / "out.nt")

    assert told.err == f"{tmp_path}/out.nt: nt cannot say 1 of: literal_language\n"


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
