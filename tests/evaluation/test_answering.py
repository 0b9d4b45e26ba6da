from dataclasses import replace

import pytest
import torch

from kgpt.errors import CheckpointError
from kgpt.evaluation import answer

QUESTIONS = ["What is the capital of Germany?", "What is the capital of Spain and of Norway, and why?", "Rome?"]


def written(loaded, question, max_new_tokens):
    """What greedy decoding writes, and the product of its steps' probabilities."""
    inputs = loaded.vocabulary.tokenizer(question, return_tensors="pt")
    words, chance = [loaded.model.config.decoder_start_token_id], 1.0
    while len(words) <= max_new_tokens and words[-1] != loaded.vocabulary.end:
        logits = loaded.model.backbone(**inputs, decoder_input_ids=torch.tensor([words])).logits[0, -1]
        chance *= logits.softmax(dim=0).max().item()
        words.append(int(logits.argmax()))
    return loaded.vocabulary.decode(words), chance


def test_an_answers_probability_is_the_product_of_its_steps(writer):
    found = answer(writer, QUESTIONS, max_new_tokens=6)

    for question, (best,) in zip(QUESTIONS, found, strict=True):
        text, chance = written(writer, f"{question} <extra_id_0>", 6)
        assert best.text == text
        assert best.probability == pytest.approx(chance, rel=1e-4)


def test_several_answers_come_best_first_and_share_one_probability(writer):
    for found in answer(writer, QUESTIONS, num_answers=4, max_new_tokens=3):
        chances = [one.probability for one in found]
        assert chances == sorted(chances, reverse=True)
        assert all(chance > 0 for chance in chances)
        assert sum(chances) <= 1 + 1e-5


def test_the_best_of_several_is_at_least_as_probable_as_the_greedy_one(writer):
    greedy, beam = (answer(writer, QUESTIONS, num_answers=num, max_new_tokens=3) for num in (1, 8))

    assert all(many[0].probability >= one[0].probability * 0.999 for one, many in zip(greedy, beam, strict=True))


def test_answers_do_not_depend_on_the_batch(writer):
    alone = [answer(writer, [question], max_new_tokens=4)[0][0] for question in QUESTIONS]
    together = [found[0] for found in answer(writer, QUESTIONS, max_new_tokens=4, batch_size=2)]

    assert [one.text for one in alone] == [one.text for one in together]
    assert [one.probability for one in alone] == pytest.approx([one.probability for one in together], rel=1e-4)


def test_a_checkpoint_of_others_is_asked_in_plain_words(writer):
    (found,) = answer(replace(writer, about={}), QUESTIONS[:1], max_new_tokens=4)

    assert found[0].probability == pytest.approx(written(writer, QUESTIONS[0], 4)[1], rel=1e-4)


def test_no_question_has_no_answer(writer):
    assert answer(writer, []) == []


def test_an_encoder_answers_nothing(reader):
    with pytest.raises(CheckpointError, match="needs a model that writes; this checkpoint is an encoder: use `cloze`"):
        answer(reader, QUESTIONS)


def spoken(loaded, question, max_new_tokens):
    """What greedy decoding goes on with after the prompt, word by word."""
    words = [loaded.vocabulary.tokenizer.bos_token_id, *loaded.vocabulary.encode(f"Question: {question} Answer:")]
    given, chance = len(words), 1.0
    while len(words) < given + max_new_tokens and words[-1] != loaded.vocabulary.end:
        logits = loaded.model.backbone(torch.tensor([words])).logits[0, -1]
        chance *= logits.softmax(dim=0).max().item()
        words.append(int(logits.argmax()))
    return loaded.vocabulary.decode(words[given:]), chance


def test_a_decoder_goes_on_with_the_prompt_whatever_the_batch(speaker):
    found = answer(speaker, QUESTIONS, max_new_tokens=5)

    for question, (best,) in zip(QUESTIONS, found, strict=True):
        text, chance = spoken(speaker, question, 5)
        assert best.text == text
        assert best.probability == pytest.approx(chance, rel=1e-3)


def test_the_probability_of_a_line_is_not_that_of_what_follows_it(speaker, monkeypatch):
    asked = QUESTIONS[:1]
    ((one_word,),) = answer(speaker, asked, max_new_tokens=1)
    decode = type(speaker.vocabulary).decode
    monkeypatch.setattr(type(speaker.vocabulary), "decode", lambda self, ids: f"{decode(self, ids[:1])}\n and more")

    ((line,),) = answer(speaker, asked, max_new_tokens=5)

    assert line.text == one_word.text.strip()
    assert line.probability == pytest.approx(one_word.probability, rel=1e-3)


def test_a_decoder_gives_several_answers_best_first(speaker):
    (found,) = answer(speaker, QUESTIONS[:1], num_answers=3, max_new_tokens=3)

    assert len(found) == 3
    assert [one.probability for one in found] == sorted((one.probability for one in found), reverse=True)


def test_of_an_answer_in_steps_the_last_is_taken_and_its_ways_are_summed(writer, monkeypatch):
    stepwise = replace(writer, about={"recipe": {"type": "kg_t5", "answer_steps": True}})
    question = ["Who borders the country of Berlin?"]
    ways = [["Germany | France", "Spain | France", "Germany | Spain"][place % 3] for place in range(16)]
    (single,) = answer(writer, question, num_answers=16, max_new_tokens=72)
    expected = {
        end: sum(one.probability for way, one in zip(ways, single, strict=True) if way.endswith(end))
        for end in ("France", "Spain")
    }
    told = iter(ways)
    monkeypatch.setattr("kgpt.evaluation.answering._first_line", lambda _: next(told))

    (found,) = answer(stepwise, question, num_answers=5)

    assert {one.text: one.probability for one in found} == pytest.approx(expected)
    assert found[0].probability >= found[1].probability
