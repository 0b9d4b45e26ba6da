"""The page in Debian's Chromium, driven by Playwright: keys, pointer, dark paper, silence, structure."""

from itertools import pairwise

import pytest

from kgpt.report.page import write_report

CONTRAST = """element => {
    const parse = color => color.match(/[\\d.]+/g).map(Number);
    const linear = v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
    const light = color => [.2126, .7152, .0722].reduce((sum, share, at) => sum + share * linear(color[at] / 255), 0);
    let back = element;
    while (parse(getComputedStyle(back).backgroundColor)[3] === 0) back = back.parentElement;
    const [one, other] = [getComputedStyle(element).color, getComputedStyle(back).backgroundColor]
        .map(color => light(parse(color)));
    return (Math.max(one, other) + .05) / (Math.min(one, other) + .05);
}"""


@pytest.fixture(scope="module")
def address(run_folder, tmp_path_factory) -> str:
    out = tmp_path_factory.mktemp("browser") / "report.html"
    write_report([run_folder], out)
    return out.as_uri()


def nodes(page, state="all"):
    """Numbers of the first drawing's nodes that look so."""
    return page.evaluate(
        """state => [...document.querySelector(".drawing svg").querySelectorAll(".node")]
            .filter(node => state === "all" || (Number(getComputedStyle(node).opacity) < .5) === (state === "faint"))
            .map(node => Number(node.dataset.node))""",
        state,
    )


def settle(page):
    page.evaluate("() => Promise.all(document.getAnimations().map(animation => animation.finished))")


def test_the_page_is_silent_and_asks_for_nothing(opened, address):
    _, logged, asked = opened()

    assert logged == []
    assert asked == [address]


def test_pointing_at_a_relation_leaves_only_what_it_sees(opened):
    page, _, _ = opened()
    relation = page.locator(".drawing svg").first.locator('.node[aria-label*=": relation"]').first
    sees = relation.get_attribute("data-sees").split()

    relation.scroll_into_view_if_needed()
    relation.hover()
    settle(page)

    clear = nodes(page, "clear")
    assert len(clear) == 3
    assert str(clear[0]) in sees
    assert "relation" in page.locator(".told").first.inner_text()
    page.mouse.move(0, 0)
    settle(page)
    assert nodes(page, "faint") == []


def test_a_drawing_is_one_tab_stop_and_arrows_go_on(opened):
    page, _, _ = opened()
    drawing = page.locator(".drawing svg").first
    assert drawing.locator('.node[tabindex="0"]').count() == 1

    page.locator('.drawing [role="region"]').first.focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.dataset.node") == "0"
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.dataset.node") == "1"
    outline = "getComputedStyle(document.activeElement.querySelector('path')).stroke"
    assert page.evaluate(outline) == "rgb(11, 61, 145)"
    page.keyboard.press("End")
    settle(page)
    assert page.evaluate("document.activeElement.dataset.node") == str(max(nodes(page)))
    assert nodes(page, "faint")
    assert page.locator(".told").first.inner_text() == page.evaluate("document.activeElement.ariaLabel")
    page.keyboard.press("Escape")
    settle(page)
    assert nodes(page, "faint") == []


def test_what_scrolls_can_be_reached_by_key_and_shows_it(opened):
    page, _, _ = opened(viewport={"width": 380, "height": 800})
    regions = page.locator(".scroll")
    for number in range(regions.count()):
        assert regions.nth(number).get_attribute("tabindex") == "0"
    page.keyboard.press("Tab")
    while not page.evaluate("document.activeElement.classList.contains('scroll')"):
        page.keyboard.press("Tab")

    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


@pytest.mark.parametrize("width", [360, 1200])
def test_the_page_itself_never_scrolls_sideways(opened, width):
    page, _, _ = opened(viewport={"width": width, "height": 800})

    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_on_either_paper(opened, scheme):
    page, _, _ = opened(color_scheme=scheme)

    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (min(map(int, paper[4:-1].split(","))) > 200) == (scheme == "light")
    for selector in ("h1", ".about", ".verdicts li", "td", "th small", ".note", "figcaption", "td.wrong", "mark", "a"):
        for element in page.locator(selector).all()[:3]:
            assert element.evaluate(CONTRAST) >= 4.5, (scheme, selector)


def test_headings_labels_and_tables_make_an_outline(opened):
    page, _, _ = opened()
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map(one => Number(one.tagName[1]))")
    unnamed = page.evaluate(
        """[...document.querySelectorAll('svg[role], [role="region"], [role="group"], nav, article')]
            .filter(one => !one.getAttribute("aria-label") && !one.getAttribute("aria-labelledby")).length"""
    )
    bare = page.evaluate("[...document.querySelectorAll('thead th')].filter(one => one.scope !== 'col').length")

    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert unnamed == bare == 0
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.locator("main").count() == 1
