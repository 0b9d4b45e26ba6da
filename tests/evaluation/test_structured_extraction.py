import pytest
import torch

from kgpt.errors import CheckpointError
from kgpt.evaluation.structured_extraction import (
    StructureDecoder,
    evaluate_structured_extraction,
    extraction_items,
    score_structures,
)
from kgpt.model import LoadedModel, build_model
from kgpt.sequences.structure_format import StructureFormat
from kgpt.sequences.structure_grammar import GraphNamesInWords
from kgpt.verbalization.structure import parse_structure


@pytest.fixture(scope="module")
def items(capital_passages, capitals):
    return list(extraction_items(capital_passages, capitals))


@pytest.fixture(scope="module")
def form(writing_words):
    return StructureFormat(vocabulary=writing_words)


def test_items_are_passages_with_facts_between_their_mentions(items, capital_passages):
    assert [item.facts for item in items][:2] == [
        (("Germany", "capital", "Berlin"),),
        (("France", "capital", "Paris"),),
    ]
    assert [item.id for item in items] == [passage.id for passage in capital_passages]


@pytest.mark.parametrize("num_beams", [1, 3])
def test_a_model_that_knows_nothing_is_well_formed_when_held(writer, items, form, capitals, num_beams):
    figures = {
        (row.subset, row.metric): row.value
        for row in evaluate_structured_extraction(
            writer, items, capitals, form=form, max_new_words=40, num_beams=num_beams, batch_size=2
        )
    }

    assert figures["constrained", "malformed_frac"] == 0
    assert figures["free", "malformed_frac"] > 0
    assert {metric for _, metric in figures} == {"precision", "recall", "f1", "malformed_frac"}


def test_what_is_written_under_the_constraint_is_of_source_and_graph(writer, items, form, capitals):
    decoder = StructureDecoder(writer, GraphNamesInWords(capitals, form), "triple", 1, 40)

    written = decoder.write([item.text for item in items], is_constrained=True)

    assert any(parse_structure(text) for text in written)
    for item, text in zip(items, written, strict=True):
        for head, relation, tail in parse_structure(text):
            assert relation in {"capital", "capital of", "borders"}
            assert {head.replace(" ", ""), tail.replace(" ", "")} <= substrings(item.text, form.vocabulary)


def substrings(text, vocabulary):
    plain = vocabulary.decode(vocabulary.encode(text)).replace(" ", "")
    return {plain[i:j] for i in range(len(plain)) for j in range(i + 1, len(plain) + 1)}


def test_another_family_is_held_too(tiny, writing_words, items, form, capitals):
    torch.manual_seed(0)
    bart = LoadedModel(build_model(tiny("bart"), writing_words, capitals, {}), writing_words, "encoder_decoder", {})

    rows = evaluate_structured_extraction(bart, items, capitals, form=form, max_new_words=20)

    assert {row.value for row in rows if (row.subset, row.metric) == ("constrained", "malformed_frac")} == {0.0}


def test_an_encoder_is_refused(reader, items, form, capitals):
    with pytest.raises(CheckpointError, match="encoder-decoder"):
        evaluate_structured_extraction(reader, items, capitals, form=form)


def test_scores_are_micro_and_names_are_compared_in_normal_form():
    gold = [[("the Moon", "orbits", "Earth"), ("a", "r", "b")], [("x", "r", "y")]]
    written = ["( Moon ; orbits ; earth ) ( a ; r ; c )", "( x ; r ; y ) ( x ; r ; y )"]

    right, found, all_gold = 2, 3, 3
    precision, recall = right / found, right / all_gold
    assert score_structures(written, gold) == pytest.approx(
        {"precision": precision, "recall": recall, "f1": 2 / (1 / precision + 1 / recall), "malformed_frac": 0}
    )


def test_a_bad_parse_states_nothing():
    assert score_structures(["( a ; r ; b ) ("], [[("a", "r", "b")]]) == {
        "precision": 0,
        "recall": 0,
        "f1": 0,
        "malformed_frac": 1,
    }
