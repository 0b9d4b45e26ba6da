import pytest

from kgpt.corpus import step_files
from kgpt.corpus.blocklist import Blocklist
from kgpt.errors import DataError
from kgpt.records import Document, Dropped, Metadata


@pytest.fixture
def lists(tmp_path):
    (tmp_path / "spam.txt").write_text("# bad words\nViagra\nbuy it now # a phrase\n\ncafé\n")
    (tmp_path / "sites.txt").write_text("https://www.bad.example/\ngood.example/spam\n")
    return tmp_path


@pytest.mark.parametrize(
    ("text", "goes"),
    [
        ("All you need: BUY it\nNOW!", True),
        ("viagra.", True),
        ("In the Cafe\u0301 Central.", True),
        ("viagras, cafés", False),
        ("buy it, now", False),
        ("", False),
    ],
)
def test_whole_words_and_phrases_are_found_whatever_their_case(lists, text, goes):
    verdict = Blocklist(words={"spam": str(lists / "spam.txt")}).begin()

    found = verdict(Document("d", text))

    assert found == (Dropped("d", "blocklist:spam") if goes else Document("d", text))


def test_a_document_may_hold_fewer_than_the_threshold(lists):
    verdict = Blocklist(words={"spam": str(lists / "spam.txt")}, min_words=2).begin()

    assert isinstance(verdict(Document("d", "one viagra")), Document)
    assert isinstance(verdict(Document("d", "viagra or viagra")), Dropped)


@pytest.mark.parametrize(
    ("url", "goes"),
    [
        ("http://bad.example/page?x=1", True),
        ("https://sub.bad.example:8080/", True),
        ("http://www.good.example/spam/page", True),
        ("http://good.example/spamless", False),
        ("http://notbad.example/", False),
        ("http://[broken", False),
        ("", False),
    ],
)
def test_a_site_stands_for_what_lies_below_it(lists, url, goes):
    verdict = Blocklist(sites={"bad": str(lists / "sites.txt")}).begin()
    document = Document("d", "text", metadata=Metadata(url=url))

    assert verdict(document) == (Dropped("d", "blocklist:bad") if goes else document)


def test_our_own_phrases_can_be_left_out():
    document = Document("d", "This website uses cookies.")

    assert Blocklist().begin()(document) == Dropped("d", "blocklist:boilerplate")
    assert Blocklist(boilerplate=False).begin()(document) == document


def test_a_list_of_the_users_may_not_bear_the_name_of_ours(lists):
    mine = {"boilerplate": str(lists / "spam.txt")}

    with pytest.raises(ValueError, match="`boilerplate` is the list of our own phrases"):
        Blocklist(words=mine)
    assert Blocklist(words=mine, boilerplate=False).begin()(Document("d", "viagra")).reason == "blocklist:boilerplate"


def test_lists_are_files_that_the_step_reads(lists):
    step = Blocklist(words={"spam": str(lists / "spam.txt")}, sites={"bad": str(lists / "sites.txt")})

    assert step_files([step]) == [lists / "spam.txt", lists / "sites.txt"]


def test_a_list_without_entries_is_refused(tmp_path):
    (tmp_path / "empty.txt").write_text("# nothing\n")

    with pytest.raises(DataError, match=r"empty.txt: no entry"):
        Blocklist(words={"none": str(tmp_path / "empty.txt")}).begin()
    with pytest.raises(DataError, match="no such file"):
        Blocklist(words={"none": str(tmp_path / "missing.txt")}).begin()
