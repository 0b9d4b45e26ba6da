import bz2
import gzip
import json
import lzma
from collections import Counter

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from kgpt.errors import DataError
from kgpt.records import Dropped, EntityRecord, Literal, Qualifier, Redirect, RelationRecord, Triple
from kgpt.sources.wikidata_dump import WikidataDump


def snak(kind, value, relation="P1", datatype=""):
    return {
        "snaktype": "value",
        "property": relation,
        "datatype": datatype,
        "datavalue": {"type": kind, "value": value},
    }


def item_snak(target, relation="P1"):
    return snak("wikibase-entityid", {"entity-type": "item", "numeric-id": int(target[1:]), "id": target}, relation)


def statement(mainsnak, rank="normal", **others):
    return {"mainsnak": mainsnak, "rank": rank, "type": "statement", **others}


def texts(**by_language):
    return {code: {"language": code, "value": value} for code, value in by_language.items()}


def read(folder, *entities, **options):
    path = folder / "dump.json"
    path.write_text("[\n" + ",\n".join(json.dumps(entity) for entity in entities) + "\n]\n", "utf-8")
    return list(WikidataDump(path, **options).read())


def said(folder, mainsnak):
    """What an entity's only statement becomes."""
    return read(folder, {"id": "Q9", "claims": {"P1": [statement(mainsnak)]}})[1:]


def test_an_item_gives_names_title_and_popularity(tmp_path):
    item = {
        "id": "Q64",
        "type": "item",
        "labels": texts(en="Ber  lin", de="Berlin", fr="Berlin"),
        "aliases": {"en": [{"language": "en", "value": "Spree-Athen"}, {"language": "en", "value": " "}]},
        "descriptions": texts(en="capital", de="Hauptstadt"),
        "sitelinks": {name: {"site": name, "title": name[:2]} for name in ("enwiki", "dewiki", "frwikiquote")},
    }

    assert read(tmp_path, item, languages=("en", "de")) == [
        EntityRecord("Q64", "Ber lin", ("Spree-Athen",), "capital", "", "en", 3),
        EntityRecord("Q64", "Berlin", (), "Hauptstadt", "de", "de", 0),
    ]


def test_a_language_without_names_gives_no_record_but_the_main_one_does(tmp_path):
    assert read(tmp_path, {"id": "Q64", "labels": texts(fr="Berlin")}, languages=("en", "de")) == [EntityRecord("Q64")]


@pytest.mark.parametrize(("fallback", "label", "aliases"), [("mul", "Ada", ("A", "B")), ("none", "", ("A",))])
def test_names_for_all_languages_stand_in_for_a_missing_label(tmp_path, fallback, label, aliases):
    entity = {
        "id": "Q7",
        "labels": texts(mul="Ada"),
        "aliases": {"en": [{"value": "A"}], "mul": [{"value": "B"}]},
        "descriptions": texts(en="poet"),
    }

    assert read(tmp_path, entity, fallback=fallback) == [EntityRecord("Q7", label, aliases, "poet")]


def test_empty_maps_may_be_lists_and_fields_may_be_missing(tmp_path):
    empty = {field: [] for field in ("labels", "aliases", "descriptions", "claims", "sitelinks")}

    assert read(tmp_path, {"id": "Q1"} | empty, {"id": "Q2"}) == [EntityRecord("Q1"), EntityRecord("Q2")]


def test_a_property_is_a_relation(tmp_path):
    entity = {"id": "P36", "type": "property", "datatype": "wikibase-item", "labels": texts(en="capital")}

    assert read(tmp_path, entity) == [RelationRecord("P36", "capital")]


