"""What can be asked of a model: registered tasks with their settings, taken by every arm of a run alike."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Protocol, runtime_checkable

from pydantic import Field

from kgpt.errors import ConfigError
from kgpt.evaluation.exam import Exam
from kgpt.io import require_file
from kgpt.model import LoadedModel
from kgpt.model.stack import num_positions
from kgpt.progress import say
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


@runtime_checkable
class ReadsFiles(Protocol):
    """A task that reads files of the user's: another content, another result."""

    def files(self, exam: Exam) -> Sequence[Path]:
        """Which.

        Raises:
            ConfigError: a setting names none, or needs a data folder that was not given.
        """


@runtime_checkable
class Checked(Protocol):
    """A task that can tell before anything is trained that an exam does not do."""

    def check(self, exam: Exam) -> None:
        """Refuse the exam.

        Raises:
            ConfigError: it lacks something.
        """


def task_files(asked: Sequence[Task], exam: Exam) -> list[Path]:
    """The user's files that any of the tasks reads.

    Raises:
        ConfigError: see `ReadsFiles`.
    """
    return [path for task in asked if isinstance(task, ReadsFiles) for path in task.files(exam)]


def check_needs(asked: Sequence[Task], *, has_documents: bool) -> None:
    """Refuse tasks that ask for texts where there are none.

    Raises:
        ConfigError: with the task.
    """
    for name in (tasks.name_of(task) for task in asked if "documents" in task.needs and not has_documents):
        raise ConfigError(
            f"evaluation.tasks: {name} asks for texts that no arm trains on; name some in evaluation.documents"
        )


def check_tasks(asked: Sequence[Task], exam: Exam) -> None:
    """Refuse what could only fail once the models are trained.

    Raises:
        ConfigError: a task's setting, or something that the exam lacks.
        DataError: a file is missing.
    """
    check_needs(asked, has_documents=bool(exam.documents))
    for task in asked:
        name = tasks.name_of(task)
        try:
            for path in task_files([task], exam):
                require_file(path, what=f"a file of the task {name}")
            if isinstance(task, Checked):
                task.check(exam)
        except ConfigError as error:
            raise ConfigError(f"evaluation.tasks: {name}: {error}") from error


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


def readable_lengths(loaded: LoadedModel, lengths: Sequence[int], *, beside: int, task: str) -> list[int]:
    """Those of `lengths` that the model's positions allow with `beside` more words; the others are told."""
    most = num_positions(loaded.model.config)
    found = [length for length in lengths if most is None or length + beside <= most]
    if told := [str(length) for length in lengths if length not in found]:
        say(f"{task}: the model reads {most} positions; not asked at length {', '.join(told)}")
    return found


def recipe_of(loaded: LoadedModel) -> dict[str, Any]:
    """The settings of the recipe that trained a model; empty where nobody knows."""
    return dict(loaded.about.get("recipe", {}))
