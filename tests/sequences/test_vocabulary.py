import pytest

from kgpt.errors import CheckpointError, ConfigError
from kgpt.sequences import load_vocabulary, train_vocabulary


def test_text_survives_encoding_and_decoding(writing_words):
    text = "Berlin is the capital of Germany and a city of many bridges."

    assert writing_words.decode(writing_words.encode(text)) == text


def test_the_sentinel_is_one_word_that_swallows_the_blank_before_it(writing_words):
    ids = writing_words.encode("capital of <extra_id_0>.")

    assert writing_words.sentinel(0) in ids.tolist()
    assert "▁" not in writing_words.words(ids)


def test_encoders_open_and_close_a_text_and_encoder_decoders_only_close_it(masked_words, writing_words):
    assert (len(masked_words.prefix), len(masked_words.suffix)) == (1, 1)
    assert (len(writing_words.prefix), len(writing_words.suffix)) == (0, 1)


def test_a_saved_vocabulary_loads_with_the_same_ids(writing_words, tmp_path):
    writing_words.save(tmp_path)

    loaded = load_vocabulary(tmp_path)

    text = "Paris is the capital of <extra_id_0>"
    assert loaded.encode(text).tolist() == writing_words.encode(text).tolist()
    assert loaded.size == writing_words.size


def test_a_wrapped_text_never_grows_beyond_the_limit(masked_words):
    ids = masked_words.encode_wrapped("Berlin " * 50, max_tokens=16)

    assert len(ids) == 16
    assert ids[0] == masked_words.prefix[0] and ids[-1] == masked_words.suffix[0]


def test_a_size_without_room_for_words_is_refused():
    with pytest.raises(ConfigError, match=r"vocabulary\.size: 40 is too small"):
        train_vocabulary(["a"], size=40, starts_text=True)


def test_a_folder_without_tokenizer_is_named(tmp_path):
    with pytest.raises(CheckpointError, match="no tokenizer there"):
        load_vocabulary(tmp_path)


def test_a_mask_takes_the_blank_before_it_as_a_word_would(masked_words):
    masked, named = (masked_words.encode(f"Berlin, capital of, {one}").tolist() for one in ("<mask>", "Germany"))

    assert masked == [*named[: len(masked) - 1], masked_words.mask]
