"""The contract of every curation step; a step with no row here fails."""

import inspect
import re
from dataclasses import replace

import pytest

from kgpt.corpus import Curation, SourcePolicy, corpus_steps
from kgpt.corpus.base import marks_of
from kgpt.corpus.quality_model import fit_quality
from kgpt.corpus.slices import slice_of
from kgpt.corpus.text_change import changes_of
from kgpt.records import VERBALIZED, Document, Link, Metadata

PROSE = (
    "Berlin is the capital of Germany and the largest city of the country. It lies on the river Spree, which flows "
    "into the Havel in the west of the city. People have lived here for eight hundred years. After the war the city "
    "was parted by a wall, which fell in the year 1989. Today it is known for its museums, parks and universities."
)
GOOD = Document("good", PROSE, (Link(0, 6, "Q64"),), Metadata(language="en"))
BAD = {
    "blocklist": ([], Document("bad", "We use cookies to make you happy."), "blocklist:boilerplate"),
    "c4": ([], Document("bad", "One sentence is not enough here."), "c4:too_few_sentences"),
    "decontamination": ([], Document("bad", "Say: who founded the city of Berlin?"), "decontamination:qa"),
    "diversify": ([GOOD], Document("bad", f"{PROSE} {PROSE}"), "diversify:semantic_duplicate"),
    "exact_duplicates": ([GOOD], Document("bad", PROSE.lower().replace(" ", "\n ")), "exact_duplicate"),
    "fineweb": ([], Document("bad", "Home\nNews\nAbout us"), "fineweb:too_few_end_marks"),
    "gopher_quality": (
        [],
        Document("bad", "Berlin ist die Hauptstadt Deutschlands. " * 20),
        "gopher_quality:too_few_stop_words",
    ),
    "gopher_repetition": ([], Document("bad", "Buy it now\n" * 9), "gopher_repetition:duplicate_lines"),
    "language": ([], Document("bad", "Berlin ist die Hauptstadt von Deutschland."), "language:de"),
    "length": ([], Document("bad", "too few words"), "too_short"),
    "line_duplicates": (
        [Document(f"page {number}", "We use cookies here\nPage") for number in range(5)],
        Document("bad", "we use  cookies here"),
        "line_duplicates:empty",
    ),
    "near_duplicates": ([GOOD], Document("bad", PROSE.replace("has", "hath")[:-1]), "near_duplicate"),
    "normalize": ([], Document("bad", " \u200b\n"), "empty"),
    "quality_classifier": ([], Document("bad", "Buy cheap pills now !!! " * 9), "quality_classifier:low"),
    "select": ([GOOD], Document("bad", "It links nothing."), "not_selected"),
    "sample": ([], Document("bad", "Its id's hash is in the other half."), "not_in_sample"),
}
CHANGE_ONLY = {"pii", "repair", "slice_by"}
"""Steps that drop nothing."""
NAMES = corpus_steps.names()
DROPPING = sorted(BAD)


@pytest.fixture(scope="module")
def build(tmp_path_factory):
    """Builds a step with its defaults, and with what it cannot do without."""
    model = tmp_path_factory.mktemp("quality") / "model.safetensors"
    fit_quality([PROSE, "Buy pills now !!!"] * 20, [True, False] * 20).save(model)
    asked = model.with_name("asked.jsonl")
    asked.write_text('{"question": "Who founded the city of Berlin?", "answers": ["x"]}')
    needed = {
        "quality_classifier": {"model": str(model)},
        "decontamination": {"questions": {"qa": str(asked)}},
        "select": {"max_documents": 1},
    }
    return lambda name, **settings: corpus_steps.build({"type": name} | needed.get(name, {}) | settings)


def judged(step, *documents):
    """The documents that a fresh run of `step` keeps, and the reason of each of the others by its id."""
    told = []
    kept = list(Curation([step], told.append).documents(documents, unique_ids=False))
    return kept, {one.id: one.reason for one in told}


def test_every_step_has_its_row():
    assert sorted(BAD.keys() | CHANGE_ONLY) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_good_document_passes(build, name):
    (kept,), dropped = judged(build(name), GOOD)

    assert not dropped
    assert (kept.text, kept.links) == (GOOD.text, GOOD.links)


