import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgpt.corpus.pii import PersonalData, is_card, is_iban
from kgpt.corpus.text_change import changes_of
from kgpt.records import Document, Link

mask = PersonalData().begin()


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Write to jane.doe+x@mail.example.org.", "Write to <EMAIL>."),
        ("IBAN GB82 WEST 1234 5698 7654 32, please", "IBAN <IBAN>, please"),
        ("DE89370400440532013000", "<IBAN>"),
        ("pay with 4111 1111 1111 1111 now", "pay with <CARD> now"),
        ("5500-0000-0000-0004", "<CARD>"),
        ("from 8.8.8.8 and 2001:4860:4860::8888!", "from <IP> and <IP>!"),
        ("call +49 (30) 901820 today", "call <PHONE> today"),
        ("call (212) 555-0187 or 212-555-0187", "call <PHONE> or <PHONE>"),
        ("+1 212 555 0187.", "<PHONE>."),
    ],
)
def test_personal_data_is_masked(text, masked):
    assert mask(Document("d", text)).text == masked


@pytest.mark.parametrize(
    "text",
    [
        "DE88370400440532013000",
        "4111 1111 1111 1112",
        "127.0.0.1 and 192.168.0.1 and ::1 and 10.2.3.4.5 and 999.1.1.1",
        "from 1989-11-09 to 2001-09-11, 1914-1918",
        "ISBN 978-3-16-148410-0, room 555-0187",
        "a@b, @user, x@y.z, 12:30:45, +5, C++ 17",
        "0000 0000 0000 0000",
        "Population 3,677,472; area 891.7 km2; Q64; P1376",
    ],
)
def test_other_numbers_stay(text):
    assert mask(Document("d", text)) == Document("d", text)


def test_links_move_and_those_over_masks_go():
    text = "Ann (ann@example.org) lives in Berlin, call +49 30 901820."
    links = (Link(0, 3, "Q1"), Link(0, 21, "Q2"), Link(5, 20, "Q3"), Link(31, 37, "Q64"))

    after = mask(Document("d", text, links))

    assert after.text == "Ann (<EMAIL>) lives in Berlin, call <PHONE>."
    assert [(link.entity, after.surface(link)) for link in after.links] == [("Q1", "Ann"), ("Q64", "Berlin")]
    assert changes_of(after) == {"pii:email": 1, "pii:phone": 1, "pii:link": 2}


def test_kinds_are_a_choice():
    assert PersonalData(kinds=("ip",)).begin()(Document("d", "a@example.org 8.8.8.8")).text == "a@example.org <IP>"


SECRETS = st.sampled_from(["ann@example.org", "8.8.8.8", "+49 30 901820", "4111 1111 1111 1111"])


@given(st.lists(st.tuples(SECRETS, st.text("abc xyz", max_size=6)), max_size=5))
def test_links_between_masks_keep_their_words(pieces):
    text, links = "", []
    for secret, words in pieces:
        text += f"{secret} | "
        if words:
            links.append(Link(len(text), len(text) + len(words), f"Q{len(links)}"))
        text += f"{words} | "
    document = Document("d", text, tuple(links))

    after = mask(document)

    assert not any(secret in after.text for secret, _ in pieces)
    assert list(map(after.surface, after.links)) == list(map(document.surface, links))


@given(st.text(max_size=60))
def test_any_text_is_taken(text):
    mask(Document("d", text))


@given(st.from_regex(r"[0-9]{12,18}", fullmatch=True))
def test_of_ten_last_digits_one_makes_a_card_number(digits):
    if digits.strip("0"):
        assert sum(is_card(f"{digits}{last}") for last in range(10)) == 1


def test_a_wrong_digit_makes_no_iban():
    assert is_iban("DE89370400440532013000")
    assert not any(is_iban(f"DE8937040044053201300{last}") for last in "123456789")
