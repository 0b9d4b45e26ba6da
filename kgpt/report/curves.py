"""Learning curves: the losses of training, and what was known along the way."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from markupsafe import Markup

from kgpt.pipeline.measuring import MAJORITY
from kgpt.report.palette import ArmStyle
from kgpt.report.plots import Line, learning_curve
from kgpt.report.run_record import RunRecord
from kgpt.training.probing import PREFIX

_NO_OBJECTIVE = frozenset(
    {"step", "loss", "learning_rate", "grad_norm", "epoch", "data_wait_frac", "expert_load_max", "expert_load_min"}
)
_PROBES = {"cloze_p_at_1": "cloze P@1", "cloze_mrr": "cloze MRR"}
_Curve = Sequence[Mapping[str, float]]


def loss_curves(run: RunRecord, styles: Mapping[str, ArmStyle], key: str) -> Iterator[Markup]:
    """The loss, and each objective's where there are several."""
    points = _of_all(run, run.curve)
    names = dict.fromkeys(name for curve in points.values() for point in curve for name in point)
    objectives = [name for name in names if name not in _NO_OBJECTIVE]
    shown = objectives if len(objectives) == 1 else [*(["loss"] if "loss" in names else []), *objectives]
    for number, objective in enumerate(shown):
        lines = _lines(points, objective)
        yield Markup(learning_curve(objective.replace("_", " "), lines, styles, name=f"{key}-curve-{number}"))


def knowledge_curves(run: RunRecord, styles: Mapping[str, ArmStyle], key: str) -> Iterator[Markup]:
    """What the probes found over the steps, where any were made (`training.probe_every`)."""
    points = _of_all(run, run.probes)
    names = dict.fromkeys(name for curve in points.values() for point in curve for name in point)
    found = [name.removeprefix(PREFIX) for name in names if name.startswith(PREFIX)]
    shown = [name for name in _PROBES if name in found] + [name for name in found if name not in _PROBES]
    for number, told in enumerate(shown):
        title, name = _PROBES.get(told, told.replace("_", " ")), f"{PREFIX}{told}"
        yield Markup(learning_curve(title, _lines(points, name), styles, name=f"{key}-probe-{number}", is_share=True))


def _of_all(run: RunRecord, read: Callable[[str, int], _Curve]) -> dict[tuple[str, int], _Curve]:
    trained = [arm for arm in run.arms if arm != MAJORITY]
    return {(arm, seed): read(arm, seed) for arm in trained for seed in run.seeds}


def _lines(points: Mapping[tuple[str, int], _Curve], name: str) -> list[Line]:
    lines = [_line(arm, curve, name) for (arm, _), curve in points.items()]
    return [line for line in lines if line.steps]


def _line(arm: str, curve: _Curve, name: str) -> Line:
    points = [(point["step"], point[name]) for point in curve if name in point and "step" in point]
    return Line(arm, tuple(step for step, _ in points), tuple(value for _, value in points))
