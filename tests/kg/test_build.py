import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgpt.errors import DataError
from kgpt.kg import GraphBuilder, build_graph
from kgpt.records import Dropped, EntityRecord, Literal, Qualifier, Redirect, RelationRecord, Triple
from kgpt.sources.block import NameBlock, TripleBlock

ids = st.integers(0, 6).map("Q{}".format)
triples = st.lists(st.builds(Triple, ids, st.integers(0, 2).map("P{}".format), ids), min_size=1, max_size=25)
literals = st.lists(
    st.builds(
        Literal,
        ids,
        st.just("P9"),
        st.sampled_from("12"),
        st.sampled_from(["date", "string"]),
        st.sampled_from("ab"),
    ),
    max_size=6,
)


def content(graph):
    """Everything a graph says, by number and by name."""
    names = [
        list(heap) for n in (graph.entities, graph.relations) for heap in (n.ids, n.labels, n.aliases, n.descriptions)
    ]
    return graph.triples.tolist(), names, [graph.literal(row) for row in range(len(graph.literals))]


@given(triples, literals, st.sets(ids), st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(triples, literals, named, random):
    items = [*triples, *literals, *(EntityRecord(one, label=f"name of {one}") for one in named)]
    mixed = random.sample(items, len(items))

    assert content(build_graph(items)[0]) == content(build_graph(mixed)[0])


@given(triples)
def test_look_ups_agree_with_brute_force(triples):
    graph, builder = build_graph(triples)

    facts = sorted(set(triples))
    assert sorted(map(graph.triple, graph.triples)) == facts
    assert builder.skipped["repeated_triple"] == len(triples) - len(facts)
    for number, one in enumerate(graph.entities.ids):
        out, into = [t for t in facts if t.head == one], [t for t in facts if t.tail == one]
        assert sorted(map(graph.triple, graph.outgoing(number))) == out
        assert sorted(map(graph.triple, graph.incoming(number))) == into
        assert graph.degrees[number] == len(out) + len(into)
        near = sorted({t.tail for t in out} | {t.head for t in into})
        assert [graph.entities.ids[int(n)] for n in graph.neighbors(number)] == near
        for other, two in enumerate(graph.entities.ids):
            assert sorted(map(graph.triple, graph.between(number, other))) == [t for t in out if t.tail == two]
        for relation, name in enumerate(graph.relations.ids):
            tails = [graph.entities.ids[int(n)] for n in graph.tails(number, relation)]
            assert tails == sorted(t.tail for t in out if t.relation == name)


@given(triples, literals)
def test_literals_are_found_by_their_head(triples, literals):
    graph, _ = build_graph([*triples, *literals])

    for number, one in enumerate(graph.entities.ids):
        assert set(graph.literals_of(number)) == {literal for literal in literals if literal.head == one}


def test_several_records_of_one_id_are_merged_and_the_first_label_wins():
    graph, _ = build_graph(
        [
            Triple("Q1", "P1", "Q2"),
            EntityRecord("Q1", aliases=("a",)),
            EntityRecord("Q1", label="first", aliases=("b", "a"), description="d"),
            EntityRecord("Q1", label="second"),
            RelationRecord("P1", aliases=("r",)),
            RelationRecord("P1", label="near"),
        ]
    )

    assert graph.entities.surfaces(0) == ("first", "a", "b")
    assert graph.entities.descriptions[0] == "d"
    assert graph.relations.surfaces(0) == ("near", "r")


def test_an_entity_without_triples_is_kept_and_a_relation_without_is_counted():
    graph, builder = build_graph(
        [Triple("Q1", "P1", "Q2"), EntityRecord("Q3", "lonely"), RelationRecord("P2", "unused")]
    )

    assert list(graph.entities.ids) == ["Q1", "Q2", "Q3"]
    assert list(graph.relations.ids) == ["P1"]
    assert builder.skipped == {"relation_unused": 1}


def test_a_relation_named_as_an_entity_takes_its_name():
    graph, _ = build_graph([Triple("Q1", "P1", "Q2"), EntityRecord("P1", "near")])

    assert graph.relations.label(0) == "near"
    assert list(graph.entities.ids) == ["Q1", "Q2"]


def test_a_relation_that_is_also_an_end_keeps_its_name_on_both_sides():
    graph, _ = build_graph([Triple("Q1", "P1", "Q2"), Triple("P1", "P2", "Q2"), EntityRecord("P1", "near")])

    assert graph.relations.label(0) == "near"
    assert graph.entities.label(graph.entity("P1")) == "near"


def test_a_relation_that_is_also_an_end_gives_its_name_to_the_entity():
    items = [
        Triple("Q1", "P1", "Q2"),
        Triple("P1", "P2", "P3"),
        RelationRecord("P1", "near"),
        RelationRecord("P3", "far"),
    ]

    graph, builder = build_graph(items)

    assert [graph.entities.label(graph.entity(one)) for one in ("P1", "P3")] == ["near", "far"]
    assert list(graph.relations.ids) == ["P1", "P2"] and graph.relations.label(0) == "near"
    assert builder.skipped == {"relation_unused": 1}


FILMS = [
    Triple("Amber_Light", "brewed_by", "Golden Bells"),
    Triple("Terminator: Genisys", "made in", "1986"),
    Triple("Q1", "brewed_by", "http://e.org/x"),
]


@pytest.mark.parametrize(
    ("told", "entities", "relations"),
    [
        ([], {"Amber Light", "Golden Bells", "Terminator: Genisys", "1986"}, {"brewed by", "made in"}),
        ([RelationRecord("brewed_by", "by")], {"Amber Light", "Golden Bells", "Terminator: Genisys", "1986"}, {"by"}),
        ([EntityRecord("Q1", "one")], {"one"}, {"brewed by", "made in"}),
        ([EntityRecord("Q1", "eins", language="de")], set(), set()),
    ],
)
def test_ids_that_read_as_names_are_names_where_no_source_has_any(told, entities, relations):
    builder = GraphBuilder(ids_as_names=True)
    for item in [*FILMS, *told]:
        builder.add(item)
    graph = builder.build()

    assert set(graph.entities.labels) - {""} == entities
    assert set(graph.relations.labels) - {""} == relations


def test_ids_that_are_codes_one_and_all_are_no_names():
    builder = GraphBuilder(ids_as_names=True)
    for row in ("02174461 r1 01345", "C0012 r1 C0013", "/m/02 r1 x:y"):
        builder.add(Triple(*row.split()))

    assert set(builder.build().entities.labels) == {""}


def test_a_language_that_names_nothing_is_told(capsys):
    builder = GraphBuilder(languages=("en", "xx"), ids_as_names=True)
    for item in [Triple("Q1", "P1", "Q2"), EntityRecord("Q1", "one")]:
        builder.add(item)
    builder.build()

    assert capsys.readouterr().err.splitlines() == ["no entity has a name in 'xx'"]


def test_an_entity_that_is_named_itself_keeps_its_name():
    items = [Triple("Q1", "P1", "P1"), EntityRecord("P1", "one"), RelationRecord("P1", "other")]

    graph, _ = build_graph(items)

    assert graph.entities.label(graph.entity("P1")) == "one"


def test_what_the_reader_dropped_is_counted_by_reason():
    _, builder = build_graph([Triple("Q1", "P1", "Q2"), Dropped("_:a", "blank_node"), Dropped("_:b", "blank_node")])

    assert (builder.num_read, dict(builder.skipped)) == (3, {"blank_node": 2})


def test_sources_without_a_triple_are_refused():
    with pytest.raises(DataError, match="the sources hold no triple; a graph needs at least one"):
        build_graph([EntityRecord("Q1", "lonely")])


def test_numbers_are_in_the_order_of_the_ids():
    graph, _ = build_graph([Triple("b", "z", "a"), Triple("c", "y", "b")])

    assert list(graph.entities.ids) == ["a", "b", "c"]
    assert np.array_equal(graph.triples, [[1, 1, 0], [2, 0, 1]])


@given(triples, literals, st.sets(ids), st.integers(1, 200))
def test_little_memory_gives_the_same_graph(triples, literals, named, memory_bytes):
    items = [*triples, *literals, *(EntityRecord(one, label=f"name of {one}", aliases=("a", "b")) for one in named)]
    builder = GraphBuilder(memory_bytes=memory_bytes)
    for item in items:
        builder.add(item)

    assert content(builder.build()) == content(build_graph(items)[0])


@given(st.lists(st.text(max_size=30), min_size=1, max_size=30))
def test_ids_of_any_kind_are_told_apart_and_sorted(names):
    graph, _ = build_graph([Triple("h", "r", "t"), *map(EntityRecord, names)])

    assert list(graph.entities.ids) == sorted({"h", "t", *names})
    assert all(graph.entities.ids.find(name) is not None for name in names)
    assert graph.entities.ids.find_all([*names, "absent" * 9])[-1] == -1


def test_a_block_says_the_same_as_records():
    text = b"Q1 P1 Q2 Q3 eins"
    spans = np.array([[[0, 2], [3, 5], [6, 8]], [[6, 8], [3, 5], [9, 11]]])
    names = np.array([[[0, 2], [12, 16]]])
    whole = np.frombuffer(text, np.uint8)
    records = [Triple("Q1", "P1", "Q2"), Triple("Q2", "P1", "Q3"), EntityRecord("Q1", "eins")]

    blocks, builder = build_graph([TripleBlock(whole, spans), NameBlock(whole, names, "label")])

    assert content(blocks) == content(build_graph(records)[0])
    assert builder.num_read == 3


def test_a_redirected_id_means_its_target_everywhere():
    graph, _ = build_graph(
        [
            Triple("Q9", "P1", "Q2"),
            Triple("Q1", "P1", "Q2"),
            Literal("Q8", "P2", "1999", "date"),
            EntityRecord("Q9", "old name"),
            EntityRecord("Q1", "name"),
            Redirect("Q9", "Q8"),
            Redirect("Q8", "Q1"),
        ]
    )

    assert list(graph.entities.ids) == ["Q1", "Q2"]
    assert graph.num_triples == 1
    assert graph.entities.surfaces(0) == ("name", "old name")
    assert graph.literals_of(0) == [Literal("Q1", "P2", "1999", "date")]


def test_a_redirected_id_means_its_target_as_a_qualifier_and_as_a_unit():
    stated = Triple("Q1", "P1", "Q2")
    graph, _ = build_graph(
        [
            stated,
            Qualifier(stated, "P9", "Q7old"),
            Qualifier(stated, "P9", "Q5"),
            Qualifier(stated, "P8", "3", "quantity", unit="Q8old"),
            Qualifier(stated, "P7", "Q7old", "string"),
            Literal("Q1", "P5", "3", "quantity", unit="Q8old"),
            Literal("Q1", "P5", "3", "quantity", unit="Q8"),
            Redirect("Q7old", "Q7"),
            Redirect("Q8old", "Q8"),
        ]
    )

    assert graph.literals_of(0) == [Literal("Q1", "P5", "3", "quantity", unit="Q8")]
    told = {(one.relation, one.value, one.unit) for one in graph.qualifiers_of(0)}
    assert told == {("P9", "Q7", ""), ("P9", "Q5", ""), ("P8", "3", "Q8"), ("P7", "Q7old", "")}


def test_redirects_in_a_circle_are_refused():
    with pytest.raises(DataError, match="go round in a circle"):
        build_graph([Triple("Q1", "P1", "Q2"), Redirect("Q1", "Q2"), Redirect("Q2", "Q1")])


def test_a_qualifier_stays_with_its_statement():
    triples = [Triple("Q1", f"P{number}", "Q2") for number in range(4)]
    told = [
        Qualifier(triples[2], "P9", "1999", "date"),
        Qualifier(triples[2], "P8", "Q7"),
        Qualifier(triples[0], "P9", "12.5", "quantity", "Q11573"),
    ]

    graph, builder = build_graph([*triples, *told, Qualifier(Triple("Q2", "P1", "Q1"), "P9", "1", "string")])

    row = {graph.triple(triple).relation: number for number, triple in enumerate(graph.triples)}
    assert graph.qualifiers_of(row["P2"]) == [told[1], told[0]]
    assert graph.qualifiers_of(row["P0"]) == [told[2]]
    assert graph.qualifiers_of(row["P1"]) == []
    assert builder.skipped == {"qualifier_without_triple": 1}


def test_names_are_kept_by_language_and_other_languages_are_counted():
    records = [
        EntityRecord("Q1", "Munich", title="Munich", num_sitelinks=250),
        EntityRecord("Q1", "München", ("Minga",), language="de"),
        EntityRecord("Q1", "Monaco di Baviera", language="it"),
    ]

    graph, builder = build_graph([Triple("Q1", "P1", "Q2"), *records], languages=("en", "de"))

    assert (graph.entities.labels[0], graph.entities.titles[0], int(graph.num_sitelinks[0])) == (
        "Munich",
        "Munich",
        250,
    )
    assert graph.names_in("de").surfaces(0) == ("München", "Minga")
    assert graph.names_in("fr") is graph.entities
    assert builder.skipped == {"other_language": 1}
