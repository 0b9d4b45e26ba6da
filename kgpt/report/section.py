"""One run as a section of the page: everything its template shows, pieces that the run lacks left empty."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from kgpt.pipeline.measuring import MAJORITY
from kgpt.pipeline.run import CONFIG_NAME
from kgpt.report.certainty import Certainty, certainty
from kgpt.report.contamination import ContaminationTable, contamination_table
from kgpt.report.curves import knowledge_curves, loss_curves
from kgpt.report.data_quality import QualityRow, quality_rows
from kgpt.report.drawn_document import DrawnDocument, drawn_documents
from kgpt.report.knowledge import Captioned, knowledge_figures
from kgpt.report.linking_example import LinkingExample, linking_examples
from kgpt.report.palette import ArmStyle, arm_styles
from kgpt.report.provenance import Provenance, provenance
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
    stage_row,
)
from kgpt.report.verdict import Verdict, verdicts_of


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
    corrected: bool
    knowledge: Sequence[Captioned]
    certainty: Certainty | None
    contamination: ContaminationTable | None
    losses: Sequence[Markup]
    probes: Sequence[Markup]
    questions: Sequence[QuestionExample]
    linking: Sequence[LinkingExample]
    quality: Sequence[QualityRow]
    drawings: Sequence[DrawnDocument]
    provenance: Provenance | None
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
    styles, manifests = arm_styles(run.arms, control=run.control), list(run.manifests())
    return Section(
        key=key,
        name=run.name,
        about=str(run.config.get("about", "")),
        control=run.control,
        facts=list(_facts(run)),
        seeds=run.seeds,
        styles=styles,
        verdicts=list(verdicts_of(run)),
        arms=arm_table([run]),
        comparisons=comparison_rows(run.results),
        corrected=any("p_adjusted" in row for row in run.results["comparisons"]),
        knowledge=list(knowledge_figures(run, styles, key)),
        certainty=certainty(run, styles, key),
        contamination=contamination_table(run),
        losses=list(loss_curves(run, styles, key)),
        probes=list(knowledge_curves(run, styles, key)),
        questions=question_examples(run),
        linking=_linking(run),
        quality=quality_rows(run),
        drawings=drawn_documents(run, name=f"{key}-drawing"),
        provenance=provenance(run),
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


def _linking(run: RunRecord) -> list[LinkingExample]:
    corpus = {document.id: document for document in run.documents("2-corpus")}
    known = run.graph.entities.ids.find if run.graph is not None else lambda _: None
    return linking_examples(
        run.documents("3-linked"),
        corpus,
        label=run.entity_label,
        known=lambda entity: known(entity) is not None,
    )


def _command(run: RunRecord) -> str:
    """What makes the run again: its own config, into a new folder."""
    if not run.config:
        return ""
    return shlex.join(
        ["kgpt", "run", str(run.folder / CONFIG_NAME), "--out", f"runs/{run.config.get('name', 'run')}-again"]
    )
