import gzip

import pytest

from kgpt.errors import DataError
from kgpt.sources import xml_prolog
from kgpt.sources.xml_prolog import refuse_doctype

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

    refuse_doctype(tmp_path / "a.rdf", what="RDF/XML")


@pytest.mark.parametrize("before", ["", HEAD, HEAD + f"<!--{'x' * 200_000}-->", HEAD + "\n" * 200_000])
def test_a_doctype_is_refused_wherever_it_stands(tmp_path, before):
    (tmp_path / "a.rdf.gz").write_bytes(gzip.compress(f'{before}<!DOCTYPE a [<!ENTITY b "c">]><a/>'.encode()))

    with pytest.raises(DataError, match=r"RDF/XML with a DOCTYPE is refused \(entity bombs\); remove the declaration"):
        refuse_doctype(tmp_path / "a.rdf.gz", what="RDF/XML")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp037"])
def test_an_encoding_that_hides_a_doctype_is_refused(tmp_path, encoding):
    (tmp_path / "a.rdf").write_bytes((HEAD + "<!DOCTYPE a><a/>").encode(encoding))

    with pytest.raises(DataError, match=r"a\.rdf: not RDF/XML"):
        refuse_doctype(tmp_path / "a.rdf", what="RDF/XML")


@pytest.mark.parametrize("content", ["<!-- open", HEAD, "<?pi"])
def test_a_file_without_an_element_is_refused(tmp_path, monkeypatch, content):
    monkeypatch.setattr(xml_prolog, "_MAX_PROLOG_BYTES", 99)
    (tmp_path / "a.rdf").write_text(content + "x" * 99 if content != HEAD else content)

    with pytest.raises(DataError, match="not TriX: no element within the first 99 bytes"):
        refuse_doctype(tmp_path / "a.rdf", what="TriX")
