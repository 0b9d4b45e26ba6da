from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgpt.errors import DataError
from kgpt.sources.wiki import Wiki
from kgpt.sources.wikitext import plain_text


def text_of(wikitext):
    return plain_text(wikitext, Wiki())[0]


def anchors_of(wikitext):
    text, anchors = plain_text(wikitext, Wiki())
    return [(text[anchor.start : anchor.end], anchor.title) for anchor in anchors]


@pytest.mark.parametrize(
    ("wikitext", "text"),
    [
        ("'''Mars''' is ''red''.", "Mars is red."),
        ("Mars{{Infobox planet|name={{x|y}}}} is red.", "Mars is red."),
        ("Mars<ref name=a>See [[Venus]].</ref> is<ref name=a /> red.", "Mars is red."),
        ("Mars<!-- not [[Venus]] --> is red.", "Mars is red."),
        ("Mars\n{| class=x\n|-\n| cell\n|}\nis red.", "Mars\n\nis red."),
        ("[[File:Mars.jpg|thumb|A [[planet]].]]Mars is red.[[Category:Planets]]", "Mars is red."),
        ("Mars [http://a.b (a page)] is red. [http://a.b] http://a.b", "Mars (a page) is red."),
        ("Mars &amp; Venus&nbsp;&#233;&#xe9;", "Mars & Venus éé"),
        ("<nowiki>[[Mars]]</nowiki> is <small>red</small><br />now.", "[[Mars]] is red\nnow."),
        ("* one\n* two\n----\n: three __NOTOC__", "one\ntwo\n\nthree"),
        ("Mars ({{IPA|x}}; ) is {{convert|5|km|mi}} ({{lang|fr|loin}}) away.", "Mars is 5 km (loin) away."),
        ("Mars (; {{IPA|x}}, red) shines.", "Mars (red) shines."),
        ("Mars <math>x^2</math>is {{unclosed", "Mars is unclosed"),
        ("a\n\n\n\nb", "a\n\nb"),
    ],
)
def test_markup_is_taken_off(wikitext, text):
    assert text_of(wikitext).replace("[[Mars]]", "Mars") == text.replace("[[Mars]]", "Mars")


def test_a_heading_without_text_below_it_goes_with_its_subheadings():
    wikitext = "Mars.\n== Notes ==\n=== A ===\n{{reflist}}\n== Water ==\nDry.\n=== B ===\n== See [[also]] ==\n{{x}}"

    text, anchors = plain_text(wikitext, Wiki())

    assert (text, anchors) == ("Mars.\nWater\nDry.", ())


@pytest.mark.parametrize(
    ("wikitext", "anchors"),
    [
        ("[[Mars]]", [("Mars", "Mars")]),
        ("the [[planet]]s are", [("planets", "Planet")]),
        ("[[Mars (planet)|Mars]]'s", [("Mars", "Mars (planet)")]),
        ("[[red_planet#Water| wet ]] x", [("wet", "Red planet")]),
        ("''[[mars|'''red''' one]]''", [("red one", "Mars")]),
        ("[[Mars|]] [[|x]] [[#Water|below]]", []),
        ("[[de:Mars]] [[wikt:mars|word]] [[:Category:Planets]] [[Help:Me|help]]", []),
        ("[[:Mars]] and [[Alien: Resurrection]]", [("Mars", "Mars"), ("Alien: Resurrection",) * 2]),
        ("{{Box|[[Venus]]}} [[Mars]]<ref>[[Pluto]]</ref>s", [("Mars", "Mars")]),
    ],
)
def test_a_link_is_an_anchor_with_the_title_that_it_leads_to(wikitext, anchors):
    assert anchors_of(wikitext) == anchors


def test_other_wikis_words_stay_without_a_link():
    assert text_of("A [[wikt:mars|word]] of [[:de:Mars]] [[fr:Mars]]") == "A word of de:Mars"


words = st.text(alphabet="abcÉ日😀", min_size=1, max_size=4)
noise = st.sampled_from(
    ["<!--x-->", "{{x|[[y]]}}", "<ref>[[z]]</ref>", "[[File:a.jpg|thumb|[[b]]]]", "''", "\n\n", "  "]
)


@given(st.lists(st.tuples(words, st.booleans(), noise), min_size=1, max_size=8))
def test_every_anchor_stands_where_its_words_do(parts):
    pieces = [f"[[t{word}|{word}]]" if linked else f"{word}" for word, linked, _ in parts]
    wikitext = "".join(f"{piece} {between} " for piece, (_, _, between) in zip(pieces, parts, strict=True))

    assert anchors_of(wikitext) == [(word, f"T{word}") for word, linked, _ in parts if linked]
    assert text_of(wikitext).split() == [word for word, _, _ in parts]


BROKEN = (
    "[[ ]] | {{ }} ''' '' <ref> </ref> <ref/> {| |} |- == === * : # <!-- --> <nowiki> </nowiki> &amp; &#65; &x; "
    "http://a.b [http://x File: Category: a É 日 😀 ( ) ; __TOC__ <br> <div> </div> {{lang|de| = <table> </table> }}}"
)
fragments = st.sampled_from([*BROKEN.split(), "\n", " ", "\n== H ==\n"])


@given(st.lists(fragments, max_size=25).map("".join))
def test_no_markup_is_too_broken(wikitext):
    text, anchors = plain_text(wikitext, Wiki())

    assert text == text.strip()
    for anchor in anchors:
        surface = text[anchor.start : anchor.end]
        assert surface and surface == surface.strip() and anchor.title
    assert all(anchor.end <= following.start for anchor, following in pairwise(anchors))


@pytest.mark.parametrize("opening", ["{{a|", "[[a|", "{|\n", "<b>", "[http://a "])
def test_a_page_of_openings_without_end_is_refused_at_once(opening):
    with pytest.raises(DataError, match=r"\d+ times '.+' without its end; at most 2,000 are read"):
        plain_text(opening * 50_000, Wiki())