@pytest.mark.parametrize("name", DROPPING)
def test_a_bad_document_goes_with_its_id_and_reason(build, name):
    before, bad, reason = BAD[name]

    kept, dropped = judged(build(name), *before, bad)

    assert dropped == {"bad": reason}
    assert [one.id for one in kept] == [one.id for one in before]


@pytest.mark.parametrize("name", NAMES)
def test_a_fresh_run_remembers_nothing(build, name):
    step = build(name)
    first = judged(step, GOOD)

    assert judged(step, GOOD) == first


@pytest.mark.parametrize("name", NAMES)
def test_a_step_goes_through_its_settings_and_back(build, name):
    step = build(name)

    assert corpus_steps.build(corpus_steps.settings(step)) == step


@pytest.mark.parametrize("name", DROPPING)
@pytest.mark.parametrize("policy", [{"sources": ["web"]}, {"except_sources": ["book"]}])
def test_documents_of_sources_that_a_step_does_not_concern_pass_as_they_are(build, name, policy):
    before, bad, reason = BAD[name]
    of_the_web = [replace(one, metadata=Metadata(source="web")) for one in (*before, bad)]
    of_a_book = replace(bad, id="book", metadata=Metadata(source="book"))

    kept, dropped = judged(build(name, **policy), of_a_book, *of_the_web)

    assert kept[0] == of_a_book
    assert dropped == {"bad": reason}


def test_documents_that_name_no_source_are_called_unknown(build):
    documents = [Document("bad", "too few"), Document("web", "too few", metadata=Metadata(source="web"))]

    assert judged(build("length", sources=["unknown"]), *documents)[1] == {"bad": "too_short"}
    assert judged(build("length", except_sources=["unknown"]), *documents)[1] == {"web": "too_short"}


@pytest.mark.parametrize("name", ["c4", "fineweb", "gopher_quality", "gopher_repetition", "quality_classifier"])
def test_verbalised_triples_pass_the_rules_for_prose(build, name):
    triple = Document("t", "Berlin, capital of, Germany", metadata=Metadata(source=VERBALIZED))

    assert judged(build(name), triple) == ([triple], {})


@pytest.mark.parametrize("name", DROPPING)
def test_the_rules_that_a_step_tells_are_those_it_drops_by(build, name):
    _, _, reason = BAD[name]
    step, rule = build(name), reason.removeprefix(f"{name}:")

    assert not step.rules() or rule in step.rules() or reason == "blocklist:boilerplate"


@pytest.mark.parametrize("name", ["fineweb", "gopher_quality", "gopher_repetition"])
def test_every_rule_of_a_filter_is_in_its_source_and_told(build, name):
    step = build(name)
    source = inspect.getsource(inspect.getmodule(step))
    yielded = {rule for rule in step.rules() if f'"{rule}"' in source or re.search(r"_\d+_gram", rule)}

    assert yielded == set(step.rules()) and len(yielded) > 4


@pytest.mark.parametrize("name", NAMES)
def test_every_step_takes_a_policy_of_sources(build, name):
    assert isinstance(build(name), SourcePolicy)


@pytest.mark.parametrize("name", DROPPING)
def test_a_step_that_marks_keeps_what_it_would_drop_and_says_why(build, name):
    before, bad, reason = BAD[name]

    kept, dropped = judged(build(name, marks=True), *before, bad)

    assert not dropped
    assert [one.id for one in kept[:-1]] == [one.id for one in before]
    assert kept[-1].text == bad.text
    assert slice_of(kept[-1].metadata, "marked") == reason
    assert {slice_of(one.metadata, "marked") for one in kept[:-1]} <= {"unmarked"}


def test_a_document_bears_the_marks_of_every_step(build):
    bad = Document("bad", "too few")
    steps = [build("length", marks=True), build("c4", marks=True), build("slice_by", field="marked")]

    (kept,) = Curation(steps).documents([bad])

    assert marks_of(kept.metadata) == ["too_short", "c4:too_few_sentences"]
    assert changes_of(kept) == {"too_short": 1, "c4:too_few_sentences": 1}
    assert kept.metadata.extra["slice"] == "too_short"
