import pytest

from kgpt.linking.function_words import articles, calendar_words, forms_of_address, function_words, keys_of
from kgpt.linking.tokenizing import tokenize


@pytest.mark.parametrize(("language", "word"), [("en", "the"), ("de", "und"), ("ja", "これ"), ("fr", "avec")])
def test_a_language_has_its_function_words(language, word):
    assert word in function_words(language)


@pytest.mark.parametrize(("language", "word"), [("en", "july"), ("de", "montag"), ("fr", "août"), ("zh-Hans", "七月")])
def test_a_language_has_its_months_and_days(language, word):
    assert word in calendar_words(language)


@pytest.mark.parametrize("language", ["xx", "tlh", "simple", "", "qq-QQ"])
def test_an_unknown_language_has_none(language):
    assert not function_words(language)
    assert not calendar_words(language)
    assert (articles(language), forms_of_address(language)) == ((), ())


def test_keys_are_of_words_of_one_token():
    keys = keys_of(("the", "don't", ""))

    assert keys.tolist() == tokenize("The", fold_case=True).keys.tolist()
