"""One run as a section of the page: everything its template shows, pieces that the run lacks left empty."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from kgpt.pipeline.measuring import MAJORITY
from kgpt.pipeline.run import CONFIG_NAME
from kgpt.report.drawn_document import DrawnDocument, drawn_document
from kgpt.report.linking_example import LinkingExample, linking_examples
from kgpt.report.palette import ArmStyle, arm_styles
from kgpt.report.plots import DotRow, Line, dot_plot, learning_curve
from kgpt.report.question_example import QuestionExample, question_examples
from kgpt.report.run_record import RunRecord
from kgpt.report.tables import (
    ArmTable,
    ComparisonRow,
    CostRow,
    StageRow,
    arm_table,
    comparison_rows,
    cost_row,
    say_count,
    say_measure,
    stage_row,
)
from kgpt.report.terminal import say_verdict, seed_values, verdict_rows

Tone = Literal["better", "worse", "unclear"]
_KNOWLEDGE = (
    ("qa", "stated_in_text", "exact_match"),
    ("qa", "graph_only", "exact_match"),
    ("qa", "popular", "exact_match"),
    ("qa", "rare", "exact_match"),
    ("coverage", "all", "exact_match"),
    ("cloze", "all", "p_at_1"),
)
_BY_RELATION = (("coverage", "exact_match"), ("qa", "exact_match"), ("cloze", "p_at_1"))
_MAX_RELATIONS = 12
_NO_OBJECTIVE = frozenset(
    {"step", "loss", "learning_rate", "grad_norm", "epoch", "data_wait_frac", "expert_load_max", "expert_load_min"}
)
_OVERLAPS = {
    "asked_in_training": "are asked in the same words in the training questions",
    "quoted_in_text": "stand in the training text",
    "facts_in_training_questions": "ask for a fact that a training question asks for",
    "facts_in_text": "ask for a fact that the training text states",
    "facts_in_graph": "ask for a fact of the training graph, which is what a knowledge arm is to learn",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an arm knows beyond the control."""

    text: str
    tone: Tone
    control: str


@dataclass(frozen=True, slots=True)
class RelationFigure:
    """The figure by relation, and the task it is about."""

    measure: str
    num_shown: int
    svg: Markup


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """What `run.html.jinja` shows."""

    key: str
    name: str
    about: str
    control: str
    facts: Sequence[tuple[str, str]]
    seeds: Sequence[int]
    styles: Mapping[str, ArmStyle]
    verdicts: Sequence[Verdict]
    arms: ArmTable
    comparisons: Sequence[ComparisonRow]
    knowledge: Markup | None
    relations: RelationFigure | None
    curves: Sequence[Markup]
    questions: Sequence[QuestionExample]
    linking: Sequence[LinkingExample]
    linking_f1: str
    drawing: DrawnDocument | None
    overlap: Sequence[tuple[str, str]]
    num_test: str
    stages: Sequence[StageRow]
    cost: Sequence[CostRow]
    command: str
    versions: Mapping[str, str]
    fingerprint: str
    finished_at: str

    @property
    def trained_styles(self) -> Mapping[str, ArmStyle]:
        """The styles without the floor's."""
        return {arm: style for arm, style in self.styles.items() if arm != MAJORITY}

    @property
    def linked_without_gold(self) -> bool:
        """Whether a linking example has nothing to be compared with."""
        return any(span.kind == "linked" for example in self.linking for span in example.spans)


def section(run: RunRecord, *, key: str) -> Section:
    """The section of `run`; `key` is unique in the page and leads its ids."""
    styles, manifests, overlap = arm_styles(run.arms, control=run.control), list(run.manifests()), run.overlap
    return Section(
        key=key,
        name=run.name,
        about=str(run.config.get("about", "")),
        control=run.control,
        facts=list(_facts(run)),
        seeds=run.seeds,
        styles=styles,
        verdicts=list(_verdicts(run)),
        arms=arm_table([run]),
        comparisons=comparison_rows(run.results),
        knowledge=_knowledge(run, styles, key),
        relations=_relations(run, styles, key),
        curves=list(_curves(run, styles, key)),
        questions=question_examples(run),
        linking=_linking(run),
        linking_f1=_linking_f1(run),
        drawing=drawn_document(run, name=f"{key}-drawing"),
        overlap=[(say_count(overlap[name]), text) for name, text in _OVERLAPS.items() if name in overlap],
        num_test=say_count(overlap.get("num_test", 0)),
        stages=[stage_row(manifest) for manifest in manifests],
        cost=[cost_row(row) for row in run.results.get("cost", ())],
        command=_command(run),
        versions=manifests[-1].versions if manifests else {},
        fingerprint=str(run.results.get("config_fingerprint", "")),
        finished_at=max((manifest.finished_at for manifest in manifests), default=""),
    )