@pytest.mark.parametrize(
    ("mainsnak", "record"),
    [
        (item_snak("Q3"), Triple("Q9", "P1", "Q3")),
        (snak("wikibase-entityid", {"entity-type": "item", "numeric-id": 3}), Triple("Q9", "P1", "Q3")),
        (snak("wikibase-entityid", {"entity-type": "property", "numeric-id": 3}), Triple("Q9", "P1", "P3")),
        (snak("time", {"time": "+1952-03-11T00:00:00Z", "precision": 11}), Literal("Q9", "P1", "1952-03-11", "date")),
        (snak("time", {"time": "+1952-00-00T00:00:00Z", "precision": 8}), Literal("Q9", "P1", "195X", "date")),
        (
            snak("quantity", {"amount": "+2.50", "unit": "http://www.wikidata.org/entity/Q11573"}),
            Literal("Q9", "P1", "2.50", "quantity", "Q11573"),
        ),
        (snak("quantity", {"amount": "-3", "unit": "1"}), Literal("Q9", "P1", "-3", "quantity")),
        (
            snak("monolingualtext", {"text": "Guten  Tag", "language": "de"}, datatype="monolingualtext"),
            Literal("Q9", "P1", "Guten Tag", "string", "", "monolingualtext", "de"),
        ),
        (
            snak("string", "978", datatype="external-id"),
            Literal("Q9", "P1", "978", "string", "", "external-id"),
        ),
        (
            snak("globecoordinate", {"latitude": 52.5, "longitude": 13, "altitude": None, "precision": None}),
            Literal("Q9", "P1", "52.5,13", "string"),
        ),
        ({"snaktype": "somevalue", "property": "P1"}, Dropped("Q9", "somevalue")),
        ({"snaktype": "novalue", "property": "P1"}, Dropped("Q9", "novalue")),
        (snak("string", "  "), Dropped("Q9", "malformed_string")),
        (snak("quantity", {"amount": "many"}), Dropped("Q9", "malformed_quantity")),
        (snak("globecoordinate", {}), Dropped("Q9", "malformed_globecoordinate")),
        (snak("wikibase-entityid", {"entity-type": "lexeme"}), Dropped("Q9", "malformed_wikibase_entityid")),
        (snak("time", {"time": "+0000-00-00T00:00:00Z", "precision": 9}), Dropped("Q9", "malformed_time")),
        (snak("time", {"time": "-13798000000-00-00T00:00:00Z", "precision": 3}), Dropped("Q9", "vague_date")),
        (snak("bad", {"error": "gone"}), Dropped("Q9", "unknown_value_type")),
        (snak("boolean", True), Dropped("Q9", "unknown_value_type")),
    ],
)
def test_a_statement_becomes_a_record(tmp_path, mainsnak, record):
    assert said(tmp_path, mainsnak) == [record]


@pytest.mark.parametrize(
    ("ranks", "targets", "reasons"),
    [("best", ["Q2"], {"deprecated": 1, "not_best_rank": 1}), ("all", ["Q1", "Q2"], {"deprecated": 1})],
)
def test_ranks_decide_which_statements_stay(tmp_path, ranks, targets, reasons):
    ranked = [("Q1", "normal"), ("Q2", "preferred"), ("Q3", "deprecated")]
    claims = {"P1": [statement(item_snak(target), rank) for target, rank in ranked]}
    items = read(tmp_path, {"id": "Q9", "claims": claims}, ranks=ranks)

    assert [item.tail for item in items if isinstance(item, Triple)] == targets
    assert Counter(item.reason for item in items if isinstance(item, Dropped)) == reasons


def test_qualifiers_of_statements_between_entities_are_kept_and_others_counted(tmp_path):
    since = {
        "P580": [snak("time", {"time": "+1999-00-00T00:00:00Z", "precision": 9}, "P580"), item_snak("Q5", "P580")],
        "P2": [snak("quantity", {"amount": "+4", "unit": "http://www.wikidata.org/entity/Q8"}, "P2")],
        "P3": [{"snaktype": "novalue", "property": "P3"}],
    }
    claims = {
        "P1": [statement(item_snak("Q3"), qualifiers=since)],
        "P4": [
            statement(snak("string", "x", "P4"), qualifiers=since),
            statement(snak("string", "y", "P4"), qualifiers=[]),
        ],
    }
    triple = Triple("Q9", "P1", "Q3")

    assert read(tmp_path, {"id": "Q9", "claims": claims})[1:] == [
        triple,
        Qualifier(triple, "P580", "1999", "date"),
        Qualifier(triple, "P580", "Q5"),
        Qualifier(triple, "P2", "4", "quantity", "Q8"),
        Dropped("Q9", "qualifier_novalue"),
        Literal("Q9", "P4", "x"),
        *[Dropped("Q9", "qualifier_of_literal")] * 4,
        Literal("Q9", "P4", "y"),
    ]


def test_redirects_are_told_in_both_forms(tmp_path):
    moved = {"id": "Q2", "redirects": {"from": "Q1", "to": "Q2"}}

    assert read(tmp_path, {"entity": "Q3", "redirect": "Q4"}, moved) == [
        Redirect("Q3", "Q4"),
        EntityRecord("Q2"),
        Redirect("Q1", "Q2"),
    ]


def test_lexemes_and_media_are_counted(tmp_path):
    lexeme = {"id": "L1", "type": "lexeme", "lemmas": texts(en="run"), "claims": {}}

    assert read(tmp_path, lexeme, {"id": "M1", "type": "mediainfo", "labels": [], "statements": []}) == [
        Dropped("L1", "lexeme"),
        Dropped("M1", "mediainfo"),
    ]


