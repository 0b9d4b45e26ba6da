"""What the arms know, by measure, by hops of the question, by relation, and by relation and popularity."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from kgpt.pipeline.measuring import MAJORITY
from kgpt.report.heat_map import HeatCell, HeatRow, heat_map
from kgpt.report.palette import ArmStyle
from kgpt.report.plots import DotRow, dot_plot
from kgpt.report.run_record import RunRecord
from kgpt.report.tables import say_measure

_MEASURES = (
    ("qa", "stated_in_text", "exact_match"),
    ("qa", "graph_only", "exact_match"),
    ("qa", "popular", "exact_match"),
    ("qa", "rare", "exact_match"),
    ("coverage", "all", "exact_match"),
    ("cloze", "all", "p_at_1"),
)
_HOPS = ("hop_1", "hop_2", "hop_3")
_BY_RELATION = (("coverage", "exact_match"), ("qa", "exact_match"), ("cloze", "p_at_1"))
_POPULARITY = ("popular", "rare")
_MAX_RELATIONS = 12


@dataclass(frozen=True, slots=True)
class Captioned:
    """A figure with what is written below it; a wide one scrolls on a narrow screen rather than shrink."""

    svg: Markup
    caption: str
    is_wide: bool = False


def knowledge_figures(run: RunRecord, styles: Mapping[str, ArmStyle], key: str) -> Iterator[Captioned]:
    """The figures that the run has outcomes for; `key` leads their ids."""
    if shown := _dots(run, _MEASURES):
        svg = dot_plot(shown, styles, label="Knowledge by arm, share right", name=f"{key}-knowledge")
        yield Captioned(Markup(svg), f"Share answered right. Bars: {_say_bars(run)}.")
    if heat := _coverage_map(run, key):
        yield heat
    if hops := _dots(run, [("qa", hop, "exact_match") for hop in _HOPS]):
        svg = dot_plot(hops, styles, label="QA by hops of the question, share right", name=f"{key}-hops")
        yield Captioned(Markup(svg), "Questions by how many facts in a row they need; bars as before.")
    yield from _relations(run, styles, key)


def _coverage_map(run: RunRecord, key: str) -> Captioned | None:
    """Shares right by relation and popularity, the arms beside each other, over all seeds."""
    for task, metric in _BY_RELATION:
        if rows := _heat_rows(run, task, metric):
            arms = [arm for arm in run.arms if arm != MAJORITY]
            measure = say_measure(task, "", metric)
            svg = heat_map(rows, arms, _POPULARITY, label=f"{measure} by relation and popularity", name=f"{key}-heat")
            caption = (
                f"{measure} by relation, for facts about popular and rare entities (in more triples than the median "
                "entity, or not); an empty cell has no items."
            )
            return Captioned(Markup(svg), caption, is_wide=True)
    return None


def relation_name(run: RunRecord, subset: str) -> str:
    """The relation of a subset `relation:ID` for people; of a path, its relations in order."""
    hops = subset.removeprefix("relation:").split("/")
    return " / ".join(("^" if hop.startswith("^") else "") + run.relation_label(hop.removeprefix("^")) for hop in hops)


def _relations(run: RunRecord, styles: Mapping[str, ArmStyle], key: str) -> Iterator[Captioned]:
    """The relations with the most items, in the first task that tells relations apart."""
    for task, metric in _BY_RELATION:
        sizes = {subset: value.n for (_, t, subset, m), value in run.estimates.items() if (t, m) == (task, metric)}
        shown = sorted((one for one in sizes if one.startswith("relation:")), key=lambda one: (-sizes[one], one))
        if not shown:
            continue
        shown = shown[:_MAX_RELATIONS]
        rows = [_dot_row(run, (task, one, metric), f"{relation_name(run, one)} ({sizes[one]})") for one in shown]
        present = {arm: style for arm, style in styles.items() if any(arm in row.by_arm for row in rows)}
        measure = say_measure(task, "by relation", metric)
        svg = dot_plot(rows, present, label=measure, name=f"{key}-relations")
        caption = f"{measure}: the {len(rows)} relations asked most often, with the number of items; bars as before."
        yield Captioned(Markup(svg), caption)
        return


def _heat_rows(run: RunRecord, task: str, metric: str) -> list[HeatRow]:
    values: dict[str, dict[tuple[str, str], list[float]]] = defaultdict(lambda: defaultdict(list))
    for (arm, _), outcomes in run.outcomes.items():
        for one in outcomes:
            relation = next((subset for subset in one.subsets if subset.startswith("relation:")), "")
            popularity = next((subset for subset in one.subsets if subset in _POPULARITY), "")
            if (one.task, one.metric) == (task, metric) and relation and popularity:
                values[relation][arm, popularity].append(one.value)
    sizes = Counter({relation: sum(map(len, cells.values())) for relation, cells in values.items()})
    order = sorted(sizes, key=lambda one: (-sizes[one], one))[:_MAX_RELATIONS]
    return [HeatRow(relation_name(run, one), _cells(run, values[one])) for one in order]


def _cells(run: RunRecord, values: Mapping[tuple[str, str], Sequence[float]]) -> dict[tuple[str, str], HeatCell]:
    per_item = max(1, len(run.seeds))
    return {place: HeatCell(sum(found) / len(found), len(found) // per_item) for place, found in values.items()}


def _dots(run: RunRecord, measures: Sequence[tuple[str, str, str]]) -> list[DotRow]:
    rows = [_dot_row(run, measure, say_measure(*measure[:2])) for measure in measures]
    return [row for row in rows if row.by_arm]


def _dot_row(run: RunRecord, measure: tuple[str, str, str], label: str) -> DotRow:
    found = {arm: run.estimates.get((arm, *measure)) for arm in run.arms}
    return DotRow(label, {arm: value for arm, value in found.items() if value is not None})


def _say_bars(run: RunRecord) -> str:
    if len(run.seeds) > 1:
        return f"one standard deviation over {len(run.seeds)} seeds (the floor: 95 % binomial interval)"
    return "95 % binomial interval"
