import bz2
import gzip
import lzma

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from kgpt import io
from kgpt.errors import DataError

COMPRESSIONS = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress, "zst": zstandard.compress}
LINES = "".join(f"Q{i}\tP1\tQ{i * i}\n" for i in range(20_000)).encode()


@pytest.mark.parametrize("suffix", COMPRESSIONS)
def test_a_compressed_file_is_read_line_by_line(tmp_path, suffix):
    path = tmp_path / f"triples.tsv.{suffix}"
    path.write_bytes(COMPRESSIONS[suffix](LINES))

    lines = list(io.read_lines(path))

    assert len(lines) == 20_000
    assert lines[-1] == (20_000, "Q19999\tP1\tQ399960001")


@pytest.mark.parametrize("suffix", COMPRESSIONS)
def test_a_file_of_several_compressed_parts_is_read_to_its_end(tmp_path, suffix):
    path = tmp_path / f"triples.tsv.{suffix}"
    path.write_bytes(COMPRESSIONS[suffix](LINES[:100_000]) + COMPRESSIONS[suffix](LINES[100_000:]))

    assert sum(1 for _ in io.read_lines(path)) == 20_000


@pytest.mark.parametrize("suffix", COMPRESSIONS)
def test_a_torn_file_is_refused_with_its_path(tmp_path, suffix):
    path = tmp_path / f"triples.tsv.{suffix}"
    content = COMPRESSIONS[suffix](LINES)
    path.write_bytes(content[: len(content) // 2])

    with pytest.raises(DataError, match=rf"triples\.tsv\.{suffix}: torn or not what its suffix says, after line \d+: "):
        list(io.read_lines(path))


@pytest.mark.parametrize("suffix", COMPRESSIONS)
def test_a_plain_file_under_a_compressed_suffix_is_refused(tmp_path, suffix):
    path = tmp_path / f"triples.tsv.{suffix}"
    path.write_bytes(LINES)

    with pytest.raises(DataError, match="torn or not what its suffix says"):
        io.read_bytes(path)


@pytest.mark.parametrize("num_bytes", [3, 4, 13])
def test_a_bzip2_file_cut_within_its_first_bytes_is_refused(tmp_path, num_bytes):
    (tmp_path / "a.bz2").write_bytes(bz2.compress(LINES)[:num_bytes])

    with pytest.raises(DataError, match="torn or not what its suffix says"):
        io.read_bytes(tmp_path / "a.bz2")


def test_bzip2_is_read_without_the_library_for_several_cores(tmp_path, monkeypatch):
    (tmp_path / "a.bz2").write_bytes(bz2.compress(LINES))
    monkeypatch.setattr(io, "find_spec", lambda _: None)

    assert io.read_bytes(tmp_path / "a.bz2") == LINES


@pytest.mark.parametrize("name", ["a.zip", "a.tar", "a.tar.gz", "a.tgz", "a.7z"])
def test_an_archive_is_refused_with_what_to_do(tmp_path, name):
    (tmp_path / name).touch()

    with pytest.raises(DataError, match=rf"{name}: an archive of files; unpack it and give the file or folder inside"):
        io.open_bytes(tmp_path / name)


@pytest.mark.parametrize("suffix", COMPRESSIONS)
def test_a_line_without_end_is_refused_before_it_fills_the_memory(tmp_path, monkeypatch, suffix):
    monkeypatch.setattr(io, "MAX_LINE_BYTES", 2**20)
    (tmp_path / f"a.json.{suffix}").write_bytes(COMPRESSIONS[suffix](b"{}\n" + b" " * 2**24))

    with pytest.raises(DataError, match=rf"a\.json\.{suffix}:2: a line of more than 1,048,576 bytes; write one record"):
        list(io.read_lines(tmp_path / f"a.json.{suffix}"))


def test_a_file_too_large_for_one_piece_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(io, "MAX_WHOLE_BYTES", 9)
    (tmp_path / "a.json").write_bytes(b"x" * 10)

    with pytest.raises(DataError, match=r"a\.json: more than 9 bytes in one piece; split the file"):
        io.read_bytes(tmp_path / "a.json")


def test_lines_before_a_tear_are_given_out(tmp_path):
    content = gzip.compress(LINES)
    (tmp_path / "a.tsv.gz").write_bytes(content[: len(content) - 9])
    lines = io.read_lines(tmp_path / "a.tsv.gz")

    with pytest.raises(DataError, match=r"after line 1\d{4}:"):
        list(lines)


def test_a_gzip_file_with_damaged_bits_inside_is_refused(tmp_path):
    path = tmp_path / "triples.tsv.gz"
    content = bytearray(gzip.compress(LINES))
    content[len(content) // 2 : len(content) // 2 + 2_000] = b"\xff" * 2_000
    path.write_bytes(content)

    with pytest.raises(DataError, match=r"torn or not what its suffix says|not UTF-8"):
        list(io.read_lines(path))


def test_a_line_that_is_not_utf8_is_told_with_its_number(tmp_path):
    path = tmp_path / "a.tsv"
    path.write_bytes(b"fine\n\nbad \xff\n")

    with pytest.raises(DataError, match=r"a\.tsv:3: not UTF-8 \(invalid start byte at byte 4\)"):
        list(io.read_lines(path))


def test_a_missing_file_is_told_with_its_path(tmp_path):
    with pytest.raises(DataError, match=r"none\.tsv: no such file \(input\); check the path"):
        list(io.read_lines(tmp_path / "none.tsv"))


def test_a_byte_order_mark_and_windows_line_ends_are_passed_over(tmp_path):
    path = tmp_path / "a.tsv"
    path.write_bytes(b"\xef\xbb\xbfQ1\tP1\r\nQ2\r\n")

    assert list(io.read_lines(path)) == [(1, "Q1\tP1"), (2, "Q2")]


@given(st.lists(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\r\n\ufeff"))))
def test_lines_keep_their_numbers_and_blank_ones_are_passed_over(tmp_path_factory, lines):
    path = tmp_path_factory.mktemp("lines") / "a.txt"
    path.write_bytes("".join(line + "\n" for line in lines).encode())

    expected = [(number, line) for number, line in enumerate(lines, start=1) if line.encode().strip()]

    assert list(io.read_lines(path)) == expected


@pytest.mark.parametrize(
    ("line", "told"),
    [("{", "not JSON"), ("[1]", r"expected a JSON object, found '\[1\]'"), ("x" * 99, r"'x{60}'")],
)
def test_a_line_that_is_no_json_object_is_told_with_its_place(tmp_path, line, told):
    path = tmp_path / "a.jsonl"
    path.write_text('{"a": 1}\n' + line)

    with pytest.raises(DataError, match=rf"a\.jsonl:2: .*{told}"):
        list(io.read_json_lines(path))


def test_json_that_is_not_utf8_is_told_with_its_path(tmp_path):
    (tmp_path / "a.json").write_bytes(b'{"a": "\xff"}')

    with pytest.raises(DataError, match=r"a\.json: not UTF-8"):
        io.read_json(tmp_path / "a.json")


def test_the_plain_suffix_sets_compression_aside(tmp_path):
    assert [io.plain_suffix(tmp_path / name) for name in ("a.tsv.gz", "a.ttl", "a.gz")] == [
        ".tsv",
        ".ttl",
        "",
    ]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(alphabet=st.characters(codec="utf-8")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abcd"), inner, max_size=3),
    max_leaves=8,
)


@given(st.lists(st.dictionaries(st.sampled_from("abcd"), json_values), max_size=5))
def test_json_lines_come_back_as_they_were_written(tmp_path_factory, values):
    path = tmp_path_factory.mktemp("json") / "a.jsonl"

    assert io.write_json_lines(path, values) == len(values)
    assert [value for _, value in io.read_json_lines(path)] == values


@given(st.dictionaries(st.text(alphabet="abc"), st.integers(0, 9)))
def test_equal_values_have_equal_fingerprints_whatever_their_order(value):
    assert io.fingerprint(value) == io.fingerprint(dict(reversed(value.items())))


def test_different_files_have_different_fingerprints(tmp_path):
    (tmp_path / "a").write_bytes(b"1")
    (tmp_path / "b").write_bytes(b"2")

    assert io.fingerprint_file(tmp_path / "a") != io.fingerprint_file(tmp_path / "b")
