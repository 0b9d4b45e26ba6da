"""Round trips through every form that a graph is exported to: kgpt.kg.rdf, tsv, networkx, pyg."""

import networkx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgpt.errors import StoreError
from kgpt.kg import build_graph
from kgpt.kg.networkx import export_graphml, to_networkx
from kgpt.kg.pyg import to_hetero, to_pyg
from kgpt.kg.rdf import export_rdf
from kgpt.kg.titles import export_titles
from kgpt.kg.tsv import export_tsv
from kgpt.records import EntityRecord, Literal, Qualifier, RelationRecord, Triple
from kgpt.sources import open_graph
from kgpt.sources.title_map import read_titles

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


def everything(graph):
    """All that a graph says, by number and by name."""
    tables = [
        [
            table.owners.tolist(),
            table.relations.tolist(),
            list(table.values),
            [table.type(n) for n in range(len(table))],
        ]
        for table in (graph.literals, graph.qualifiers)
    ]
    all_names = (graph.entities, graph.relations, *(graph.translations[one] for one in sorted(graph.translations)))
    names = [[list(getattr(n, f)) for f in ("ids", "labels", "aliases", "descriptions", "titles")] for n in all_names]
    return graph.triples.tolist(), tables, names, graph.num_sitelinks.tolist()


texts = st.text(st.characters(codec="utf-8", exclude_characters="\x1f"), max_size=6) | st.text(
    "|\\\t\n\r\v\f \ufeff\u2028\xa0estnrb", max_size=5
)
full = st.text("|\\\t\n \ufeffab", min_size=1, max_size=4)
said = st.one_of(
    st.builds(Triple, texts, full, texts),
    st.builds(Literal, texts, full, full, st.sampled_from(["date", "quantity", "string"]), texts, texts),
    st.builds(
        EntityRecord,
        texts,
        full,
        st.lists(full, max_size=3).map(tuple),
        texts,
        st.sampled_from(["", "de"]),
        texts,
        st.integers(0, 9),
    ),
    st.builds(RelationRecord, full, full, st.lists(full, max_size=2).map(tuple)),
)


@settings(deadline=None)
@given(st.lists(said, max_size=12))
def test_tsv_gives_every_string_back_to_the_letter(tmp_path_factory, items):
    triple = Triple("a", "b|", "c")
    graph, _ = build_graph([triple, *items, Qualifier(triple, "q\t", "v\\n", "string", "u|")], languages=("en", "de"))
    folder = tmp_path_factory.mktemp("tsv") / "graph"
    export_tsv(graph, folder)

    back, builder = build_graph(open_graph(str(folder)).read(), languages=("en", "de"))

    assert everything(back) == everything(graph)
    assert not +builder.skipped


def test_without_its_mark_a_folder_is_read_as_it_stands(tmp_path):
    (tmp_path / "triples.tsv").write_text("a\\tb\tr\tc\n")
    (tmp_path / "entities.tsv").write_text("c\tAC\\DC\ta\\|b\n")

    graph, _ = build_graph(open_graph(str(tmp_path)).read())

    assert list(graph.entities.ids) == ["a\\tb", "c"]
    assert graph.entities.surfaces(1) == ("AC\\DC", "a\\", "b")


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


def test_graphml_holds_any_text(tmp_path):
    graph, _ = build_graph([Triple('a"<&', "r\x00>", "b\n"), EntityRecord('a"<&', "\x01 & \ud7ff")])
    export_graphml(graph, tmp_path / "graph.graphml")

    back = networkx.read_graphml(tmp_path / "graph.graphml")

    assert back.nodes['a"<&']["label"] == "\ufffd & \ud7ff"
    assert [data["relation"] for *_, data in back.edges(data=True)] == ["r\ufffd>"]


def test_hetero_data_has_a_kind_of_nodes_for_each_type():
    typed = {"Q1": "city", "Q2": "city", "Q3": "land", "Q4": "star"}
    graph, _ = build_graph(
        [
            *(Triple(one, "P31", kind) for one, kind in typed.items()),
            Triple("Q1", "P31", "land"),
            Triple("Q1", "P17", "Q3"),
            Triple("Q3", "P36", "Q1"),
        ]
    )

    data = to_hetero(graph, max_types=2)

    def ids(kind):
        return [graph.entities.ids[number] for number in data[kind].entity.tolist()]

    # city and land are equally common; the type with the smaller number is first
    assert (ids("city"), ids("land")) == (["Q1", "Q2"], ["Q3"])
    assert sum(len(ids(kind)) for kind in data.node_types) == graph.num_entities
    edges = {
        (ids(first)[head], relation, ids(last)[tail])
        for first, relation, last in data.edge_types
        for head, tail in data[first, relation, last].edge_index.t().tolist()
    }
    assert {Triple(*edge) for edge in edges} == set(map(graph.triple, graph.triples))
    assert ("city", "P17", "land") in data.edge_types
    assert data.validate()


def test_a_graph_without_types_has_one_kind_of_nodes(graph):
    data = to_hetero(graph, type_relation="P31")

    assert data.node_types == ["other"]
    assert sum(data[kind].edge_index.shape[1] for kind in data.edge_types) == graph.num_triples


