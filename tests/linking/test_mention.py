import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgpt.kg import build_graph
from kgpt.linking.alias_index import AliasIndex, name_key
from kgpt.linking.mention import candidates_of, find_mentions
from kgpt.records import EntityRecord, Triple

NAMES = [
    "Angela",
    "Angela Merkel",
    "Berlin",
    "New York City",
    "New York",
    "physics",
    "McDonald's",
    "O’Hara",
    "The Who",
    "It",
]
GRAPH, _ = build_graph([Triple("Q0", "P1", "Q1"), *(EntityRecord(f"Q{n}", name) for n, name in enumerate(NAMES))])
INDEX = AliasIndex.of(GRAPH)
pieces = st.sampled_from(
    [*NAMES, *(f"{name}'s" for name in NAMES), "Physics", "O'Hara", ".", ",", " ", "\n", "x", "é", "𝔘"]
)
texts = st.lists(pieces, max_size=12).map(" ".join) | st.lists(pieces, max_size=12).map("".join) | st.text(max_size=30)


def found(text):
    return [text[m.start : m.end] for m in find_mentions(text, INDEX)]


@given(texts)
def test_mentions_lie_in_the_text_do_not_overlap_and_bear_a_name(text):
    end = 0
    for mention in find_mentions(text, INDEX):
        assert end <= mention.start < mention.end <= len(text)
        end = mention.end
        name = name_key(text[mention.start : mention.end])
        lowered = name[:1].lower() + name[1:]
        assert mention.candidates == (INDEX.candidates.get(name) or INDEX.candidates[lowered])


@pytest.mark.parametrize(
    ("text", "mentions"),
    [
        ("She left New York City for New York.", ["New York City", "New York"]),
        ("Angela Merkel's office in Berlin", ["Angela Merkel", "Berlin"]),
        ("Angela Merkel’s office", ["Angela Merkel"]),
        ("Berlin's wall", ["Berlin"]),
        ("a McDonald's", ["McDonald's"]),
        ("Scarlett O'Hara met O’Hara", ["O'Hara", "O’Hara"]),
        ("New  York", ["New  York"]),
        ("Berliner berlin", []),
        ("He reads physics. Physics is hard.", ["physics", "Physics"]),
        ("He reads Physics", []),
        ("It rains", []),
        ("I saw The Who", ["The Who"]),
        ("", []),
    ],
)
def test_the_longest_names_are_found_on_word_boundaries(text, mentions):
    assert found(text) == mentions


def test_a_function_word_is_no_name():
    assert candidates_of("It", INDEX) == ()
