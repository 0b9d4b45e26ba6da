"""`kgpt evaluate`, `kgpt tasks` and `kgpt ask`: any Hugging Face checkpoint, asked."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import click

from kgpt.cli.completing import task_names
from kgpt.cli.example import examples
from kgpt.cli.main import echo_json
from kgpt.cli.ranges import COUNT, SHARE
from kgpt.text import table

_PATH = click.Path(path_type=Path)


class _TaskNames(click.ParamType[Any]):
    """A registered task: its name, or `NAME?SETTING=VALUE&...`; the list is loaded where one is given."""

    name = "task"

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        """The task as a part."""
        from kgpt.config import parse_value
        from kgpt.errors import ConfigError
        from kgpt.evaluation import tasks

        name, _, told = str(value).partition("?")
        settings: dict[str, Any] = {"type": name}
        for one in filter(None, told.split("&")):
            key, equals, text = one.partition("=")
            if not equals:
                self.fail(f"{value}: expected NAME?SETTING=VALUE&SETTING=VALUE, found {one!r}", param, ctx)
            settings[key] = parse_value(text, place=f"--task {value}")
        try:
            return tasks.build(settings)
        except ConfigError as error:
            self.fail(f"{value}: {error}", param, ctx)


@click.command(
    epilog=examples(
        "kgpt evaluate runs/demo/7-results/kg_t5/0/model --task qa --data embedded:atlas",
        "kgpt evaluate DIR --task 'cloze?max_candidates=50' --graph graph --json",
    )
)
@click.argument("checkpoint")
@click.option(
    "--task",
    "asked",
    multiple=True,
    required=True,
    type=_TaskNames(),
    shell_complete=task_names,
    help="What to ask: NAME or NAME?SETTING=VALUE&... (see `kgpt tasks`).",
)
@click.option("--graph", "graph_path", type=_PATH, help="Graph store.")
@click.option("--data", "data_path", type=str, help="Questions (qa) or documents, or embedded:NAME.")
@click.option("--length", "lengths", multiple=True, type=COUNT, help="Context in words (passkey, long_documents).")
@click.option(
    "--max-items", default=1000, type=COUNT, show_default=True, help="Questions, documents or facts asked a task."
)
@click.option("--harness", is_flag=True, help="Ask by lm-evaluation-harness instead (qa, cloze).")
@click.option("--json", "as_json", is_flag=True, help="Print the rows as JSON.")
def evaluate(
    checkpoint: str,
    asked: tuple[Any, ...],
    graph_path: Path | None,
    data_path: str | None,
    lengths: tuple[int, ...],
    max_items: int,
    harness: bool,
    as_json: bool,
) -> None:
    """Evaluate CHECKPOINT (a local folder or a Hub name) as it is, without fine-tuning."""
    from kgpt.errors import CheckpointError
    from kgpt.evaluation import summarize, tasks
    from kgpt.evaluation.harness import ask_harness
    from kgpt.evaluation.task import labelled, named
    from kgpt.model import load_checkpoint
    from kgpt.records import Outcome, Result

    try:
        by_label = labelled([_with_lengths(one, lengths) for one in asked])
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    given = {"graph": graph_path, "questions": data_path, "documents": data_path}
    for task in asked:
        for need in task.needs:
            if given[need] is None:
                raise click.UsageError(f"task {tasks.name_of(task)} needs {'--graph' if need == 'graph' else '--data'}")
    loaded = load_checkpoint(checkpoint)
    rows = list[dict[str, Any]]()
    for label, task in by_label:
        if reason := task.refuses(loaded):
            raise CheckpointError(f"{checkpoint}: task {tasks.name_of(task)} {reason}")
        exam = _exam(task, graph_path, data_path, max_items)
        measured = ask_harness(checkpoint, loaded, exam, tasks.name_of(task)) if harness else task.measure(loaded, exam)
        found = named(measured, label)
        results = [*summarize(one for one in found if isinstance(one, Outcome))]
        results += [one for one in found if isinstance(one, Result)]
        rows += [{"arm": Path(checkpoint).name, "seed": 0, **asdict(row)} for row in results]
    if as_json:
        echo_json(rows)
        return
    shown = [row for row in rows if not row["subset"].startswith("relation:")]
    cells = [[f"{r['task']} {r['subset']}", r["metric"], f"{r['value']:.3f}", str(r["n"])] for r in shown]
    click.echo(table([checkpoint, "metric", "value", "n"], cells))


@click.command(
    "tasks",
    epilog=examples(
        "kgpt tasks",
    ),
)
def list_tasks() -> None:
    """List the tasks that `kgpt evaluate` and a config's `evaluation.tasks` know, with their settings."""
    from kgpt.evaluation import tasks

    for name in tasks.names():
        part = tasks.part(name)
        settings = ", ".join(f"{key}={value}" for key, value in tasks.settings(part()).items() if key != "type")
        needs = ", ".join(part.needs)
        told = [(part.__doc__ or "").partition("\n")[0], f"needs {needs}" if needs else "", settings]
        click.echo(f"{name:24} {'; '.join(filter(None, told))}")


