"""A matplotlib figure as SVG inside a page: its text is text, its colours are the page's, no id clashes.

`matplotlib.figure.Figure` is used directly, never pyplot, so nothing global is left behind.
"""

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from io import StringIO

import matplotlib as mpl
from matplotlib.figure import Figure

from kgpt.report.palette import page_colors

_NO_METADATA = {"Date": None, "Creator": None, "Format": None, "Type": None}
_REFERENCE = re.compile(r'(?:xlink:)?href="#([^"]+)"|url\(#([^)]+)\)')
_IDENTIFIER = re.compile(r' id="([^"]*)"')
_FONT = re.compile(r"'DejaVu Sans'(?:, '[^']*')*(?:, sans-serif)?")
_FRAME = re.compile(r'\A<svg[^>]*?(viewBox="[^"]*")[^>]*>')
_DROPPED = re.compile(r"<metadata>.*?</metadata>|<!--.*?-->|<style[^>]*>.*?</style>", re.DOTALL)


@contextmanager
def drawing() -> Iterator[None]:
    """Set matplotlib for drawing: equal figures give equal bytes, `$` is a dollar, glyphs may be missing."""
    settings = {"svg.hashsalt": "kgpt", "text.parse_math": False, "font.size": 8.5}
    with mpl.rc_context(settings), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"Glyph .* missing")
        yield


def inline_figure(figure: Figure, *, label: str, name: str) -> str:
    """The figure for a page; see `inline_svg`."""
    out = StringIO()
    with mpl.rc_context({"svg.fonttype": "none"}):
        figure.savefig(out, format="svg", metadata=_NO_METADATA, transparent=True)
    return inline_svg(out.getvalue(), label=label, name=name)


def inline_svg(svg: str, *, label: str, name: str, role: str = "img") -> str:
    """SVG of matplotlib's made fit for a page.

    Args:
        svg: what matplotlib wrote.
        label: what the figure shows, for those who do not see it.
        name: unique in the page; leads every id within.
        role: `img`, or `group` where parts of it can be focused.
    """
    body = _DROPPED.sub("", svg[svg.index("<svg") :])
    body = _own_ids(_FONT.sub("var(--sans)", body), name)
    for stand_in, color in page_colors().items():
        body = body.replace(stand_in, color)
    frame = _FRAME.match(body)
    assert frame is not None
    opening = f'<svg xmlns="http://www.w3.org/2000/svg" {frame[1]} role="{role}" aria-label="{escape(label)}">'
    return opening + body[frame.end() :].strip()


def _own_ids(svg: str, name: str) -> str:
    """Ids that are referred to get `name` in front, the others go."""
    used = {one or other for one, other in _REFERENCE.findall(svg)}
    kept = _IDENTIFIER.sub(lambda found: f' id="{name}-{found[1]}"' if found[1] in used else "", svg)
    return _REFERENCE.sub(lambda found: f'href="#{name}-{found[1]}"' if found[1] else f"url(#{name}-{found[2]})", kept)
