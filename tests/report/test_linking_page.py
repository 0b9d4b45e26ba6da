import re
import subprocess
from html.parser import HTMLParser

import pytest

from kgpt.evaluation import evaluate_linking
from kgpt.evaluation.entity_linking import Judgement
from kgpt.kg import build_graph
from kgpt.linking import Linker
from kgpt.records import NIL, Document, EntityRecord, Link, Metadata, Triple
from kgpt.report.linking_page import KINDS, calibration_bins, write_linking_page
from kgpt.report.plots import ScoreBin

HOSTILE = "<script>alert('x')</script>"
VOID = frozenset({"meta", "br", "input"})
TEXT = f"Berlin is in Germany. Paris Hilton met Kafka and {HOSTILE} in the old town."


class Page(HTMLParser):
    """Tags, attributes and text of a page; checks that tags close in the order they opened."""

    def __init__(self, content):
        super().__init__()
        self.tags, self.attributes, self.text, self._open = [], [], "", []
        self.feed(content)
        self.close()
        assert not self._open

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        self._open += [] if tag in VOID else [tag]

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        self.text += data

    def values(self, name):
        return [value for found, value in self.attributes if found == name]


@pytest.fixture(scope="module")
def linker():
    names = {"Q1": "Berlin", "Q2": "Germany", "Q3": "Paris", "Q4": "Paris Hilton", "Q5": HOSTILE}
    items = [EntityRecord(identifier, label) for identifier, label in names.items()]
    items += [Triple("Q3", "P1", "Q2"), Triple("Q1", "P2", "Q2"), Triple("Q4", "P2", "Q5")]
    return Linker.of(build_graph(items)[0])


def gold(text=TEXT):
    wanted = {"Berlin": "Q1", "Paris": "Q3", "Kafka": NIL, "old town": "Q1"}
    links = [Link(text.index(name), text.index(name) + len(name), entity) for name, entity in wanted.items()]
    return Document("d", text, tuple(links), Metadata(extra={"title": HOSTILE}))


def write(linker, path, *, mode="A2KB", num_sets=1, num_documents=1):
    scores = {f"set {n}": evaluate_linking(linker, [gold()] * num_documents, mode=mode) for n in range(num_sets)}
    write_linking_page(scores, linker, path)
    return Page(path.read_text("utf-8"))


def test_every_kind_is_told_by_name_and_mark(linker, tmp_path):
    page = write(linker, tmp_path / "page.html")

    assert all(told in page.text for kind in KINDS.values() for told in kind)
    marked = [value for value in page.values("class") if value in KINDS]
    assert set(marked) >= {"right", "false_mention", "wrong_span", "outside", "not_detected"}


def test_what_comes_from_data_is_escaped_and_there_is_no_script(linker, tmp_path):
    page = write(linker, tmp_path / "page.html")

    assert "script" not in page.tags
    assert HOSTILE in page.text
    assert not [name for name, _ in page.attributes if name.startswith("on")]


def test_the_page_needs_nothing_from_outside(linker, tmp_path):
    page = write(linker, tmp_path / "page.html", num_sets=2)

    assert not page.values("src")
    assert all(value.startswith("#") for value in page.values("href"))
    assert not re.search(r"@import|url\(http", page.text)


def test_ids_are_unique_and_references_resolve(linker, tmp_path):
    page = write(linker, tmp_path / "page.html", num_sets=2)
    ids = page.values("id")

    assert len(ids) == len(set(ids))
    assert {value[1:] for value in page.values("href")} | set(page.values("for")) <= set(ids)


def test_gold_candidates_and_scores_stand_by_each_mention(linker, tmp_path):
    page = write(linker, tmp_path / "page.html")

    assert "not in the graph" in page.text
    assert re.search(r"Berlin\s*Q1\s*0\.\d\d", page.text)


@pytest.mark.parametrize("mode", ["A2KB", "D2KB"])
def test_both_modes_have_a_page(linker, tmp_path, mode):
    assert mode in write(linker, tmp_path / "page.html", mode=mode).text


def test_a_set_without_documents_has_a_page(linker, tmp_path):
    assert "0 documents" in write(linker, tmp_path / "page.html", num_documents=0).text


def test_the_same_evaluation_gives_the_same_bytes(linker, tmp_path):
    for name in ("one.html", "two.html"):
        write(linker, tmp_path / name)

    assert (tmp_path / "one.html").read_bytes() == (tmp_path / "two.html").read_bytes()


def test_bins_hold_links_of_about_the_same_score():
    document = Document("d", "a b c", (Link(0, 1, "Q1"),))
    links = (Link(0, 1, "Q1", 0.96), Link(2, 3, "Q1", 0.94), Link(4, 5, "Q1", 0.11), Link(2, 3, NIL, 0.5))

    assert calibration_bins([Judgement(document, links, ())]) == [
        ScoreBin(0.11, 0.0, 1),
        ScoreBin(pytest.approx(0.95), 0.5, 2),
    ]


def test_a_browser_shows_all_or_one_kind(linker, tmp_path, chromium):
    path = tmp_path / "page.html"
    write(linker, path)
    chosen = path.read_text("utf-8").replace(' id="show-all" checked', ' id="show-all"')
    other = tmp_path / "other.html"
    other.write_text(chosen.replace('id="show-no_candidate"', 'id="show-no_candidate" checked'), "utf-8")
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
    flags += [f"--user-data-dir={tmp_path / 'profile'}", "--window-size=1200,1600"]

    for one in (path, other):
        picture = one.with_suffix(".png")
        subprocess.run(
            [chromium, *flags, f"--screenshot={picture}", one.as_uri()], check=True, capture_output=True, timeout=120
        )

    sizes = [one.with_suffix(".png").stat().st_size for one in (path, other)]
    assert sizes[0] > 50_000
    assert sizes[1] < sizes[0]  # the only text has no such mention: it is hidden
