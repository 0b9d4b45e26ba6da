import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgpt.sources.token_joining import join_tokens

marks = st.sampled_from([*list(",.;:!?()[]\"'-/–%$"), "''", "``", "-LRB-", "-RRB-", "'s", "n't", "\xa0", " "])


@pytest.mark.parametrize(
    ("tokens", "text"),
    [
        ("Her four - year - old sings ( `` Fa '' ) .", 'Her four-year-old sings ("Fa").'),
        ('He said " yes " , " no " .', 'He said "yes", "no".'),
        ("Streisand 's 1964 album , of course !", "Streisand's 1964 album, of course!"),
        ("It costs $ 5 and / or 7 % .", "It costs $5 and/or 7%."),
        ("( 1825–1906 ) is -LRB- or was -RRB- a part", "(1825–1906) is (or was) a part"),
        ("they do n't", "they don't"),
    ],
)
def test_marks_stand_at_their_words(tokens, text):
    assert join_tokens(tokens.split())[0] == text


@given(st.lists(st.one_of(marks, st.text(alphabet="abÉ日", min_size=1, max_size=3)), max_size=12))
def test_every_token_stands_at_its_span(tokens):
    text, spans = join_tokens(tokens)

    written = [text[start:end] for start, end in spans]
    plain = {"''": '"', "``": '"', "-LRB-": "(", "-RRB-": ")"}
    assert written == [plain.get(token, token.strip()) for token in tokens]
    assert text == text.strip() and "".join(written) == text.replace(" ", "")
