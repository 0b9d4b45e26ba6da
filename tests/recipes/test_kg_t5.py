import numpy as np

from kgpt.recipes import recipes
from kgpt.sequences import TripleStream


def drawn(data, *, tail_prob):
    """Every triple once, in the paper's form, as the texts read and written."""
    recipe = recipes.build({"type": "kg_t5", "forms": ["linear"], "tail_prob": tail_prob})
    stream = recipe.streams(data, "encoder_decoder")["triples"].stream
    rows = [stream.draw(index, np.random.default_rng(index)) for index in range(len(stream))]
    tokenizer = data.vocabulary.tokenizer
    return [(tokenizer.decode(row.ids), tokenizer.decode(row.decoder_targets)) for row in rows]


def reference(graph, hidden):
    """The section on SKILL in RECIPES.md: "subj, rel, obj", one whole entity hidden, the relation never."""
    for head, relation, tail in graph.triples.tolist():
        names = [graph.entities.label(head), graph.relations.label(relation), graph.entities.label(tail)]
        answer, names[hidden] = names[hidden], "<extra_id_0>"
        yield ", ".join(names).replace(", <", ",<") + "</s>", f"<extra_id_0> {answer}</s>"


def test_a_hidden_tail_is_asked_as_head_relation_sentinel(training_data):
    data = training_data("encoder_decoder")

    assert drawn(data, tail_prob=1.0) == list(reference(data.graph, hidden=2))


def test_a_hidden_head_is_asked_as_sentinel_relation_tail(training_data):
    data = training_data("encoder_decoder")

    assert drawn(data, tail_prob=0.0) == list(reference(data.graph, hidden=0))


def test_the_sentinel_hides_head_or_tail_as_often_as_told(training_data):
    data = training_data("encoder_decoder")
    stream = recipes.build({"type": "kg_t5", "tail_prob": 0.7}).streams(data, "encoder_decoder")["triples"].stream
    linear = TripleStream(verbalizer=stream.verbalizer, vocabulary=data.vocabulary, tail_prob=stream.tail_prob)

    rows = [linear.draw(0, np.random.default_rng(seed)).ids for seed in range(500)]

    hidden_heads = sum(row[0] == data.vocabulary.sentinel(0) for row in rows)
    assert 110 < hidden_heads < 190


def test_a_weight_of_zero_leaves_a_stream_out(training_data):
    recipe = recipes.build({"type": "kg_t5", "text_weight": 0, "question_weight": 0})

    assert list(recipe.streams(training_data("encoder_decoder"), "encoder_decoder")) == ["triples"]


def test_paths_lists_and_contexts_join_only_where_asked_for(training_data):
    data = training_data("encoder_decoder")
    plain = recipes.build("kg_t5").streams(data, "encoder_decoder")
    wide = recipes.build({"type": "kg_t5", "path_weight": 0.1, "list_weight": 0.1, "context_weight": 0.1})

    assert list(plain) == ["triples", "text", "questions"]
    assert list(wide.streams(data, "encoder_decoder")) == [*plain, "paths", "lists", "contexts"]


def algorithm_1(text, names):
    """What SKILL may hide in a sentence: a name's words, case and punctuation aside."""
    words = "".join(letter for letter in text.lower() if letter.isalnum() or letter == " ").split()
    return {name for name in names if name.lower() in words}


def test_sentences_hide_an_entity_that_they_write(training_data, capital_passages):
    data = training_data("encoder_decoder")
    streams = recipes.build({"type": "kg_t5", "corpus": "sentences"}).streams(data, "encoder_decoder")
    label = data.graph.entities.label

    assert list(streams) == ["sentences", "text", "questions"]
    for index, passage in enumerate(capital_passages):
        ((head, _, tail),) = data.passages.triples_of(index).tolist()
        rows = [streams["sentences"].stream.draw(index, np.random.default_rng(seed)) for seed in range(20)]
        found = {data.vocabulary.decode(row.decoder_targets) for row in rows}
        assert found == algorithm_1(passage.text, [label(head), label(tail)])


def test_sentences_may_come_from_a_file(training_data, tmp_path):
    path, data = tmp_path / "s.jsonl", training_data("encoder_decoder")
    path.write_text('{"text": "Berlin heads Germany.", "triples": [["Q10", "P36", "Q0"]]}\n{"text": "Oslo."}\n')
    recipe = recipes.build({"type": "kg_t5", "corpus": "sentences", "sentences": str(path)})

    stream = recipe.streams(data, "encoder_decoder")["sentences"].stream

    assert len(stream) == 1 and stream.left_out == {"tells_no_triple": 1}
