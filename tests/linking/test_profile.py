import numpy as np
import pytest

from kgpt.kg import build_graph
from kgpt.linking.alias_index import AliasIndex
from kgpt.linking.profile import NUM_BUCKETS, Profiles, shared_words
from kgpt.linking.tokenizing import tokenize
from kgpt.records import EntityRecord, Triple

RECORDS = [EntityRecord("Q1", "Java", description="island of Indonesia"), EntityRecord("Q2", "Java", description="")]
GRAPH, _ = build_graph([*RECORDS, Triple("Q1", "P1", "Q2")])
PROFILES = Profiles.of(GRAPH, AliasIndex.of(GRAPH))


def rarity(profiles, word):
    return profiles.rarity[int(tokenize(word, fold_case=True).keys[0]) & (NUM_BUCKETS - 1)]


def test_an_entity_has_the_words_of_its_description():
    assert PROFILES.indptr.tolist() == [0, 3, 3]
    assert PROFILES.words.tolist() == tokenize("island of Indonesia", fold_case=True).keys.tolist()


def test_words_that_come_more_often_are_less_rare():
    assert rarity(PROFILES, "java") < rarity(PROFILES, "island") < rarity(PROFILES, "unseen")


def test_a_word_of_a_small_graph_is_no_common_one():
    assert rarity(PROFILES, "island") > 10


def test_shared_words_are_those_of_text_and_description():
    def score(text):
        keys = np.unique(tokenize(text, fold_case=True).keys)
        return shared_words(PROFILES.indptr, PROFILES.words, PROFILES.rarity, np.array([0, 1]), keys)

    assert score("an Indonesia guide")[0] == pytest.approx(rarity(PROFILES, "indonesia") - 5.0)
    assert score("an Indonesia guide")[1] == 0
    assert score("a language").tolist() == [0, 0]
