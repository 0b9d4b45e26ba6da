"""The report as Markdown: the page's tables without its figures, to be put into a model card or a pull request."""

from collections.abc import Iterator, Sequence

from kgpt.report.certainty import certainty
from kgpt.report.contamination import contamination_table
from kgpt.report.data_quality import quality_rows
from kgpt.report.palette import arm_styles
from kgpt.report.provenance import provenance
from kgpt.report.run_record import RunRecord
from kgpt.report.tables import ArmTable, arm_table, comparison_rows, cost_row, say_count
from kgpt.report.verdict import verdicts_of
from kgpt.text import markdown_table


def report_markdown(runs: Sequence[RunRecord]) -> str:
    """All runs under each other, a joint table before them where there are several."""
    parts = ["# All runs", _arms(arm_table(runs), with_run=True)] if len(runs) > 1 else []
    for run in runs:
        parts += [f"# {_plain(run.name)}", *_parts(run)]
    return "\n\n".join(parts) + "\n"


def _parts(run: RunRecord) -> Iterator[str]:
    if verdicts := list(verdicts_of(run)):
        yield "\n".join(f"- **{_plain(one.headline)}** {_plain(one.text)}" for one in verdicts)
    if about := str(run.config.get("about", "")):
        yield _plain(about)
    yield "## Results\n\n" + _arms(arm_table([run]), with_run=False)
    yield from _comparisons(run)
    yield from _certainty(run)
    yield from _contamination(run)
    yield from _inputs(run)
    if cost := [cost_row(row) for row in run.results.get("cost", ())]:
        rows = [[row.arm, str(row.seed), row.tokens, row.seconds, row.flops] for row in cost]
        yield "## Cost of training\n\n" + _table(["arm", "seed", "tokens", "seconds", "FLOPs"], rows)


def _arms(table: ArmTable, *, with_run: bool) -> str:
    header = [*(["run"] if with_run else []), "arm", *(f"{title} (n = {n})" for title, n in table.columns)]
    rows = [
        [
            *([row.run] if with_run else []),
            row.arm,
            *(f"{f'**{cell.mean}**' if cell.best else cell.mean} {cell.spread}".strip() for cell in row.cells),
        ]
        for row in table.rows
    ]
    return _table(header, rows)


def _comparisons(run: RunRecord) -> Iterator[str]:
    rows = [row for row in comparison_rows(run.results) if row.headline]
    if rows:
        header = ["against", "measure", "points", "95 % interval", "p", "d_z", "seeds"]
        cells = [
            [row.arm, row.measure, row.difference, row.interval, row.p_value, row.effect_size, row.seeds]
            for row in rows
        ]
        yield "## Paired comparisons\n\n" + _table(header, cells)


def _certainty(run: RunRecord) -> Iterator[str]:
    if found := certainty(run, arm_styles(run.arms, control=run.control), "markdown"):
        header = ["arm", "ECE", "Brier", "AURC", "right", "wrong", "abstained", "contradicted"]
        yield "## What the arms are sure of\n\n" + _table(header, [[row.arm, *row.cells] for row in found.rows])


def _contamination(run: RunRecord) -> Iterator[str]:
    if found := contamination_table(run):
        clean = f", of which {found.num_clean} are clean" if found.num_clean else ""
        rows = [[row.count, row.text] for row in found.overlaps]
        text = f"## Contamination\n\n{found.num_test} test questions{clean}.\n\n" + _table(["questions", "that"], rows)
        if found.arms:
            figures = [[row.arm, *row.cells] for row in found.arms]
            text += "\n\n" + _table(["QA, exact match", *found.columns], figures)
        yield text


def _inputs(run: RunRecord) -> Iterator[str]:
    if rows := quality_rows(run):
        cells = [[row.name, row.value, row.about] for row in rows]
        yield "## Entity linking and alignment\n\n" + _table(["figure", "value", "of what"], cells)
    if found := provenance(run):
        slices = [
            [one.source, one.license, one.language, say_count(one.num_passages), say_count(one.num_words)]
            for one in found.slices
        ]
        mixtures = [[row.arm, row.recipe, row.streams, row.knowledge] for row in found.mixtures]
        tables = [
            _table(["text from", "licence", "language", "passages", "words"], slices) if slices else "",
            _table(["arm", "recipe", "streams and weights", "knowledge"], mixtures) if mixtures else "",
        ]
        yield "\n\n".join(["## What went in", *filter(None, tables)])


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return markdown_table(header, [[_plain(cell) for cell in row] for row in rows])


def _plain(text: str) -> str:
    """Text in which no HTML of the data is HTML."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\n", " ")
