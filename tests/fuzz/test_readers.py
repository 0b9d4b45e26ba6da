import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kgpt.sources.document_forms import DOCUMENT_FORMS
from kgpt.sources.graph_forms import GRAPH_FORMS
from kgpt.sources.question_forms import QUESTION_FORMS
from tests.fuzz.targets import TARGETS

FRAGMENTS = [
    b"",
    b"\x00",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b'"',
    b"{",
    b"[",
    b"\n",
    b"\t",
    b"null",
    b"-1",
    b"1e999",
    b"\\ud800",
]
EDITS = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 12), st.sampled_from(FRAGMENTS) | st.binary(max_size=4)),
    min_size=1,
    max_size=6,
)


def edited(content, edits):
    """`content` with pieces of it replaced: where (a share of the length), how many bytes go, what comes."""
    for place, length, put in edits:
        start = int(place * len(content))
        content = content[:start] + put + content[start + length :]
    return content


@pytest.fixture(scope="module", params=TARGETS)
def prepared(request, tmp_path_factory):
    target = TARGETS[request.param]
    folder = tmp_path_factory.mktemp("fuzz")
    target.prepare(folder)
    return target, folder


def test_a_whole_input_is_read(prepared):
    target, folder = prepared

    target.prepare(folder)
    target.read_whole(folder)


@settings(max_examples=100, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(edits=EDITS)
def test_a_broken_input_is_read_or_refused_with_a_message(prepared, edits):
    target, folder = prepared

    target.survives(folder, edited(target.sample.files[target.sample.broken], edits))


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("wikidata", b'"title": "Berlin"', b'"title": "\x8cerlin"'),
        ("parquet", b"Berlin", b"\x9e\xffrlin"),
        ("csv", b"head,relation", b"he\rad,relation"),
        ("mintaka", b'"answer": {"answerType"', b'"answer": ["x"], "old": {"answerType"'),
        ("metaqa names", b"0\tKismet", b"0\t "),
        ("warc", b"WARC-Target-URI", b"WARC-Target-URL"),
    ],
)
def test_what_once_broke_a_reader_is_refused_or_read(tmp_path, name, old, new):
    target = TARGETS[name]
    whole = target.sample.files[target.sample.broken]
    assert old in whole
    target.prepare(tmp_path)

    target.survives(tmp_path, whole.replace(old, new))


def test_every_form_is_fuzzed():
    forms = {target.sample.source.partition(":")[0] for target in TARGETS.values()}

    assert {*GRAPH_FORMS, *DOCUMENT_FORMS, *QUESTION_FORMS} - forms <= {"hub", "wiki27k"}, (
        "wiki27k reads as benchmark does"
    )
