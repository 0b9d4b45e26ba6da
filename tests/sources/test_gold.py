import json

import pytest

from kgpt.errors import DataError
from kgpt.records import NIL, Link
from kgpt.sources.gold import read_gold

NIF = """@prefix nif: <http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#> .
@prefix its: <http://www.w3.org/2005/11/its/rdf#> . @prefix wd: <http://www.wikidata.org/entity/> .
<http://d/0> a nif:Context ; nif:isString "Berlin grows" .
<http://d/0m> nif:referenceContext <http://d/0> ; nif:beginIndex {begin} ;
  nif:endIndex {end} ; its:taIdentRef wd:Q64 .
"""


def elevant(folder, **changes):
    label = {"span": [0, 6], "entity_id": "Q64"}
    value = {"id": 3, "text": "Berlin grows", "labels": [label]} | changes
    path = folder / "gold.jsonl"
    path.write_text(json.dumps(value))
    return list(read_gold(path))


def nif(folder, **span):
    path = folder / "gold.ttl"
    path.write_text(NIF.format(**span))
    return list(read_gold(path))


def test_an_elevant_label_is_a_link(tmp_path):
    (document,) = elevant(tmp_path)

    assert (document.id, document.links) == ("3", (Link(0, 6, "Q64"),))


@pytest.mark.parametrize(
    ("label", "links"),
    [
        ({"span": [0, 6], "entity_id": "Q64", "optional": True}, ()),
        ({"span": [0, 6], "entity_id": "DATETIME"}, ()),
        ({"span": [0, 6], "entity_id": "Unknown1"}, (Link(0, 6, NIL),)),
    ],
)
def test_labels_that_are_not_scored_give_no_link(tmp_path, label, links):
    assert elevant(tmp_path, labels=[label])[0].links == links


def test_labels_out_of_the_evaluation_span_are_not_scored(tmp_path):
    assert elevant(tmp_path, evaluation_span=[3, 12])[0].links == ()


def test_repeated_labels_count_once(tmp_path):
    assert len(elevant(tmp_path, labels=[{"span": [0, 6], "entity_id": "Q64"}] * 2)[0].links) == 1


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"labels": [{"span": [0, 6]}]}, "not an ELEVANT document: KeyError: 'entity_id'"),
        (
            {"labels": [{"span": [0, 99], "entity_id": "Q64"}], "evaluation_span": [0, 200]},
            "lies out of the text",
        ),
        ({"labels": [{"span": [2, 2], "entity_id": "Q64"}]}, "link to Q64 has the empty span [2, 2)"),
    ],
)
def test_malformed_elevant_is_told_with_its_line(tmp_path, changes, told):
    with pytest.raises(DataError) as caught:
        elevant(tmp_path, **changes)

    assert str(caught.value).startswith(f"{tmp_path / 'gold.jsonl'}:1: ")
    assert told in str(caught.value)


def test_kgpts_own_documents_are_gold_too(tmp_path):
    path = tmp_path / "gold.jsonl"
    path.write_text('{"text": "Berlin", "links": [{"start": 0, "end": 6, "entity": "Q64"}]}')

    assert next(read_gold(path)).links == (Link(0, 6, "Q64"),)


def test_a_nif_mention_is_a_link(tmp_path):
    (document,) = nif(tmp_path, begin=0, end=6)

    assert (document.id, document.text, document.links) == (
        "http://d/0",
        "Berlin grows",
        (Link(0, 6, "Q64"),),
    )


@pytest.mark.parametrize(
    ("begin", "end", "told"), [('"x"', 6, "no span of a text"), (0, 60, "out of the"), (6, 6, "no span")]
)
def test_a_nif_mention_without_a_span_in_the_text_is_told_with_the_file(tmp_path, begin, end, told):
    with pytest.raises(DataError, match=rf"gold\.ttl: .*{told}"):
        nif(tmp_path, begin=begin, end=end)


def test_turtle_that_does_not_parse_is_told_with_the_file(tmp_path):
    (tmp_path / "gold.ttl").write_text("<a")

    with pytest.raises(DataError, match=r"gold\.ttl: not NIF in Turtle"):
        list(read_gold(tmp_path / "gold.ttl"))
