import gzip

import pytest

from kgpt.errors import DataError
from kgpt.records import NIL, Document, Dropped, Link
from kgpt.sources import open_documents

NIF = """@prefix nif: <http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#> .
@prefix its: <http://www.w3.org/2005/11/its/rdf#> . @prefix wd: <http://www.wikidata.org/entity/> .
<http://d/0m> nif:referenceContext {context} ; nif:beginIndex {begin} ;
  nif:endIndex {end} ; its:taIdentRef {entity} {more} .
<http://d/0> a nif:Context ; nif:isString "Berlin grows" .
"""


def read(folder, *, begin="0", end="6", entity="wd:Q64", more="", context="<http://d/0>"):
    path = folder / "gold.ttl.gz"
    content = NIF.format(begin=begin, end=end, entity=entity, more=more, context=context)
    path.write_bytes(gzip.compress(content.encode()))
    return list(open_documents(str(path)).read())


def test_a_mention_is_a_link(tmp_path):
    assert read(tmp_path) == [Document("http://d/0", "Berlin grows", (Link(0, 6, "Q64"),))]


@pytest.mark.parametrize(
    ("entity", "told"),
    [
        ("<https://www.wikidata.org/wiki/Q64>", "Q64"),
        ("<http://aksw.org/notInWiki/Berlin>", NIL),
        ("<http://dbpedia.org/resource/Berlin>", "http://dbpedia.org/resource/Berlin"),
    ],
)
def test_addresses_are_entities(tmp_path, entity, told):
    (document,) = read(tmp_path, entity=entity)

    assert isinstance(document, Document) and document.links == (Link(0, 6, told),)


def test_a_mention_that_drifted_goes_back_to_its_words(tmp_path):
    (document,) = read(tmp_path, begin="2", end="8", more='; nif:anchorOf "Berlin"')

    assert isinstance(document, Document) and document.links == (Link(0, 6, "Q64"),)


def test_a_mention_whose_words_are_nowhere_is_left_out(tmp_path):
    document, dropped = read(tmp_path, more='; nif:anchorOf "Bonn"')

    assert isinstance(document, Document) and document.links == ()
    assert dropped == Dropped("http://d/0m", "span_without_surface", is_part=True)


def test_a_mention_that_names_no_entity_is_left_out_and_counted(tmp_path):
    content = NIF.format(begin=0, end=6, entity="wd:Q64", more="", context="<http://d/0>")
    path = tmp_path / "gold.ttl"
    path.write_text(content + "<http://d/1m> a nif:Phrase ; nif:referenceContext <http://d/0> .", "utf-8")

    dropped, document = open_documents(str(path)).read()

    assert isinstance(document, Document) and document.links == (Link(0, 6, "Q64"),)
    assert dropped == Dropped("http://d/1m", "mention_without_entity", is_part=True)


def test_a_mention_out_of_its_text_goes_back_to_its_words_too(tmp_path):
    (document,) = read(tmp_path, begin="30", end="36", more='; nif:anchorOf "Berlin"')

    assert isinstance(document, Document) and document.links == (Link(0, 6, "Q64"),)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"begin": '"x"'}, "beginIndex 'x', endIndex '6': no span of a text"),
        ({"end": "60"}, "out of the text, which has 12 code points"),
        ({"begin": "6"}, "no span of a text"),
        ({"context": "<http://d/9>"}, "referenceContext 'http://d/9' has no text"),
    ],
)
def test_a_mention_without_a_span_in_a_text_is_told_with_the_file(tmp_path, changes, told):
    with pytest.raises(DataError, match=rf"gold\.ttl\.gz: mention http://d/0m: .*{told}"):
        read(tmp_path, **changes)


@pytest.mark.parametrize(("name", "content"), [("a.ttl", b"<a"), ("a.ttl.gz", b"<a"), ("a.ttl", b"\xff")])
def test_what_is_no_turtle_is_told_with_the_file(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)

    with pytest.raises(DataError, match=rf"{name}: (not NIF in Turtle|torn or not what its suffix says)"):
        list(open_documents(str(tmp_path / name)).read())
