import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgpt.corpus.repair import Repair
from kgpt.corpus.text_change import changes_of
from kgpt.records import Document, Link

repair = Repair().begin()


def broken(text, encoding="latin-1"):
    return text.encode("utf-8").decode(encoding)


def test_broken_letters_are_restored_and_links_follow():
    words = ["Jürgen Müller", " wohnt in ", "Köln", " – an der Straße nach ", "Düsseldorf", "."]
    text = "".join(broken(word, "cp1252") for word in words)
    ends = [len("".join(broken(word, "cp1252") for word in words[:n])) for n in range(len(words) + 1)]
    links = tuple(Link(ends[n], ends[n + 1], f"Q{n}") for n in (0, 2, 4))

    after = repair(Document("d", text, links))

    assert after.text == "".join(words)
    assert [after.surface(link) for link in after.links] == words[::2][:3]
    assert changes_of(after) == {"repair:encoding": 1}


@given(st.lists(st.text("äöüßéñ abc", min_size=1, max_size=8), min_size=1, max_size=6), st.data())
def test_links_keep_their_words_broken_or_restored(words, data):
    pieces = [broken(word) for word in words]
    ends = [len("".join(pieces[:n])) for n in range(len(words) + 1)]
    linked = data.draw(st.sets(st.sampled_from(range(len(words)))))
    document = Document("d", "".join(pieces), tuple(Link(ends[n], ends[n + 1], f"Q{n}") for n in sorted(linked)))

    after = repair(document)

    assert len(after.links) == len(document.links)
    for link in after.links:
        number = int(link.entity[1:])
        assert after.surface(link) in (words[number], pieces[number])


@pytest.mark.parametrize("text", ["Per Åhlin", "plain", "", "AT&T", "a &nosuch; b", "&lt;b> if (a < b)", "&#0; &#10;"])
def test_sound_text_stays_as_it_is(text):
    assert repair(Document("d", text)) == Document("d", text)


def test_references_are_restored_and_links_follow():
    after = repair(Document("d", "Tom &amp; Jerry&#39;s caf&eacute;", (Link(0, 15, "Q1"), Link(22, 33, "Q2"))))

    assert after.text == "Tom & Jerry's café"
    assert [after.surface(link) for link in after.links] == ["Tom & Jerry", "café"]
    assert changes_of(after) == {"repair:references": 1}


def test_references_may_stay():
    document = Document("d", "a &amp; b")

    assert Repair(references=False).begin()(document) == document