@pytest.mark.parametrize(
    "content",
    [
        '{"id": "Q1"}\n{"id": "Q2"}\n',
        '[\n{"id": "Q1"},\n{"id": "Q2"}\n]',
        '[{"id": "Q1"}, {"id": "Q2"}]',
        '[\n{"id": "Q1"},\r\n{"id":"Q2"}\r\n]\n',
    ],
)
def test_a_dump_is_one_entity_a_line_or_an_array(tmp_path, content):
    (tmp_path / "a.ndjson.gz").write_bytes(gzip.compress(content.encode()))

    assert [item.id for item in WikidataDump(tmp_path / "a.ndjson.gz").read()] == ["Q1", "Q2"]


def test_an_array_without_its_end_is_counted(tmp_path):
    (tmp_path / "a.json").write_text('[\n{"id": "Q1"},\n')

    assert list(WikidataDump(tmp_path / "a.json").read())[1:] == [Dropped("a.json", "array_not_closed")]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('{"id": "Q2", "claims": {"P1": [', r"not a Wikidata entity \(Input data was truncated\): '\{\"id\": \"Q2\""),
        ('{"id": "Q2", "claims": {"P1": 5}}', r"not a Wikidata entity \(Expected `array`"),
        ('{"id": 5}', "not a Wikidata entity"),
        ('{"a": 5}', "an entity without id; one entity a line is expected"),
        ("<html>", "not a Wikidata entity"),
    ],
)
def test_a_line_that_is_no_entity_is_told_with_its_number(tmp_path, line, told):
    (tmp_path / "a.json").write_text('[\n{"id": "Q1"},\n' + line)

    with pytest.raises(DataError, match=rf"a\.json:3: {told}"):
        list(WikidataDump(tmp_path / "a.json").read())


@pytest.mark.parametrize("suffix", ["gz", "bz2", "xz", "zst"])
def test_a_compressed_dump_that_was_cut_off_is_told(tmp_path, suffix):
    pack = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress, "zst": zstandard.compress}[suffix]
    content = pack(b"[\n" + b'{"id": "Q1"},\n' * 99_999 + b'{"id": "Q2"}\n]\n')
    (tmp_path / f"a.json.{suffix}").write_bytes(content[:-20])

    with pytest.raises(DataError, match=rf"a\.json\.{suffix}: torn or not what its suffix says, after line \d+"):
        list(WikidataDump(tmp_path / f"a.json.{suffix}").read())


def test_a_dump_that_is_not_utf8_is_told_with_its_number(tmp_path):
    (tmp_path / "a.json").write_bytes(b'{"id": "Q1", "labels": {"en": {"value": "\xff"}}}\n')

    with pytest.raises(DataError, match=r"a\.json:1: not a Wikidata entity"):
        list(WikidataDump(tmp_path / "a.json").read())


values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["id", "labels", "en", "value", "claims", "P1", "mainsnak"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["id", "type", "labels", "claims", "sitelinks", "redirect"]), values))
def test_whatever_the_json_is_it_is_read_or_refused_in_words(tmp_path_factory, entity):
    path = tmp_path_factory.mktemp("wikidata") / "a.json"
    path.write_text(json.dumps(entity))

    try:
        list(WikidataDump(path).read())
    except DataError as error:
        assert str(error).startswith(f"{path}:1: ")


@pytest.mark.real
def test_real_items_give_their_truthy_statements(shared_data):
    items = list(WikidataDump(shared_data / "dumps" / "wikibase-dump-filter-entities.ndjson.gz").read())
    kinds = Counter(item.reason if isinstance(item, Dropped) else type(item).__name__ for item in items)

    assert (kinds["EntityRecord"], kinds["Triple"], kinds["Literal"]) == (49, 1_729, 1_837)
    assert (kinds["Qualifier"], kinds["deprecated"], kinds["not_best_rank"]) == (637, 12, 698)
    assert (kinds["somevalue"], kinds["novalue"], kinds["vague_date"]) == (1, 4, 1)


@pytest.mark.real
def test_a_real_dump_in_an_old_serialisation_is_read(shared_data):
    kinds = Counter(
        type(item).__name__ for item in WikidataDump(shared_data / "dumps" / "wdtk-mock-dump-with-bugs.json").read()
    )

    assert kinds == {"EntityRecord": 55, "RelationRecord": 46, "Triple": 148, "Qualifier": 7}