@click.command(
    epilog=examples(
        'kgpt ask runs/demo/7-results/kg_t5/0/model "What is the capital of France?"',
    )
)
@click.argument("checkpoint")
@click.argument("question")
@click.option("--num-answers", default=5, type=COUNT, show_default=True, help="Answers to show, best first.")
@click.option(
    "--min-probability", default=0.3, type=SHARE, show_default=True, help="Abstain where the best answer has less."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def ask(checkpoint: str, question: str, num_answers: int, min_probability: float, as_json: bool) -> None:
    """Ask CHECKPOINT a QUESTION; answers come with the probability that the model gives them."""
    from kgpt.evaluation import answer
    from kgpt.model import load_checkpoint

    if not question.strip():
        raise click.BadParameter("nothing is asked", param_hint="QUESTION")
    answers = answer(load_checkpoint(checkpoint), [question], num_answers=num_answers)[0]
    abstained = not answers or answers[0].probability < min_probability
    if as_json:
        echo_json({"answers": [asdict(one) for one in answers], "abstained": abstained})
        return
    for one in answers:
        click.echo(f"{one.probability:6.1%}  {one.text}")
    if abstained:
        click.echo(f"(the best answer is below {min_probability:.0%}: the model does not know)")


def _with_lengths(task: Any, lengths: tuple[int, ...]) -> Any:
    """The task with the contexts' lengths, where it has such a setting and some were given."""
    return replace(task, lengths=lengths) if lengths and hasattr(task, "lengths") else task


def _exam(task: Any, graph_path: Path | None, data: str | None, max_items: int) -> Any:
    """What a task is asked about."""
    from kgpt.evaluation import Exam

    facts = _facts(graph_path)
    return Exam(
        facts=facts,
        questions=_questions(str(data), facts, max_items) if "questions" in task.needs else (),
        documents=_documents(str(data), max_items) if "documents" in task.needs else (),
        max_facts=max_items,
    )


def _documents(source: str, max_items: int) -> tuple[Any, ...]:
    """Documents of a source, picked by a hash of their ids."""
    from kgpt.randomness import hash_sample
    from kgpt.records import Document
    from kgpt.sources import open_documents
    from kgpt.sources.reading import kept

    found = kept(open_documents(source).read(), Document, source)
    return tuple(hash_sample(found, max_items, keys=lambda one: ("test", one.id)))


def _questions(source: str, facts: Any, max_items: int) -> tuple[Any, ...]:
    """The test questions of a file that has splits, else all, picked by a hash of their ids.

    Raises:
        DataError: none has an answer; the answers of some sets are named by a graph alone.
    """
    from kgpt.errors import DataError
    from kgpt.pipeline.questions import named_by
    from kgpt.progress import say
    from kgpt.randomness import hash_sample
    from kgpt.records import Question
    from kgpt.sources import open_questions
    from kgpt.sources.reading import kept

    questions = list(kept(open_questions(source).read(), Question, source))
    asked = [question for question in questions if question.split == "test"] or questions
    named = asked if facts is None else [named_by(facts.graph, one) if not one.answers else one for one in asked]
    answered = [one for one in named if one.answers]
    if asked and not answered:
        raise DataError(f"{source}: its answers have ids and no names; give the graph that names them: --graph STORE")
    if num_lost := len(asked) - len(answered):
        say(f"{source}: left out: {num_lost:,} answers_not_in_graph")
    return tuple(hash_sample(answered, max_items, keys=lambda one: ("test", one.id)))


def _facts(graph_path: Path | None) -> Any:
    """The facts of a graph store, or None without one."""
    from kgpt.evaluation import FactSubsets
    from kgpt.kg import open_graph_store
    from kgpt.kg.statistics import popular_entities

    if graph_path is None:
        return None
    graph = open_graph_store(graph_path)
    return FactSubsets(graph=graph, stated=(), popular=popular_entities(graph))
