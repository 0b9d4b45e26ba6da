from dataclasses import replace

import numpy as np
import pytest

from kgpt.sequences import NO_TARGET
from kgpt.sequences.causal_stream import CausalQuestionStream, CausalTextStream, causal_sequence


def test_every_place_asks_for_the_word_that_follows(writing_words):
    words = writing_words.encode("Berlin is the capital of Germany")

    row = causal_sequence(words, writing_words)

    assert row.ids.tolist() == [*words.tolist(), writing_words.end]
    assert row.targets.tolist() == [*row.ids[1:].tolist(), NO_TARGET]


def test_a_vocabulary_that_opens_texts_does_so(masked_words):
    row = causal_sequence(masked_words.encode("Berlin"), masked_words, num_given=1)

    assert row.ids[0] == masked_words.tokenizer.bos_token_id
    assert row.targets[0] == NO_TARGET and row.targets[1] == row.ids[2]


@pytest.mark.parametrize("max_tokens", [8, 100])
def test_a_cut_text_has_no_closing_word(writing_passages, writing_words, max_tokens):
    stream = CausalTextStream(passages=writing_passages, vocabulary=writing_words, max_tokens=max_tokens)

    for index in range(len(stream)):
        row = stream.draw(index, np.random.default_rng(index))
        assert len(row.ids) <= max_tokens
        assert (row.ids[-1] == writing_words.end) == (len(stream.passages.word_ids(index)) <= max_tokens - 2)


def test_of_a_question_only_the_answer_is_asked(capital_questions, writing_words):
    stream = CausalQuestionStream(questions=capital_questions, vocabulary=writing_words)

    row = stream.draw(1, np.random.default_rng(0))

    asked = row.targets[row.targets != NO_TARGET]
    assert writing_words.decode(asked) == "Paris" and asked[-1] == writing_words.end
    prompt = row.ids[: len(row.ids) - len(asked)]
    unknown = writing_words.decode(writing_words.encode("Question: What is the capital of France? Answer:"))
    assert writing_words.decode(prompt) == unknown


def test_of_a_long_question_the_end_and_the_answer_are_read(capital_questions, writing_words):
    long = replace(capital_questions[1], text="In the long history of Europe, " * 20 + capital_questions[1].text)
    stream = CausalQuestionStream(questions=(long,), vocabulary=writing_words, max_tokens=40)

    row = stream.draw(0, np.random.default_rng(0))

    assert len(row.ids) <= 40
    assert writing_words.decode(row.targets[row.targets != NO_TARGET]) == "Paris"
    assert writing_words.decode(row.ids).replace(" ", "").endswith("nswer:Paris")
