import gzip

import numpy as np
import pyoxigraph
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgpt.errors import DataError
from kgpt.kg import build_graph
from kgpt.kg.store import _arrays
from kgpt.records import Dropped
from kgpt.sources import ntriples
from kgpt.sources.base import read_bulk
from kgpt.sources.block import Block, TripleBlock
from kgpt.sources.rdf import RdfFile

WD = "http://www.wikidata.org/"
IRIS = [
    *(f"{WD}entity/Q{number}" for number in range(4)),
    f"{WD}entity/P31",
    f"{WD}entity/statement/Q1-AB",
    f"{WD}prop/direct/P31",
    "http://example.org/a",
    "http://example.org/b%20c",
    "https://en.wikipedia.org/wiki/Berlin",
    "http://commons.wikimedia.org/wiki/Special:FilePath/A%20b.jpg",
    "urn:x:é",
]
PREDICATES = [
    f"{WD}prop/direct/P31",
    f"{WD}prop/direct/P36",
    f"{WD}prop/P31",
    f"{WD}prop/statement/P31",
    "http://example.org/near",
    "http://www.w3.org/2002/07/owl#sameAs",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#type",
    "http://www.w3.org/2000/01/rdf-schema#label",
    "http://www.w3.org/2004/02/skos/core#altLabel",
    "http://schema.org/description",
    "http://schema.org/version",
    "http://schema.org/about",
    "http://wikiba.se/ontology#sitelinks",
]
TEXTS = st.one_of(
    st.text(st.sampled_from('ab é\u0301\u00a0\u2009\u200b\ufeff\t\n"\\.@<>'), max_size=6),
    st.sampled_from(["Berlin", "New York", "München", "e\u0301", "12", " x", "x  y", "東京"]),
)
LITERALS = st.one_of(
    st.builds(pyoxigraph.Literal, TEXTS),
    st.builds(
        lambda text, tag: pyoxigraph.Literal(text, language=tag), TEXTS, st.sampled_from(["en", "de", "en-gb", "it"])
    ),
    st.builds(
        lambda text, kind: pyoxigraph.Literal(
            text, datatype=pyoxigraph.NamedNode(f"http://www.w3.org/2001/XMLSchema#{kind}")
        ),
        st.sampled_from(["1999", "+12", "1999-01-02", "x"]),
        st.sampled_from(["gYear", "decimal", "date"]),
    ),
)
NODES = st.sampled_from(IRIS).map(pyoxigraph.NamedNode)
STATEMENTS = st.lists(
    st.builds(
        pyoxigraph.Triple,
        st.one_of(NODES, st.just(pyoxigraph.BlankNode("b"))),
        st.sampled_from(PREDICATES).map(pyoxigraph.NamedNode),
        st.one_of(NODES, LITERALS),
    ),
    max_size=25,
)
ANCHOR = "<http://example.org/a> <http://example.org/near> <http://example.org/a> .\n"


def once(items):
    """One label, description a head and language: which of several wins depends on their order."""
    seen, kept = set(), []
    for item in items:
        tag = getattr(item.object, "language", None) or ""
        key = (
            (item.subject, tag.split("-")[0] if tag else "en")
            if "el" in str(item.predicate) or "descr" in str(item.predicate)
            else item
        )
        if key not in seen:
            seen.add(key)
            kept.append(item)
    return kept


def built(items):
    graph, builder = build_graph(items, languages=("en", "de"))
    return {name: np.asarray(array).tolist() for name, array in _arrays(graph).items()}, dict(builder.skipped)


@given(STATEMENTS, st.integers(40, 400))
@settings(deadline=None)
def test_blocks_make_the_same_graph_as_records(tmp_path_factory, statements, block_bytes):
    path = tmp_path_factory.mktemp("nt") / "graph.nt"
    path.write_bytes(ANCHOR.encode() + pyoxigraph.serialize(once(statements), format=pyoxigraph.RdfFormat.N_TRIPLES))
    source, usual = RdfFile(path, languages=("en", "de")), ntriples.BLOCK_BYTES

    ntriples.BLOCK_BYTES = block_bytes
    try:
        blocks = built(source.blocks())
    finally:
        ntriples.BLOCK_BYTES = usual

    assert blocks == built(source.read())


def test_plain_lines_come_in_one_block(tmp_path):
    path = tmp_path / "graph.nt.gz"
    path.write_bytes(
        gzip.compress("".join(f"<{IRIS[i]}> <{PREDICATES[0]}> <{IRIS[3]}> .\n" for i in range(3)).encode())
    )

    blocks = [item for item in read_bulk(RdfFile(path)) if isinstance(item, Block)]

    assert [(type(block), len(block.spans)) for block in blocks] == [(TripleBlock, 3)]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('<http://a.b/c> <http://a.b/d> "x" \n', "graph.nt:2: not N-Triples"),
        ("<http://a.b/c> <no iri> <http://a.b/d> .\n", "graph.nt:2: not N-Triples"),
        ("<http://a.b/c> <http://a.b/c> <relative> .\n", "graph.nt:2: not N-Triples"),
        ("<http://a.b/c> <http://a.b/c> <http://a.b/c> . <http://a.b/c>\n", "graph.nt:2: not N-Triples"),
    ],
)
def test_a_malformed_line_is_told_by_its_number(tmp_path, line, message):
    path = tmp_path / "graph.nt"
    path.write_text(ANCHOR + line + ANCHOR)

    with pytest.raises(DataError, match=message):
        list(RdfFile(path).blocks())


def test_bytes_that_are_not_utf8_are_told_by_their_line(tmp_path):
    path = tmp_path / "graph.nt"
    path.write_bytes(ANCHOR.encode() + b'<http://a.b/c> <http://a.b/d> "\xff" .\n')

    with pytest.raises(DataError, match=r"graph.nt:2: not UTF-8"):
        list(RdfFile(path).blocks())


def test_a_torn_file_is_told(tmp_path):
    path = tmp_path / "graph.nt.gz"
    path.write_bytes(gzip.compress((ANCHOR * 1000).encode())[:-20])

    with pytest.raises(DataError, match="torn or not what its suffix says"):
        list(RdfFile(path).blocks())


def test_a_last_line_without_a_break_counts(tmp_path):
    path = tmp_path / "graph.nt"
    path.write_text((ANCHOR * 2).rstrip("\n"))

    assert sum(len(block.spans) for block in RdfFile(path).blocks() if not isinstance(block, Dropped)) == 2
