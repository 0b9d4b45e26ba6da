"""The report: one HTML file about one run or several, which needs no other file, no network and no script."""

from collections.abc import Sequence
from pathlib import Path

from kgpt.errors import DataError
from kgpt.io import write_bytes
from kgpt.report.run_record import read_run
from kgpt.report.section import section
from kgpt.report.tables import arm_table
from kgpt.report.template import render

_TEMPLATE = "page.html.jinja"


def write_report(runs: Sequence[Path], out: Path) -> None:
    """Write the page about `runs` to `out`, whole or not at all.

    Args:
        runs: run folders, shown in this order.
        out: the HTML file.

    Raises:
        DataError: no run was given, or one has no results.
    """
    if not runs:
        raise DataError("a report needs at least one run folder")
    records = [read_run(folder) for folder in runs]
    page = render(
        _TEMPLATE,
        title=" · ".join(dict.fromkeys(record.name for record in records)),
        sections=[section(record, key=f"run-{number}") for number, record in enumerate(records, start=1)],
        joint=arm_table(records) if len(records) > 1 else None,
    )
    write_bytes(out, page)
