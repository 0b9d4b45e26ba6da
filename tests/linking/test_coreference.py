import pytest

from kgpt.linking.coreference import Reading, with_repeats
from kgpt.linking.function_words import keys_of
from kgpt.linking.tokenizing import tokenize

FUNCTION_WORDS = keys_of(("then", "so", "mr"))


def repeated(text, *readings):
    return with_repeats(tokenize(text, fold_case=True), readings, FUNCTION_WORDS)


FULL = Reading(0, 2, 7, 0.8)


def test_the_last_word_of_a_name_means_what_the_name_meant():
    found = repeated("Bob Nardelli left. Then Nardelli returned.", FULL)

    assert found == [FULL, Reading(5, 6, 7, pytest.approx(0.72))]


@pytest.mark.parametrize(
    "text",
    [
        "Bob Nardelli left. Then nardelli returned.",
        "Bob Nardelli left. Susan Nardelli returned.",
        "Bob Nardelli left. Nardelli Street is long.",
        "Bob Nardelli left. Somebody returned.",
    ],
)
def test_a_word_that_does_not_stand_alone_means_nothing(text):
    assert repeated(text, FULL) == [FULL]


def test_forms_of_address_may_stand_before_it():
    assert len(repeated("Bob Nardelli left. Mr Nardelli returned.", FULL)) == 2


def test_a_word_before_the_name_is_no_repeat():
    reading = Reading(3, 5, 7, 0.8)

    assert repeated("Nardelli left. Bob Nardelli returned.", Reading(4, 6, 7, 0.8)) == [Reading(4, 6, 7, 0.8)]
    assert repeated("Nardelli left for Bob Nardelli", reading) == [reading]


def test_the_nearest_name_before_is_meant():
    readings = (FULL, Reading(3, 5, 8, 0.9))

    found = repeated("Bob Nardelli . Sue Nardelli . So Nardelli left", *readings)

    assert [one.entity for one in found] == [7, 8, 8]


def test_a_surer_link_of_the_word_stays():
    sure, unsure = Reading(3, 4, 9, 0.95), Reading(3, 4, 9, 0.3)

    assert repeated("Bob Nardelli . Nardelli left", FULL, sure) == [FULL, sure]
    assert [one.entity for one in repeated("Bob Nardelli . Nardelli left", FULL, unsure)] == [7, 7]


def test_an_unsure_name_is_not_repeated():
    unsure = Reading(0, 2, 7, 0.2)

    assert repeated("Bob Nardelli . Nardelli left", unsure) == [unsure]
