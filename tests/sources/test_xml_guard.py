import gzip
import io

import pytest

from kgpt.errors import DataError
from kgpt.sources import xml_guard
from kgpt.sources.xml_guard import GuardedXml, read_root

HEAD = '<?xml version="1.0"?>\n'


@pytest.mark.parametrize(
    "content",
    [
        HEAD + "<a/>",
        "\ufeff" + HEAD + "<!-- <!DOCTYPE a> --> <?pi <!DOCTYPE?> <a><![CDATA[<!DOCTYPE a>]]></a>",
        "",
    ],
)
def test_xml_without_a_doctype_passes(tmp_path, content):
    (tmp_path / "a.rdf").write_text(content, "utf-8")

    assert read_root(tmp_path / "a.rdf", what="RDF/XML") in (b"<a/>", b"<a>", b"")


@pytest.mark.parametrize("before", ["", HEAD, HEAD + f"<!--{'x' * 200_000}-->", HEAD + "\n" * 200_000])
def test_a_doctype_is_refused_wherever_it_stands(tmp_path, before):
    (tmp_path / "a.rdf.gz").write_bytes(gzip.compress(f'{before}<!DOCTYPE a [<!ENTITY b "c">]><a/>'.encode()))

    with pytest.raises(DataError, match=r"RDF/XML with a DOCTYPE is refused \(entity bombs\); remove the declaration"):
        read_root(tmp_path / "a.rdf.gz", what="RDF/XML")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp037"])
def test_an_encoding_that_hides_a_doctype_is_refused(tmp_path, encoding):
    (tmp_path / "a.rdf").write_bytes((HEAD + "<!DOCTYPE a><a/>").encode(encoding))

    with pytest.raises(DataError, match=r"a\.rdf: not RDF/XML"):
        read_root(tmp_path / "a.rdf", what="RDF/XML")


@pytest.mark.parametrize("content", ["<!-- open", HEAD, "<?pi"])
def test_a_file_without_an_element_is_refused(tmp_path, monkeypatch, content):
    monkeypatch.setattr(xml_guard, "_MAX_PROLOG_BYTES", 99)
    (tmp_path / "a.rdf").write_text(content + "x" * 99 if content != HEAD else content)

    with pytest.raises(DataError, match="not TriX: no element within the first 99 bytes"):
        read_root(tmp_path / "a.rdf", what="TriX")


def read_through(content, path="a.rdf"):
    root = b"<x:a b='>'>" if content.startswith(b"<x:a") else content
    guarded = GuardedXml(io.BytesIO(content), path, root, what="RDF/XML")
    assert guarded.read() == content
    guarded.check_end()


@pytest.mark.parametrize("content", [b"<x:a>t</x:a>", b"<x:a><b/></x:a >\n<!-- end -->\n<?pi?> ", b"<a/>", b""])
def test_a_whole_file_passes(content):
    read_through(content)


@pytest.mark.parametrize("content", [b"<x:a>", b"<x:a><b/>", b"<x:a></x:ab>", b"<x:a></x:a><!--", b"<x:a></b></x"])
def test_a_file_that_breaks_off_is_told(content):
    with pytest.raises(
        DataError, match=r"a\.rdf: not RDF/XML: <x:a> is not closed; the file was cut off: get it again"
    ):
        read_through(content)


def test_text_without_end_is_refused(monkeypatch):
    monkeypatch.setattr(xml_guard, "MAX_LINE_BYTES", 99)

    read_through(b"<x:a>" + b"<b>x</b>" * 99 + b"</x:a>")
    with pytest.raises(DataError, match="more than 99 bytes of text without a tag; split it"):
        read_through(b"<x:a>" + b"x" * 99)
