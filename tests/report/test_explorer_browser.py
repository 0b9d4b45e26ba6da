"""The page of `kgpt serve` in Debian's Chromium: typing, keys, what is told, dark paper, silence."""

import re
import threading
from itertools import pairwise

import pytest

from kgpt.report.explorer_server import ExplorerServer
from kgpt.report.exploring import Explorer
from tests.report.test_browser import CONTRAST

ARMS = ("text_only", "kg_t5", "kg_t5_shuffled")
SENTENCE, QUESTION = "Citytown1 is the capital of Landia1.", "What is the capital of Landia1?"


@pytest.fixture(scope="module")
def address(finished_run):
    with ExplorerServer(Explorer.open(finished_run), host="127.0.0.1", port=0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.address
        server.shutdown()
        thread.join()


def told(page, field, words):
    """Wait until the status of a form says so."""
    page.locator(f"#{field}-status").filter(has_text=re.compile(words)).wait_for()


def read(page, text=SENTENCE):
    page.fill("#text", text)
    page.press("#text", "Control+Enter")
    told(page, "read", "found")


def ask(page, question=QUESTION):
    page.fill("#question", question)
    page.press("#question", "Enter")
    told(page, "ask", "answered")


def test_links_and_drawing_appear_for_a_sentence(opened):
    page, _, _ = opened()

    read(page)

    assert page.locator("#read-result mark").count() == 2
    rows = page.locator(".mentions tbody tr").all_inner_texts()
    assert "Citytown1" in rows[0]
    assert "NIL, not in the graph" in rows[0]
    assert page.locator("#read-status").inner_text() == "2 links found; the graph is drawn below."
    assert page.locator(".drawing .node").count() > 5


def test_a_drawn_node_shows_what_it_sees_by_pointer_and_key(opened):
    page, _, _ = opened()
    read(page)
    relation = page.locator('.node[aria-label*=": relation"]').first

    relation.hover()

    assert page.locator(".drawing .choosing").count() == 1
    assert "relation" in page.locator(".told").inner_text()
    page.locator(".drawing .scroll").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.dataset.node") == "1"


def test_all_arms_and_the_graph_answer_a_question(opened):
    page, _, _ = opened()

    ask(page)

    assert "Citytown1" in page.locator("#graph-answer").inner_text()
    assert "This is question" in page.locator("#graph-answer").inner_text()
    for arm in ARMS:
        card = page.locator(f'[data-arm="{arm}"]')
        assert card.locator("h3").inner_text().split()[1] == arm
        assert 1 <= card.locator("li").count() <= 5
        assert "graph" in card.locator(".verdict").inner_text()
    assert page.locator("#ask-status").inner_text() == "3 arms answered, and the graph."


def test_another_seed_is_asked_by_key_alone(opened):
    page, _, _ = opened()
    page.locator("#question").focus()
    page.keyboard.type(QUESTION)
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    told(page, "ask", "answered")

    assert page.locator(f'[data-arm="{ARMS[0]}"]').inner_text().endswith("Seed 1.")


def test_an_example_is_one_press_away(opened):
    page, _, _ = opened()

    page.locator('[data-fills="question"]').first.press("Enter")
    told(page, "ask", "answered")

    assert page.locator("#graph-answer .tails li").count() >= 1


def test_markup_that_was_typed_stays_text(opened):
    page, logged, _ = opened()

    read(page, "<img src=x onerror=alert(1)> <script>alert(2)</script> Citytown1")
    ask(page, "<b onclick=alert(3)>What</b> is the capital of Landia1?")

    assert page.locator("#read-result img, #read-result script, #ask-result b[onclick]").count() == 0
    assert "<img src=x" in page.locator(".linked-text").inner_text()
    assert logged == []


def test_a_refusal_is_told(opened):
    page, _, _ = opened()
    page.fill("#text", "   ")
    page.click("#read [type=submit]")
    told(page, "read", "Type a text first")

    assert "problem" in page.locator("#read-status").get_attribute("class")
    assert page.locator("#read-result").inner_html() == ""


def test_the_page_is_silent_and_asks_only_its_own_server(opened, address):
    page, logged, asked = opened()
    read(page)
    ask(page)

    assert logged == []
    assert all(one.startswith((address, "data:")) for one in asked)
    assert page.context.cookies() == []


@pytest.mark.parametrize("width", [360, 1200])
def test_the_page_itself_never_scrolls_sideways(opened, width):
    page, _, _ = opened(viewport={"width": width, "height": 800})
    read(page)
    ask(page)

    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_on_either_paper(opened, scheme):
    page, _, _ = opened(color_scheme=scheme)
    read(page)
    ask(page)

    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (min(map(int, paper[4:-1].split(","))) > 200) == (scheme == "light")
    for selector in (
        "label",
        "button",
        "textarea",
        "select",
        "mark",
        ".score",
        ".note",
        ".status",
        ".said",
        ".verdict",
    ):
        for element in page.locator(selector).all()[:3]:
            assert element.evaluate(CONTRAST) >= 4.5, (scheme, selector)


def test_everything_has_a_name_and_results_are_told(opened):
    page, _, _ = opened()
    read(page)
    ask(page)
    unnamed = page.evaluate(
        """[...document.querySelectorAll('svg[role], [role="region"], article, section, ol')]
            .filter(one => !one.getAttribute("aria-label") && !one.getAttribute("aria-labelledby")).length"""
    )
    unlabelled = page.evaluate(
        "[...document.querySelectorAll('input, textarea, select')].filter(one => !one.labels.length).length"
    )
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map(one => Number(one.tagName[1]))")

    assert unnamed == unlabelled == 0
    assert page.locator('.status[role="status"]').count() == 2
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
