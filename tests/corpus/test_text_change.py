from hypothesis import given
from hypothesis import strategies as st

from kgpt.corpus.text_change import Edit, changes_of, counted, edited, rewritten, without_overlap
from kgpt.records import Document, Link


@st.composite
def documents(draw):
    text = draw(st.text("ab <", min_size=1, max_size=30))
    spans = st.tuples(st.integers(0, len(text) - 1), st.integers(1, len(text))).filter(lambda span: span[0] < span[1])
    links = draw(st.lists(spans, max_size=4))
    return Document("d", text, tuple(sorted(Link(start, end, f"Q{n}") for n, (start, end) in enumerate(links))))


@st.composite
def documents_with_edits(draw):
    document = draw(documents())
    places = sorted(draw(st.lists(st.integers(0, len(document.text)), max_size=8)))
    ends = [places[at : at + 2] for at in range(0, len(places) - 1, 2)]
    return document, [Edit(start, end, draw(st.text("<XY>", max_size=4))) for start, end in ends]


@given(documents_with_edits())
def test_links_clear_of_all_edits_keep_their_words_and_the_others_go(case):
    document, edits = case

    after = edited(document, edits)

    kept = {link.entity: after.surface(link) for link in after.links}
    for link in document.links:
        clear = all(edit.end <= link.start or link.end <= edit.start for edit in edits)
        assert kept.get(link.entity) == (document.surface(link) if clear else None)


@given(documents_with_edits())
def test_the_text_is_what_one_edit_after_the_other_makes(case):
    document, edits = case
    text = document.text
    for edit in reversed(edits):
        text = text[: edit.start] + edit.new + text[edit.end :]

    assert edited(document, edits).text == text


@given(documents_with_edits())
def test_what_stands_before_a_link_is_what_the_edits_leave_there(case):
    document, edits = case

    after = edited(document, edits)

    for link in after.links:
        old = next(one for one in document.links if one.entity == link.entity)
        before = edited(Document("d", document.text[: old.start]), [one for one in edits if one.end <= old.start])
        assert after.text[: link.start] == before.text


@given(documents(), st.sampled_from([str.upper, lambda stretch: stretch.replace("a", ""), lambda _: ""]))
def test_a_rewritten_link_has_its_rewritten_words(document, rewrite):
    after = rewritten(document, rewrite)

    assert after.text == rewrite(document.text)
    old = {link.entity: document.surface(link) for link in document.links}
    assert {link.entity: after.surface(link) for link in after.links} == {
        entity: rewrite(words) for entity, words in old.items() if rewrite(words)
    }


def test_changes_add_up_in_the_metadata():
    document = counted(Document("d", "text"), {"pii:email": 2, "pii:ip": 0})

    assert changes_of(counted(document, {"pii:email": 1, "c4:policy": 1})) == {"pii:email": 3, "c4:policy": 1}
    assert counted(document, {"c4:policy": 0}) is document
    assert changes_of(Document("d", "text")) == {}


def test_of_edits_that_overlap_the_first_told_stays():
    edits = [Edit(4, 8), Edit(0, 5), Edit(8, 9), Edit(2, 4), Edit(6, 7)]

    assert without_overlap(edits) == [Edit(2, 4), Edit(4, 8), Edit(8, 9)]
