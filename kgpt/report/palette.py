"""What each arm looks like in every figure: a colour, a marker and a line, any of which tells it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle

INK, MUTED, GRID = "#0a0001", "#0a0002", "#0a0003"
"""Stand-ins in matplotlib's output for the page's own colours, which change in dark mode."""

GOOD, BAD, NEITHER = "#0a0005", "#0a0006", "#0a0007"
"""Stand-ins for what is right, what is wrong, and what is neither."""

_FLOOR, _FIRST_ARM = "#0a0004", 0x0B0000
BAR = f"#{_FIRST_ARM + 1:06x}"
"""The colour of figures that are not about arms."""

_NUM_COLORS = 7
_MARKERS = (("o", "●"), ("s", "■"), ("^", "▲"), ("D", "◆"), ("v", "▼"), ("p", "⬟"), ("P", "✚"))
_LINES = ("-", "--", "-.", ":")


@dataclass(frozen=True, slots=True)
class ArmStyle:
    """How an arm is drawn.

    Args:
        color: stand-in that `page_colors` turns into the page's colour.
        css: the page's colour, for HTML.
        marker: matplotlib's name of its marker.
        symbol: the same marker as a character.
        line: matplotlib's line style.
    """

    color: str
    css: str
    marker: str
    symbol: str
    line: str


def arm_styles(arms: Sequence[str], *, control: str) -> dict[str, ArmStyle]:
    """The style of every arm: the control grey, the floor a faint tick, the others by their order."""
    from kgpt.pipeline.measuring import MAJORITY  # heavy: a page about a graph does without

    numbers, lines = cycle(range(1, _NUM_COLORS)), cycle(_LINES)
    styles = {}
    for arm in arms:
        if arm == MAJORITY:
            styles[arm] = ArmStyle(_FLOOR, "var(--floor)", "|", "❘", ":")
        else:
            styles[arm] = _style(0 if arm == control else next(numbers), next(lines))
    return styles


def page_colors() -> Mapping[str, str]:
    """Stand-in to CSS colour."""
    fixed = {INK: "var(--ink)", MUTED: "var(--muted)", GRID: "var(--line)", _FLOOR: "var(--floor)"}
    fixed |= {GOOD: "var(--good)", BAD: "var(--bad)", NEITHER: "var(--line)"}
    return fixed | {f"#{_FIRST_ARM + number:06x}": f"var(--arm-{number})" for number in range(_NUM_COLORS)}


def _style(number: int, line: str) -> ArmStyle:
    marker, symbol = _MARKERS[number]
    return ArmStyle(f"#{_FIRST_ARM + number:06x}", f"var(--arm-{number})", marker, symbol, line)