def _facts(run: RunRecord) -> Iterator[tuple[str, str]]:
    """The run at a glance."""
    if run.graph is not None:
        yield "entities", say_count(run.graph.num_entities)
        yield "triples", say_count(run.graph.num_triples)
    if documents := run.documents("2-corpus"):
        yield "documents", say_count(len(documents))
    if num_test := sum(question.split == "test" for question in run.questions):
        yield "test questions", say_count(num_test)
    if steps := run.config.get("training", {}).get("steps"):
        yield "training steps", say_count(steps)
    yield "seeds", str(len(run.seeds))


def _verdicts(run: RunRecord) -> Iterator[Verdict]:
    values = seed_values(run.results)
    for row in verdict_rows(run.results):
        low, high = row["ci95"]
        tone: Tone = "better" if low > 0 else "worse" if high < 0 else "unclear"
        yield Verdict(say_verdict(row, values), tone, row["control"])


def _knowledge(run: RunRecord, styles: Mapping[str, ArmStyle], key: str) -> Markup | None:
    rows = [_dot_row(run, measure, say_measure(*measure[:2])) for measure in _KNOWLEDGE]
    rows = [row for row in rows if row.by_arm]
    if not rows:
        return None
    return Markup(dot_plot(rows, styles, label="Knowledge by arm, share right", name=f"{key}-knowledge"))


def _relations(run: RunRecord, styles: Mapping[str, ArmStyle], key: str) -> RelationFigure | None:
    """The relations with the most items, in the first task that tells relations apart."""
    for task, metric in _BY_RELATION:
        sizes = {subset: value.n for (_, t, subset, m), value in run.estimates.items() if (t, m) == (task, metric)}
        shown = sorted((one for one in sizes if one.startswith("relation:")), key=lambda one: (-sizes[one], one))
        if not shown:
            continue
        rows = [_relation_row(run, task, one, metric, sizes[one]) for one in shown[:_MAX_RELATIONS]]
        trained = {arm: style for arm, style in styles.items() if any(arm in row.by_arm for row in rows)}
        measure = say_measure(task, "by relation", metric)
        svg = Markup(dot_plot(rows, trained, label=measure, name=f"{key}-relations"))
        return RelationFigure(measure, len(rows), svg)
    return None


def _relation_row(run: RunRecord, task: str, subset: str, metric: str, num_items: int) -> DotRow:
    name = run.relation_label(subset.removeprefix("relation:"))
    return _dot_row(run, (task, subset, metric), f"{name} ({num_items})")


def _dot_row(run: RunRecord, measure: tuple[str, str, str], label: str) -> DotRow:
    found = {arm: run.estimates.get((arm, *measure)) for arm in run.arms}
    return DotRow(label, {arm: value for arm, value in found.items() if value is not None})


def _curves(run: RunRecord, styles: Mapping[str, ArmStyle], key: str) -> Iterator[Markup]:
    trained = [arm for arm in run.arms if arm != MAJORITY]
    points = {(arm, seed): run.curve(arm, seed) for arm in trained for seed in run.seeds}
    names = dict.fromkeys(name for curve in points.values() for point in curve for name in point)
    objectives = [name for name in names if name not in _NO_OBJECTIVE]
    shown = objectives if len(objectives) == 1 else [*(["loss"] if "loss" in names else []), *objectives]
    for number, objective in enumerate(shown):
        lines = [_line(arm, curve, objective) for (arm, _), curve in points.items()]
        title = objective.replace("_", " ")
        yield Markup(learning_curve(title, [one for one in lines if one.steps], styles, name=f"{key}-curve-{number}"))


def _line(arm: str, curve: Sequence[Mapping[str, float]], objective: str) -> Line:
    points = [(point["step"], point[objective]) for point in curve if objective in point and "step" in point]
    return Line(arm, tuple(step for step, _ in points), tuple(value for _, value in points))


def _linking(run: RunRecord) -> list[LinkingExample]:
    corpus = {document.id: document for document in run.documents("2-corpus")}
    known = run.graph.entities.ids.find if run.graph is not None else lambda _: None
    return linking_examples(
        run.documents("3-linked"),
        corpus,
        label=run.entity_label,
        known=lambda entity: known(entity) is not None,
    )


def _linking_f1(run: RunRecord) -> str:
    found = run.estimates.get(("linker", "linking", "all", "in_kb_micro_f1"))
    return "" if found is None else f"{found.mean:.3f}"


def _command(run: RunRecord) -> str:
    """What makes the run again: its own config, into a new folder."""
    if not run.config:
        return ""
    return shlex.join(["kgpt", "run", str(run.folder / CONFIG_NAME), "--out", f"runs/{run.name}-again"])
