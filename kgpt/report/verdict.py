"""The verdict: what an arm knows beyond the control, in plain words, with the tone it is said in."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from kgpt.report.run_record import RunRecord
from kgpt.report.terminal import adjusted_p, say_verdict, seed_values, verdict_rows

Tone = Literal["better", "worse", "unclear"]
_ALPHA = 0.05


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an arm knows beyond the control."""

    text: str
    tone: Tone
    control: str

    @property
    def headline(self) -> str:
        """The tone in words."""
        said = {"better": "Better than", "worse": "Worse than", "unclear": "No clear difference from"}
        return f"{said[self.tone]} {self.control}."


def verdicts_of(run: RunRecord) -> Iterator[Verdict]:
    """One a deciding comparison."""
    values = seed_values(run.results)
    for row in verdict_rows(run.results):
        yield Verdict(say_verdict(row, values), _tone(row), row["control"])


def _tone(row: Mapping[str, Any]) -> Tone:
    """Better or worse only where the interval leaves out zero and the adjusted p says so, too."""
    low, high = row["ci95"]
    if adjusted_p(row) >= _ALPHA:
        return "unclear"
    return "better" if low > 0 else "worse" if high < 0 else "unclear"
