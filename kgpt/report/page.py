"""The report about one run or several: an HTML file, which needs no other file and no network, or Markdown.

The page's one script, a few lines of its own, lets nodes of drawings be chosen; without it the page is whole but still.
"""

from collections.abc import Sequence
from pathlib import Path

from kgpt.atomic import write_bytes
from kgpt.errors import ConfigError, DataError
from kgpt.report.markdown import report_markdown
from kgpt.report.run_record import read_runs
from kgpt.report.section import section
from kgpt.report.tables import arm_table, say_count
from kgpt.report.template import render

_TEMPLATE = "page.html.jinja"
_SUFFIXES = (".html", ".htm", ".md")


def write_report(runs: Sequence[Path], out: Path) -> None:
    """Write the report about `runs` to `out`, whole or not at all.

    Args:
        runs: run folders, shown in this order.
        out: the HTML file; with the suffix `.md` tables in Markdown, without figures.

    Raises:
        ConfigError: the file's suffix is of another form.
        DataError: no run was given, or one has no results.
    """
    if not runs:
        raise DataError("a report needs at least one run folder")
    is_device = out.exists() and not (out.is_file() or out.is_dir())
    if out.suffix.lower() not in _SUFFIXES and not is_device:
        raise ConfigError(f"{out}: a report is written as {' or '.join(_SUFFIXES)}, found the suffix {out.suffix!r}")
    records = read_runs(runs)
    if out.suffix.lower() == ".md":
        write_bytes(out, report_markdown(records).encode())
        return
    page = render(
        _TEMPLATE,
        count=say_count,
        title=" · ".join(dict.fromkeys(record.name for record in records)),
        sections=[section(record, key=f"run-{number}") for number, record in enumerate(records, start=1)],
        joint=arm_table(records) if len(records) > 1 else None,
    )
    write_bytes(out, page)
