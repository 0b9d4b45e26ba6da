from collections import Counter

import pytest

from kgpt.errors import DataError
from kgpt.records import Dropped, EntityRecord, Literal, Qualifier, RelationRecord, Triple
from kgpt.sources import kgtk
from kgpt.sources.kgtk import KgtkFile


def read(folder, *rows, header="node1\tlabel\tnode2\tid", **options):
    path = folder / "claims.tsv"
    path.write_text("\n".join([header, *("\t".join(row) for row in rows)]), "utf-8")
    return list(KgtkFile(path, **options).read())


def test_edges_become_triples_literals_and_names(tmp_path):
    rows = [
        ("Q64", "P36", "Q5", "a"),
        ("Q64", "P571", "^1237-00-00T00:00:00Z/9", "b"),
        ("Q64", "P2046", "+891.5Q712226", "c"),
        ("Q64", "P1", "'Berlin'@de", "d"),
        ("Q64", "label", "'Berlin'@en-gb", "e"),
        ("Q64", "alias", "'Spree-Athen'@de", "f"),
        ("P36", "description", "'seat of government'@en", "g"),
        ("Q64", "label", "'Berlino'@it", "h"),
        ("Q64", "P2", "novalue", "i"),
        ("Q64", "P2", "", "j"),
        ("", "P2", "Q1", "k"),
    ]

    assert read(tmp_path, *rows, languages=("en", "de")) == [
        Triple("Q64", "P36", "Q5"),
        Literal("Q64", "P571", "1237", "date"),
        Literal("Q64", "P2046", "891.5", "quantity", "Q712226"),
        Literal("Q64", "P1", "Berlin", language="de"),
        EntityRecord("Q64", label="Berlin"),
        EntityRecord("Q64", aliases=("Spree-Athen",), language="de"),
        RelationRecord("P36", description="seat of government"),
        Dropped("Q64", "other_language"),
        Dropped("Q64", "novalue"),
        Dropped("Q64", "no_value"),
        Dropped("k", "no_value"),
    ]


def test_columns_are_found_by_their_names(tmp_path):
    header = "rank\tnode2;wikidatatype\tto\tid\tpredicate\tfrom\tlabel;lang"
    rows = [
        ("normal", "external-id", '"978"', "a", "P1", "Q1", "en"),
        ("deprecated", "wikibase-item", "Q3", "b", "P1", "Q1", "en"),
    ]

    assert read(tmp_path, *rows, header=header) == [
        Literal("Q1", "P1", "978", datatype="external-id"),
        Dropped("Q1", "deprecated"),
    ]


def test_an_edge_about_an_edge_qualifies_it(tmp_path, monkeypatch):
    monkeypatch.setattr(kgtk, "_MAX_EDGES", 2)
    rows = [
        ("Q1", "P1", "Q2", "e1"),
        ("e1", "P580", "^1999-00-00T00:00:00Z/9", "q1"),
        ("Q1", "P2", "+5", "e2"),
        ("e2", "P580", "^1999-00-00T00:00:00Z/9", "q2"),
        ("Q1", "P1", "Q3", "e3"),
        ("e1", "P3", "Q4", "q3"),
        ("Q1", "P1", "Q5", "e4"),
        ("Q1", "P1", "Q6", "e5"),
        ("Q9-P1-abc", "P3", "Q4", "q4"),
    ]
    items = read(tmp_path, *rows)

    assert [item for item in items if not isinstance(item, Triple)] == [
        Qualifier(Triple("Q1", "P1", "Q2"), "P580", "1999", "date"),
        Literal("Q1", "P2", "5", "quantity"),
        Dropped("e2", "qualifier_of_literal"),
        Qualifier(Triple("Q1", "P1", "Q2"), "P3", "Q4"),
        Dropped("Q9-P1-abc", "qualifier_of_unknown_edge"),
    ]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("node1\tlabel\nQ1\tP1", r"claims\.tsv:1: expected a header with the column 'node2', found 'node1\\tlabel'"),
        ("node1\tlabel\tnode2\nQ1\tP1", r"claims\.tsv:2: expected 3 columns, as the header names them, found 2: 'Q1"),
    ],
)
def test_a_malformed_file_is_told_with_its_line(tmp_path, content, told):
    (tmp_path / "claims.tsv").write_text(content)

    with pytest.raises(DataError, match=told):
        list(KgtkFile(tmp_path / "claims.tsv").read())


def test_an_empty_file_has_no_edges(tmp_path):
    (tmp_path / "claims.tsv").touch()

    assert list(KgtkFile(tmp_path / "claims.tsv").read()) == []


@pytest.mark.real
@pytest.mark.parametrize(("name", "kind", "num_rows"), [("time", "date", 38_055), ("quantity", "quantity", 105_976)])
def test_real_literals_are_read(shared_data, name, kind, num_rows):
    items = list(KgtkFile(shared_data / "kg" / f"kgtk_arnold_claims.{name}.tsv.gz").read())
    dropped = Counter(item.reason for item in items if isinstance(item, Dropped))

    assert len(items) == num_rows
    assert {item.kind for item in items if isinstance(item, Literal)} == {kind}
    assert not dropped
