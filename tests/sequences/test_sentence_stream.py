import numpy as np
import pytest

from kgpt.kg import build_graph
from kgpt.records import Document, EntityRecord, Literal, RelationRecord, Triple
from kgpt.sequences import train_vocabulary
from kgpt.sequences.aligned_facts import AlignedFacts
from kgpt.sequences.sentence_stream import sentences_of_documents, sentences_of_passages
from kgpt.verbalization.document_source import DocumentSource

GRAPH, _ = build_graph(
    [
        EntityRecord("Q1", "Ada Lovelace"),
        EntityRecord("Q2", "London (city)"),
        EntityRecord("Q3", "10 December 1815"),
        RelationRecord("P19", "birthplace"),
        Triple("Q1", "P19", "Q2"),
        Triple("Q1", "P569", "Q3"),
        Literal("Q1", "P570", "1852-11-27", "date"),
    ]
)
BORN, DATED = Triple("Q1", "P19", "Q2"), Triple("Q1", "P569", "Q3")


@pytest.fixture
def hidden():
    """What may be hidden in a text that tells some triples, and the stream."""

    def hide(text, *triples, max_tokens=99):
        words = train_vocabulary([text] * 9, size=100, starts_text=False)
        source = DocumentSource([Document("d", text, triples=triples)], GRAPH)
        stream = sentences_of_documents(source, GRAPH, words, max_tokens=max_tokens)
        drawn = [stream.draw(0, np.random.default_rng(seed)) for seed in range(60)] if len(stream) else []
        return {words.decode(row.decoder_targets) for row in drawn}, stream

    return hide


def test_one_place_of_a_subject_or_object_is_hidden_in_full(hidden):
    found, _ = hidden("Ada Lovelace was born in LONDON, and LONDON it was.", BORN)

    assert found == {"Ada Lovelace", "LONDON"}


def test_dates_are_found_by_what_they_mean(hidden):
    found, _ = hidden("She was born on December 10, 1815 and died on 27 November 1852, not in 1816.", DATED)

    assert found == {"December 10, 1815", "27 November 1852"}


def test_a_sentence_without_a_match_is_counted(hidden):
    _, stream = hidden("She was born there.", BORN)

    assert len(stream) == 0 and stream.left_out == {"no_match": 1}


def test_what_is_cut_is_not_hidden(hidden):
    found, _ = hidden("Ada Lovelace was so very, very often and so very gladly born in LONDON", BORN, max_tokens=12)

    assert found == {"Ada Lovelace"}


def test_the_text_and_its_answer_are_the_sentence(writing_passages, writing_words, capital_passages, capitals):
    stream = sentences_of_passages(AlignedFacts(writing_passages, capitals), writing_words, max_tokens=99)

    assert len(stream) == 5 and not stream.left_out
    for index, passage in enumerate(capital_passages):
        city, country = passage.text.split()[0], passage.text.split()[5]
        for seed in range(6):
            row = stream.draw(index, np.random.default_rng(seed))
            answer = writing_words.decode(row.decoder_targets)
            assert answer in {city, country}
            read = writing_words.tokenizer.decode(row.ids).replace("<extra_id_0>", f" {answer}").strip()
            assert read.removesuffix("</s>") == passage.text


def test_sentences_of_held_out_facts_are_not_read(writing_passages, writing_words, capitals):
    held = writing_passages.triples_of(2)[0]
    less = capitals.with_triples(capitals.triples[~(capitals.triples == held).all(axis=1)])

    assert len(sentences_of_passages(AlignedFacts(writing_passages, less), writing_words, max_tokens=99)) == 4