def test_titles_are_read_back_as_a_title_map(tmp_path):
    graph, _ = build_graph(
        [
            Triple("Q1", "P1", "Q2"),
            EntityRecord("Q1", "Munich", title="Munich"),
            EntityRecord("Q1", "München", language="de", title="München"),
            EntityRecord("Q2", "Isar"),
        ],
        languages=("en", "de"),
    )

    assert export_titles(graph, tmp_path / "en.tsv") == export_titles(graph, tmp_path / "de.tsv", language="de") == 1

    assert list(read_titles(tmp_path / "en.tsv")) == [("Munich", "Q1")]
    assert list(read_titles(tmp_path / "de.tsv")) == [("München", "Q1")]


def test_a_graph_without_titles_gives_the_labels_that_mean_one_entity(tmp_path):
    records = [EntityRecord("Q1", "Paris"), EntityRecord("Q2", "Paris"), EntityRecord("Q3", "Isar")]
    graph, _ = build_graph([Triple("Q1", "P1", "Q4"), *records])

    assert export_titles(graph, tmp_path / "titles.tsv") == 1

    assert list(read_titles(tmp_path / "titles.tsv")) == [("Isar", "Q3")]


RICH = [
    Triple("Q64", "P36", "Q183"),
    Literal("Q64", "P2048", "12.5", "quantity", "Q11573"),
    Literal("Q64", "P2048", "-7", "quantity", "http://qudt.org/unit/M"),
    Literal("Q64", "P2048", "1e5", "quantity", "square mile"),
    *(Literal("Q64", "P571", date, "date") for date in ("195X", "19XX", "-0043", "-0043-03", "Y-10000", "Y12345-06")),
    Literal("Q64", "P227", "4005728-8", "string", datatype="external-id"),
    Literal("Q64", "P1448", 'Stadt \\ "B"', "string", language="de"),
    Literal("Q64", "P625", "Point(13 52)", "string", datatype="http://www.opengis.net/ont/geosparql#wktLiteral"),
    Qualifier(Triple("Q64", "P36", "Q183"), "P580", "1990-10-03", "date"),
    Qualifier(Triple("Q64", "P36", "Q183"), "P1310", "Q5", "entity"),
    Qualifier(Triple("Q64", "P36", "Q183"), "P2043", "3", "quantity", "Q11573"),
    EntityRecord("Q64", "Berlin", ("Spree",), "a city", title="Berlin (city), 50%", num_sitelinks=250),
    EntityRecord("Q64", "Berlín", ("Mesto",), "mesto", language="cs", title="Berlín"),
    EntityRecord("Q5", "human"),
    EntityRecord("Q183", "Germany"),
    RelationRecord("P36", "capital of"),
]


@pytest.mark.parametrize("form", ["nt", "ttl"])
def test_rdf_gives_back_units_dates_types_languages_qualifiers_and_titles(tmp_path, form):
    graph, _ = build_graph(RICH, languages=("en", "cs"))

    lost = export_rdf(graph, tmp_path / f"graph.{form}", form=form)
    back, _ = build_graph(open_graph(f"{tmp_path}/graph.{form}?languages=en,cs").read(), languages=("en", "cs"))

    assert not +lost
    assert everything(back) == everything(graph)


def test_what_rdf_cannot_say_is_counted(tmp_path):
    triple = Triple("a b", "r", "c")
    items = [
        triple,
        Qualifier(triple, "q", "v", "string"),
        Literal("c", "r", "1", "quantity", datatype="odd"),
        Literal("c", "r", "x", language="no_tag"),
        EntityRecord("a b", title="A", num_sitelinks=3),
        EntityRecord("c", "sea", language="zh-classical", title="A"),
        EntityRecord("lonely"),
    ]
    graph, _ = build_graph(items, languages=("en", "zh-classical"))

    assert +export_rdf(graph, tmp_path / "graph.nt", form="nt") == {
        "qualifier": 1,
        "datatype": 1,
        "literal_language": 1,
        "num_sitelinks": 1,
        "names_of_language": 1,
        "entity_without_statements": 1,
    }


@settings(deadline=None)
@given(st.lists(st.builds(Triple, texts.filter(bool), full, texts.filter(bool)), min_size=1, max_size=8))
def test_ids_of_any_kind_survive_rdf(tmp_path_factory, triples):
    triples = [one for one in triples if "_:" not in "".join((one.head, one.tail))]
    graph, _ = build_graph([Triple("http://x.org/a b", "urn:x:y", "http://www.wikidata.org/entity/Q1"), *triples])
    path = tmp_path_factory.mktemp("rdf") / "graph.nt"
    export_rdf(graph, path, form="nt")

    back, _ = build_graph(open_graph(str(path)).read())

    assert set(map(back.triple, back.triples)) == set(map(graph.triple, graph.triples))


@pytest.mark.real
@pytest.mark.parametrize("form", ["nt", "ttl", "tsv"])
def test_a_real_graph_survives_every_form(shared_data, tmp_path, form):
    graph, _ = build_graph(open_graph(str(shared_data / "kg" / "codex-s")).read())
    path = tmp_path / ("graph" if form == "tsv" else f"graph.{form}")
    if form == "tsv":
        export_tsv(graph, path)
    else:
        assert not +export_rdf(graph, path, form=form)

    assert everything(build_graph(open_graph(str(path)).read())[0]) == everything(graph)
