import gzip
import json
from dataclasses import replace

import pytest

from kgpt.corpus import corpus_steps
from kgpt.corpus.language import LanguageFilter, language_identifier
from kgpt.errors import KgptError
from kgpt.records import Document, Dropped, Metadata

GERMAN = Document("d", "Berlin ist die Hauptstadt von Deutschland\nund liegt an der Spree.")
ENGLISH = Document("e", "Berlin is the capital of Germany and lies on the Spree.")


def test_documents_in_other_languages_go():
    keep = LanguageFilter(keep=("en", "fr")).begin()

    assert keep(GERMAN) == Dropped("d", "language:de")
    assert keep(Document("n", " \n")) == Dropped("n", "language:und")
    assert keep(ENGLISH).metadata == Metadata(language="en")


def test_a_language_that_the_source_names_stays():
    told = Document("e", ENGLISH.text, metadata=Metadata(language="en-GB"))

    assert LanguageFilter().begin()(told) == told


def test_verbalised_triples_whose_names_are_of_all_languages_pass():
    told = replace(GERMAN, metadata=Metadata(source="kgpt verbalize", language="en"))

    assert LanguageFilter().begin()(told) == told
    assert LanguageFilter(except_sources=()).begin()(told) == Dropped("d", "language:de")


def test_a_languages_name_in_place_of_its_code_is_refused():
    with pytest.raises(KgptError, match=r"keep\.0: .*found 'english'"):
        corpus_steps.build({"type": "language", "keep": ["english"]})


def test_what_the_model_is_not_sure_of_goes():
    assert LanguageFilter(min_probability=1).begin()(ENGLISH) == Dropped("e", "language:uncertain")


def test_without_languages_to_keep_all_stay_and_the_sure_ones_are_labelled():
    label = LanguageFilter(keep=(), min_probability=0.5).begin()

    assert label(GERMAN).metadata.language == "de"
    assert label(Document("n", "")) == Document("n", "")


@pytest.mark.real
def test_languages_of_the_web_are_told(shared_data):
    identify = language_identifier()
    with gzip.open(shared_data / "curation" / "oscar_langid_a.jsonl.gz") as file:
        texts = [json.loads(line) for line in file]

    right = [identify(one["text"])[0] == one["lang"] for one in texts]

    print(f"{sum(right)} of {len(right)} right, {len({one['lang'] for one in texts})} languages")
    assert sum(right) / len(right) >= 0.88
