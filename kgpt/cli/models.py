"""`kgpt evaluate` and `kgpt ask`: any Hugging Face checkpoint, asked."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click

from kgpt.cli.main import echo_json
from kgpt.text import table

_PATH = click.Path(path_type=Path)
_TASKS = ["qa", "cloze", "coverage", "passkey", "long_documents"]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the tasks are given."""

    graph: Path | None
    data: str | None
    lengths: tuple[int, ...]
    max_items: int


@click.command()
@click.argument("checkpoint")
@click.option("--task", "tasks", multiple=True, required=True, type=click.Choice(_TASKS))
@click.option("--graph", "graph_path", type=_PATH, help="Graph store (cloze, coverage).")
@click.option("--data", "data_path", type=str, help="Questions (qa) or documents (long_documents), or embedded:NAME.")
@click.option("--length", "lengths", multiple=True, type=int, help="Context in words (passkey, long_documents).")
@click.option("--max-items", default=1000, show_default=True, help="Questions or facts asked a task.")
@click.option("--json", "as_json", is_flag=True, help="Print the rows as JSON.")
def evaluate(
    checkpoint: str,
    tasks: tuple[str, ...],
    graph_path: Path | None,
    data_path: str | None,
    lengths: tuple[int, ...],
    max_items: int,
    as_json: bool,
) -> None:
    """Evaluate CHECKPOINT (a local folder or a Hub name) as it is, without fine-tuning.

    Example: kgpt evaluate runs/demo/7-results/kg_t5/0/model --task qa --data embedded:atlas
    """
    from kgpt.evaluation import summarize
    from kgpt.model import load_checkpoint

    needed = {
        "qa": ("--data", data_path),
        "cloze": ("--graph", graph_path),
        "coverage": ("--graph", graph_path),
        "passkey": ("--length", lengths or None),
        "long_documents": ("--data and --length", data_path if lengths else None),
    }
    for task in tasks:
        if needed[task][1] is None:
            raise click.UsageError(f"task {task} needs {needed[task][0]}")
    loaded = load_checkpoint(checkpoint)
    asked = _Asked(graph_path, data_path, lengths, max_items)
    outcomes = [one for task in tasks for one in _outcomes(task, loaded, asked)]
    rows = [{"arm": Path(checkpoint).name, "seed": 0, **asdict(row)} for row in summarize(outcomes)]
    if as_json:
        echo_json(rows)
        return
    shown = [row for row in rows if not row["subset"].startswith("relation:")]
    cells = [[f"{r['task']} {r['subset']}", r["metric"], f"{r['value']:.3f}", str(r["n"])] for r in shown]
    click.echo(table([checkpoint, "metric", "value", "n"], cells))


@click.command()
@click.argument("checkpoint")
@click.argument("question")
@click.option("--num-answers", default=5, show_default=True, help="Answers to show, best first.")
@click.option("--min-probability", default=0.3, show_default=True, help="Abstain where the best answer has less.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def ask(checkpoint: str, question: str, num_answers: int, min_probability: float, as_json: bool) -> None:
    """Ask CHECKPOINT a QUESTION; answers come with the probability that the model gives them.

    Example: kgpt ask runs/demo/7-results/kg_t5/0/model "What is the capital of France?"
    """
    from kgpt.evaluation import answer
    from kgpt.model import load_checkpoint

    answers = answer(load_checkpoint(checkpoint), [question], num_answers=num_answers)[0]
    abstained = not answers or answers[0].probability < min_probability
    if as_json:
        echo_json({"answers": [asdict(one) for one in answers], "abstained": abstained})
        return
    for one in answers:
        click.echo(f"{one.probability:6.1%}  {one.text}")
    if abstained:
        click.echo(f"(the best answer is below {min_probability:.0%}: the model does not know)")


def _outcomes(task: str, loaded: Any, asked: _Asked) -> Any:
    from kgpt import evaluation

    if task == "qa":
        questions = _questions(str(asked.data))[: asked.max_items]
        return evaluation.evaluate_questions(loaded, questions, subsets=[_subsets(question) for question in questions])
    if task == "passkey":
        return evaluation.evaluate_passkey(loaded, lengths=asked.lengths)
    if task == "long_documents":
        return evaluation.evaluate_long_documents(loaded, _documents(asked), lengths=asked.lengths)
    graph, facts = _facts(asked.graph, asked.max_items)
    measure = evaluation.evaluate_cloze if task == "cloze" else evaluation.evaluate_coverage
    return measure(loaded, facts, graph)


def _documents(asked: _Asked) -> list[Any]:
    """The first documents of a source."""
    from itertools import islice

    from kgpt.records import Document
    from kgpt.sources import open_documents

    found = (one for one in open_documents(str(asked.data)).read() if isinstance(one, Document))
    return list(islice(found, asked.max_items))


def _questions(source: str) -> list[Any]:
    """The test questions of a file that has splits, else all."""
    from kgpt.records import Question
    from kgpt.sources import open_questions

    questions = [one for one in open_questions(source).read() if isinstance(one, Question)]
    return [question for question in questions if question.split == "test"] or questions


def _subsets(question: Any) -> tuple[str, ...]:
    if question.stated_in_text is None:
        return ()
    return ("stated_in_text",) if question.stated_in_text else ("graph_only",)


def _facts(graph_path: Path | None, max_items: int) -> Any:
    from kgpt.evaluation import FactSubsets, asked_facts
    from kgpt.kg import open_graph_store
    from kgpt.kg.statistics import popular_entities

    assert graph_path is not None
    graph = open_graph_store(graph_path)
    subsets = FactSubsets(graph=graph, stated=(), popular=popular_entities(graph))
    return graph, asked_facts(graph, subsets, max_facts=max_items)
