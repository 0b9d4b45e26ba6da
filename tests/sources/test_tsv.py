import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgpt.errors import DataError
from kgpt.records import EntityRecord, Literal, Qualifier, Redirect, RelationRecord, Triple
from kgpt.sources.tsv import LabelledFolder, TriplesFile

cells = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\t\r\n\ufeff"), min_size=1).filter(str.strip)


def test_a_folder_gives_triples_names_and_literals(tmp_path):
    (tmp_path / "triples.tsv").write_text("Q1\tP1\tQ2\tsource\n")
    (tmp_path / "entities.tsv.gz").write_bytes(gzip.compress("Q1\tCafe\u0301\tBistro| |Bar\ta  place\nQ2\n".encode()))
    (tmp_path / "properties.tsv").write_text("P1\tnear\n")
    (tmp_path / "literals.tsv").write_text("Q1\tP2\t1999\tdate\nQ1\tP3\t5\tquantity\tmetre\n")

    assert list(LabelledFolder(tmp_path).read()) == [
        Triple("Q1", "P1", "Q2"),
        EntityRecord("Q1", "Café", ("Bistro", "Bar"), "a place"),
        EntityRecord("Q2"),
        RelationRecord("P1", "near"),
        Literal("Q1", "P2", "1999", "date"),
        Literal("Q1", "P3", "5", "quantity", "metre"),
    ]


def test_a_folder_may_also_hold_languages_sitelinks_qualifiers_and_redirects(tmp_path):
    contents = {
        "triples.tsv": "Q1\tP1\tQ2",
        "entities.tsv": "Q1\tone",
        "entities.pt-br.tsv": "Q1\tum\tuno",
        "entities.backup.txt": "no names",
        "relations.de.tsv": "P1\tnahe",
        "sitelinks.tsv": "Q1\tOne  (number)\t7\nQ2\tTwo",
        "literals.tsv": "Q1\tP2\teins\tstring\t\tmonolingualtext\tde",
        "qualifiers.tsv": "Q1\tP1\tQ2\tP580\t1999\tdate\nQ1\tP1\tQ2\tP3\tQ4\tentity",
        "redirects.tsv": "Q3\tQ1",
    }
    for name, content in contents.items():
        (tmp_path / name).write_text(content)
    triple = Triple("Q1", "P1", "Q2")

    assert list(LabelledFolder(tmp_path).read()) == [
        triple,
        EntityRecord("Q1", "one"),
        EntityRecord("Q1", "um", ("uno",), language="pt-br"),
        RelationRecord("P1", "nahe", language="de"),
        EntityRecord("Q1", title="One (number)", num_sitelinks=7),
        EntityRecord("Q2", title="Two"),
        Literal("Q1", "P2", "eins", datatype="monolingualtext", language="de"),
        Qualifier(triple, "P580", "1999", "date"),
        Qualifier(triple, "P3", "Q4"),
        Redirect("Q3", "Q1"),
    ]


@given(st.lists(st.builds(Triple, cells, cells, cells)))
def test_triples_come_back_as_they_were_written(tmp_path_factory, triples):
    path = tmp_path_factory.mktemp("tsv") / "triples.tsv"
    path.write_bytes("".join(f"{t.head}\t{t.relation}\t{t.tail}\n" for t in triples).encode())

    assert list(TriplesFile(path).read()) == triples


@pytest.mark.parametrize(
    ("name", "line", "told"),
    [
        ("triples.tsv", "Q1 P1 Q2", "expected head, relation and tail separated by tabs, found 'Q1 P1 Q2'"),
        ("triples.tsv", "Q1\t\tQ2", "expected head, relation and tail"),
        ("entities.tsv", "\tBerlin", "expected id, label, aliases and description separated by tabs"),
        ("entities.tsv", "a\tb\tc\td\te", "expected id, label, aliases and description"),
        ("relations.tsv", "\tnear", "expected id, label, aliases and description"),
        ("literals.tsv", "Q1\tP1\t5\tnumber", "kind (date, quantity, string) and unit"),
        ("literals.tsv", "Q1\tP1\t\tdate", "expected head, relation, value"),
        ("qualifiers.tsv", "Q1\tP1\tQ2\tP3\tx\ttext", "kind (entity, date, quantity, string) and unit"),
        ("redirects.tsv", "Q1\tQ2\tQ3", "expected an id and the one it now is"),
        ("sitelinks.tsv", "Q1\tOne\tmany", "expected id, title and a number"),
    ],
)
def test_a_malformed_line_is_told_with_file_number_and_form(tmp_path, name, line, told):
    fine = {
        "triples.tsv": "Q1\tP1\tQ2",
        "literals.tsv": "Q1\tP1\t5\tdate",
        "qualifiers.tsv": "Q1\tP1\tQ2\tP3\tQ4\tentity",
        "redirects.tsv": "Q1\tQ2",
    }
    (tmp_path / "triples.tsv").write_text(fine["triples.tsv"])
    (tmp_path / name).write_text(f"{fine.get(name, 'Q1')}\n{line}\n")

    with pytest.raises(DataError) as caught:
        list(LabelledFolder(tmp_path).read())

    assert str(caught.value).startswith(f"{tmp_path / name}:2: ")
    assert told in str(caught.value)


def test_a_folder_without_triples_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"no triples\.tsv \(or \.gz \.bz2 \.xz \.zst\) in the folder"):
        list(LabelledFolder(tmp_path).read())
