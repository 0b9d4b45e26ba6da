from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgpt.errors import DataError
from kgpt.sources.address import Address, open_reader, parse_address

FORMS = ("wikidata", "kgtk")


@dataclass(frozen=True)
class Reader:
    path: Path
    languages: tuple[str, ...] = ("en",)
    ranks: Literal["best", "all"] = "best"
    header: bool = True
    limit: int | None = None
    name: str = ""


@dataclass(frozen=True)
class Column:
    path: Path
    column: str


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a/b.tsv", ("", "a/b.tsv", {})),
        ("kgtk:a/b.tsv.gz", ("kgtk", "a/b.tsv.gz", {})),
        ("embedded:atlas", ("embedded", "atlas", {})),
        ("wikidata:d.json?languages=en,de&ranks=all", ("wikidata", "d.json", {"languages": "en,de", "ranks": "all"})),
        ("d.json?name=a=b%26c", ("", "d.json", {"name": "a=b%26c"})),
    ],
)
def test_a_source_is_a_form_a_path_and_options(source, expected):
    assert parse_address(source, forms=FORMS) == Address(source, *expected)


@pytest.mark.parametrize("name", ["what?.tsv", "kgtk:a.tsv", "a.tsv?ranks=all", "nope:b"])
def test_a_path_that_is_there_is_taken_as_it_is_written(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).touch()

    assert parse_address(name, forms=FORMS) == Address(name, "", name)


def test_a_path_with_a_question_mark_may_stand_behind_a_form(tmp_path):
    (tmp_path / "why?.tsv").touch()

    assert parse_address(f"kgtk:{tmp_path}/why?.tsv", forms=FORMS).path == tmp_path / "why?.tsv"


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("wikidatta:d.json", r"no such file, and no form is called 'wikidatta'; did you mean 'wikidata'\?"),
        ("d.json?ranks", r"expected OPTION=VALUE behind the '\?', joined by '&'; found 'ranks'"),
        ("d.json?", r"found ''"),
        ("d.json?a=1&a=2", "the option 'a' stands there twice; keep one"),
    ],
)
def test_a_source_that_cannot_be_taken_apart_is_told(source, told):
    with pytest.raises(DataError, match=told):
        parse_address(source, forms=FORMS)


def test_options_set_the_fields_of_a_reader():
    address = parse_address("d?languages=en,de&ranks=all&header=false&limit=3&name=a%26b", forms=FORMS)

    assert open_reader(Reader, address, address.path) == Reader(Path("d"), ("en", "de"), "all", False, 3, "a&b")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ("rank=all", r"d\?rank=all: no such option: 'rank'; did you mean 'ranks'\?"),
        ("path=e", "no such option: 'path'; allowed: header, "),
        ("ranks=bests", r"ranks: found 'bests'; did you mean 'best'\?"),
        ("header=maybe", "header: found 'maybe'; allowed: false, true"),
        ("languages=en,,de", "languages: expected values separated by commas, found 'en,,de'"),
        ("languages=,", "languages: expected values separated by commas, found ','"),
        ("limit=few", "limit: expected int, found 'few'"),
    ],
)
def test_an_option_that_the_reader_does_not_take_is_told(options, told):
    address = parse_address(f"d?{options}", forms=FORMS)

    with pytest.raises(DataError, match=told):
        open_reader(Reader, address, address.path)


def test_an_option_that_is_needed_is_told():
    with pytest.raises(DataError, match=r"the option 'column' is needed; write `\?column=VALUE` behind it"):
        open_reader(Column, parse_address("d", forms=FORMS), Path("d"))


@pytest.mark.parametrize("source", ["~nobody-here/a.tsv", "x" * 5_000])
def test_what_cannot_be_a_path_is_one_where_nothing_lies(source):
    with pytest.raises(DataError, match="no such file or folder"):
        parse_address(source, forms=FORMS).resolve("graphs")


@given(st.text(min_size=1).filter(lambda text: "\0" not in text))
def test_whatever_is_written_is_taken_apart_or_refused_in_words(source):
    try:
        assert parse_address(source, forms=FORMS).source == source
    except DataError as error:
        assert source in str(error)
