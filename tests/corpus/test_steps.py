"""The contract of every curation step; a step with no row here fails."""

import pytest

from kgpt.corpus import corpus_steps
from kgpt.records import Document, Dropped, Link

GOOD = Document("good", "Berlin is the capital of Germany .", (Link(0, 6, "Q64"),))
BAD = {
    "exact_duplicates": ([GOOD], Document("bad", "berlin  is the capital\nof Germany ."), "exact_duplicate"),
    "length": ([], Document("bad", "too few words"), "too_short"),
    "normalize": ([], Document("bad", " \u200b\n"), "empty"),
    "sample": ([], Document("bad", "Its id's hash is in the other half."), "not_in_sample"),
}
NAMES = corpus_steps.names()


def test_every_step_has_its_row():
    assert sorted(BAD) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_good_document_passes(name):
    assert corpus_steps.build(name).begin()(GOOD) == GOOD


@pytest.mark.parametrize("name", NAMES)
def test_a_bad_document_goes_with_its_id_and_reason(name):
    before, bad, reason = BAD[name]
    verdict = corpus_steps.build(name).begin()
    for document in before:
        verdict(document)

    assert verdict(bad) == Dropped("bad", reason)


@pytest.mark.parametrize("name", NAMES)
def test_a_fresh_run_remembers_nothing(name):
    step = corpus_steps.build(name)
    step.begin()(GOOD)

    assert step.begin()(GOOD) == GOOD


@pytest.mark.parametrize("name", NAMES)
def test_a_step_goes_through_its_settings_and_back(name):
    step = corpus_steps.build(name)

    assert corpus_steps.build(corpus_steps.settings(step)) == step
