import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgpt.corpus.c4 import C4
from kgpt.corpus.text_change import changes_of
from kgpt.records import Document, Dropped, Link

FIVE = "One is here. Two is here. Three is here. Four is here. Five is here."


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("A line with no mark of its end", "no_end_mark"),
        ("A line that breaks off...", "no_end_mark"),
        ("Two words.", "short_line"),
        (f"A word that is {'x' * 1001}.", "long_word"),
        ("Please enable JavaScript in your browser.", "javascript"),
        ("Read our Privacy Policy and be glad.", "policy"),
    ],
)
def test_a_line_that_is_no_sentence_goes_and_is_counted(line, rule):
    after = C4().begin()(Document("d", f"{line}\n{FIVE}\n{line}"))

    assert after.text == f"{FIVE}\n"
    assert changes_of(after) == {f"c4:{rule}": 2}


def test_links_move_with_their_lines_and_go_with_them():
    text = f"Menu of Berlin\nBerlin[1] is a city. {FIVE}"
    links = (Link(8, 14, "Q1"), Link(15, 21, "Q64"), Link(15, 24, "Q65"), Link(30, 34, "Q515"))

    after = C4().begin()(Document("d", text, links))

    assert after.text == f"Berlin is a city. {FIVE}"
    assert [(link.entity, after.surface(link)) for link in after.links] == [("Q64", "Berlin"), ("Q515", "city")]
    assert changes_of(after) == {"c4:no_end_mark": 1, "c4:citation": 1, "c4:link": 2}


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (f"{FIVE} Lorem ipsum dolor.", "lorem_ipsum"),
        (f"{FIVE} if (x) {{ y. }}", "curly_bracket"),
        ("One is here. Two is here. Three is here. Four is here.", "too_few_sentences"),
    ],
)
def test_a_document_goes_by_its_first_rule(text, rule):
    assert C4().begin()(Document("d", text)) == Dropped("d", f"c4:{rule}")


@given(st.text("ab. \n[1]", max_size=60), st.data())
def test_links_that_stay_keep_their_words(text, data):
    spans = st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).filter(lambda span: span[0] < span[1])
    drawn = data.draw(st.lists(spans, max_size=3)) if text else []
    document = Document("d", text, tuple(Link(start, end, f"Q{n}") for n, (start, end) in enumerate(drawn)))

    after = C4(min_sentences=0).begin()(document)

    old = {link.entity: document.surface(link) for link in document.links}
    assert all(after.surface(link) == old[link.entity] for link in after.links)


def test_lines_of_another_writing_may_end_as_they_like():
    assert C4(require_end_mark=False, min_sentences=0).begin()(Document("d", "これは 一つ の文")) == Document(
        "d", "これは 一つ の文"
    )


def test_a_sentence_that_ends_in_a_citation_is_one():
    after = C4().begin()(Document("d", f"Paris is the capital of France.[1]\n{FIVE}\n[2]"))

    assert after.text == f"Paris is the capital of France.\n{FIVE}\n"
    assert changes_of(after) == {"c4:citation": 1, "c4:no_end_mark": 1}
