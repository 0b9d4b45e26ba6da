"""What can be asked of a model: registered tasks with their settings, taken by every arm of a run alike."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any, ClassVar, Literal, Protocol

from pydantic import Field

from kgpt.evaluation.exam import Exam
from kgpt.model import LoadedModel
from kgpt.records import Outcome, Result
from kgpt.registry import Registry

Need = Literal["graph", "questions", "documents"]
Count = Annotated[int, Field(ge=1)]
Lengths = Annotated[tuple[int, ...], Field(min_length=1)]
Measured = Sequence[Outcome | Result]
"""Items' outcomes, which can be compared pairwise, and figures that only a whole set has."""


class Task(Protocol):
    """One thing to ask. A registered class is frozen and its fields are its settings.

    Attributes:
        needs: what the exam must hold.
        after_fine_tuning: whether the model is asked once it has been fine-tuned on questions, where a run does that.
    """

    needs: ClassVar[tuple[Need, ...]]
    after_fine_tuning: ClassVar[bool]

    def refuses(self, loaded: LoadedModel) -> str:
        """Why this model cannot be asked; empty where it can."""

    def measure(self, loaded: LoadedModel, exam: Exam) -> Measured:
        """Ask."""


class TakesAny:
    """A task that refuses no model."""

    __slots__ = ()

    def refuses(self, loaded: LoadedModel) -> str:
        """No model."""
        del loaded
        return ""


tasks: Registry[Task] = Registry("task")


def labelled(asked: Sequence[Task]) -> list[tuple[str, Task]]:
    """Every task with the name of its results.

    The first of a kind has the kind's name; a further one is told by the settings in which it differs from the first.

    Raises:
        ValueError: two tasks are the same.
    """
    found = dict[str, Task]()
    for task in asked:
        name = tasks.name_of(task)
        told, first = tasks.settings(task), tasks.settings(found.get(name, task))
        changes = [f"{key}={value}" for key, value in told.items() if value != first[key]]
        label = f"{name}?{'&'.join(changes)}" if changes else name
        if label in found:
            raise ValueError(f"tasks: {label!r} stands there twice; ask it once, or with other settings")
        found[label] = task
    return [(label, task) for label, task in found.items()]


def named(found: Measured, label: str) -> list[Outcome | Result]:
    """What a task found under a label of `labelled`."""
    kind, mark, settings = label.partition("?")
    del kind
    return [replace(one, task=f"{one.task}{mark}{settings}") for one in found] if mark else list(found)


def cannot_write(loaded: LoadedModel) -> str:
    """Why a model that writes no text refuses."""
    return "needs a model that writes; this one is an encoder" if loaded.architecture == "encoder" else ""


def recipe_of(loaded: LoadedModel) -> dict[str, Any]:
    """The settings of the recipe that trained a model; empty where nobody knows."""
    return dict(loaded.about.get("recipe", {}))
