import numpy as np
import pytest

from kgpt.sequences.path_stream import PathStream
from kgpt.verbalization.pieces import Mention


@pytest.fixture
def read(capitals, writing_words):
    """A stream's sequences as the texts read and written, with the path's own text."""

    def drawn(seeds=range(40), **settings):
        stream = PathStream(graph=capitals, vocabulary=writing_words, **settings)
        tokenizer = writing_words.tokenizer
        for seed in seeds:
            row = stream.draw(seed % len(stream), np.random.default_rng(seed))
            yield tokenizer.decode(row.ids), tokenizer.decode(row.decoder_targets)

    return drawn


def filled(source, target):
    """The text with its answers put where their sentinels stand."""
    parts = target.removesuffix("</s>").split("<extra_id_")[1:]
    for number, part in enumerate(parts):
        source = source.replace(f"<extra_id_{number}>", f" {part.split('> ')[1].strip()}")
    return source.removesuffix("</s>").strip()


def steps(text, graph):
    """Whether a path's text is a walk over the graph, step by step."""
    label, entities = graph.relations.label, [graph.entities.label(i) for i in range(graph.num_entities)]
    known = {(entities[h], label(r), entities[t]) for h, r, t in graph.triples.tolist()}
    names = text.split(", ")
    for here, relation, there in zip(names[:-2:2], names[1:-1:2], names[2::2], strict=True):
        is_inverse = relation.startswith("inverse of ")
        asked = (there, relation.removeprefix("inverse of "), here) if is_inverse else (here, relation, there)
        if asked not in known:
            return False
    return True


def test_what_is_hidden_completes_a_walk_over_the_graph(read, capitals):
    for source, target in read():
        assert steps(filled(source, target), capitals), (source, target)


@pytest.mark.parametrize(
    ("hidden", "hides_end", "num_hidden"), [("end", True, 1), ("middle", False, 1), ("both", True, 2)]
)
def test_end_middle_or_both_are_behind_sentinels(read, hidden, hides_end, num_hidden):
    for source, target in read(num_hops=(2,), hidden=(hidden,)):
        if source.count(", ") + source.count(",<") == 4:
            assert source.endswith("></s>") == hides_end
            assert target.count("<extra_id_") == num_hidden


def test_a_path_that_ends_at_once_hides_its_end(read):
    assert all(source.endswith("<extra_id_0></s>") for source, _ in read(num_hops=(1,), hidden=("middle",)))


def test_the_same_index_and_generator_give_the_same_path(capitals, writing_words):
    stream = PathStream(graph=capitals, vocabulary=writing_words)

    one, two = (stream.draw(3, np.random.default_rng(5)).ids.tolist() for _ in range(2))

    assert one == two


def test_a_composed_path_names_its_relations_and_its_ends_alone(capitals, writing_words, read):
    for source, target in read(num_hops=(2,), hidden=("composed",)):
        assert source.endswith("<extra_id_0></s>")
        assert target.count("<extra_id_") == 1
    stream = PathStream(graph=capitals, vocabulary=writing_words, num_hops=(2,), hidden=("composed",))

    for index in range(len(stream)):
        pieces, (end,) = stream.asked(index, np.random.default_rng(index))
        told = [piece for piece in pieces if isinstance(piece, tuple)]
        assert len(told) == 1 and told[0] != end


def test_a_question_asks_for_the_end_of_the_path(capitals, writing_words):
    stream = PathStream(graph=capitals, vocabulary=writing_words, num_hops=(1,), hidden=("question",))

    asked = {}
    for index in range(len(stream)):
        for seed in range(4):
            (before, start, after), (end,) = stream.asked(index, np.random.default_rng(seed))
            asked[f"{before}{start.name}{after}"] = end.name

    assert asked["What is the capital of Germany? <extra_id_0>"] == "Berlin"
    assert all(text.endswith("? <extra_id_0>") for text in asked)


def test_an_answer_in_steps_names_what_lies_on_the_way(capitals, writing_words):
    stream = PathStream(
        graph=capitals, vocabulary=writing_words, num_hops=(2,), hidden=("question",), steps=True, max_tokens=128
    )

    for index in range(len(stream)):
        _, (answer,) = stream.asked(index, np.random.default_rng(index))
        names = answer.name.split(" | ")
        assert names[-1] == capitals.entities.label(answer.entity)
        assert len(names) <= 2


PARTS = ("end", "middle", "both", "composed", "question")


@pytest.mark.parametrize("hidden", [*((part,) for part in PARTS), PARTS])
@pytest.mark.parametrize("steps", [False, True])
def test_no_pair_that_an_exam_asks_for_stands_in_a_path(capitals, writing_words, hidden, steps):
    asked = frozenset({("Q0", "Q11"), ("Q10", "Q13")})
    names = [{capitals.entities.label(capitals.entity(one)) for one in pair} for pair in asked]

    def joined(**settings):
        stream = PathStream(graph=capitals, vocabulary=writing_words, hidden=hidden, steps=steps, **settings)
        for seed in range(400):
            pieces, answers = stream.asked(seed % len(stream), np.random.default_rng(seed))
            told = {piece.name for piece in pieces if isinstance(piece, Mention)}
            told |= {name for answer in answers for name in answer.name.split(" | ")}
            yield sum(pair <= told for pair in names)

    assert sum(joined()) > 0
    assert sum(joined(kept_out=asked)) == 0


def test_a_fact_that_an_exam_asks_for_is_told_but_not_asked_for_in_words(capitals, writing_words):
    asked = frozenset({("Q0", "Q10")})  # Berlin and Germany
    stream = PathStream(graph=capitals, vocabulary=writing_words, num_hops=(1,), hidden=("question",), kept_out=asked)

    texts = set()
    for seed in range(200):
        pieces, (answer,) = stream.asked(seed % len(stream), np.random.default_rng(seed))
        text = "".join(piece if isinstance(piece, str) else piece.name for piece in pieces)
        if {"Berlin", "Germany"} <= {answer.name, *(piece.name for piece in pieces if isinstance(piece, Mention))}:
            texts.add(text)
        else:
            assert text.endswith("? <extra_id_0>")

    assert "Germany, capital, <extra_id_0>" in texts
    assert not any("?" in text for text in texts)
