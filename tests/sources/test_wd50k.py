import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgpt.errors import DataError
from kgpt.records import Qualifier, Triple
from kgpt.sources.wd50k import StatementFiles, is_statement

ids = st.from_regex(r"[QP]\d{1,6}", fullmatch=True)


@given(st.lists(st.tuples(ids, ids, ids, st.lists(st.tuples(ids, ids), max_size=3))))
def test_statements_come_back_as_they_were_written(tmp_path_factory, statements):
    path = tmp_path_factory.mktemp("wd50k") / "a.txt"
    path.write_text("".join(f"{','.join([*s[:3], *sum(s[3], ())])}\n" for s in statements))

    expected = [item for h, r, t, pairs in statements for item in (Triple(h, r, t), *((p, v) for p, v in pairs))]
    found = [(i.relation, i.value) if isinstance(i, Qualifier) else i for i in StatementFiles(path).read()]

    assert found == expected


def test_a_qualifier_knows_its_statement(tmp_path):
    (tmp_path / "a.txt").write_text("Q1,P1,Q2,P3,Q4\n")

    assert list(StatementFiles(tmp_path / "a.txt").read())[1] == Qualifier(Triple("Q1", "P1", "Q2"), "P3", "Q4")


def test_a_folder_is_read_by_its_splits(tmp_path):
    for split in ("train", "valid", "test"):
        (tmp_path / f"{split}.txt").write_text(f"Q1,P1,{split}\n")

    assert [item.tail for item in StatementFiles(tmp_path, splits=("train", "test")).read()] == ["train", "test"]


@pytest.mark.parametrize("line", ["Q1,P1", "Q1,P1,Q2,P3", "Q1,,Q2", "Q1\tP1\tQ2"])
def test_a_line_that_is_no_statement_is_told_with_its_number(tmp_path, line):
    (tmp_path / "a.txt").write_text(f"Q1,P1,Q2\n{line}\n")

    with pytest.raises(DataError, match=r"a\.txt:2: expected head, relation and tail, then pairs of a qualifier"):
        list(StatementFiles(tmp_path / "a.txt").read())


def test_statements_are_told_from_other_lines():
    assert [is_statement(line) for line in ("Q1,P1,Q2", "Q1,P1,Q2,P3", "a,b,c", "", "Q1\tP1\tQ2")] == [
        True,
        False,
        False,
        False,
        False,
    ]


@pytest.mark.real
@pytest.mark.parametrize(("split", "num_rows"), [("train", 132_869), ("valid", 18_951), ("test", 36_825)])
def test_real_statements_are_read(shared_data, split, num_rows):
    items = list(StatementFiles(shared_data / "kg" / f"wd50k_statements_{split}.txt.gz").read())

    assert sum(isinstance(item, Triple) for item in items) == num_rows
    assert any(isinstance(item, Qualifier) for item in items)
