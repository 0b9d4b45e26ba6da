"""`kgpt questions`: an exam from a graph."""

from collections import Counter
from pathlib import Path
from typing import Any, get_args

import click

from kgpt.cli.example import examples
from kgpt.cli.main import echo_json
from kgpt.cli.ranges import COUNT, SHARE
from kgpt.records import QuestionSplit
from kgpt.text import table

_PATH = click.Path(path_type=Path)
_SPLITS: tuple[QuestionSplit, ...] = get_args(QuestionSplit)
_ALL = 10**9
_DEV_FRAC = 0.1


@click.command(
    epilog=examples(
        "kgpt questions --graph runs/demo/1-graph --out exam.jsonl",
        "kgpt questions --graph graph --hops 1,2 --templates mine.yaml --out exam.jsonl",
    )
)
@click.option("--graph", "graph_path", required=True, type=_PATH, help="Graph store (kgpt graph build).")
@click.option("--out", required=True, type=_PATH, help="JSON Lines file to write.")
@click.option("--hops", default="1,2,3", show_default=True, help="Numbers of hops, separated by commas.")
@click.option("--max-answers", default=5, type=COUNT, show_default=True, help="A question with more is not asked.")
@click.option("--max-per-path", default=100, type=COUNT, show_default=True, help="Questions of one path of relations.")
@click.option(
    "--train-frac", default=0.5, type=SHARE, show_default=True, help="Share of the facts asked for in training."
)
@click.option("--seed", default=0, show_default=True, help="Another seed, another split.")
@click.option("--nameless", is_flag=True, help="Also ask about entities without a name, by their ids.")
@click.option("--templates", type=_PATH, help="YAML of templates per relation, in place of those for Wikidata.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
def questions(
    graph_path: Path, out: Path, hops: str, *, nameless: bool, templates: Path | None, as_json: bool, **numbers: Any
) -> None:
    """Make questions of one to four hops about a graph, with answers, in splits that share no topic and answer."""
    from kgpt.config import check_config
    from kgpt.io import write_json_lines
    from kgpt.kg import open_graph_store
    from kgpt.kg.selection import GraphSelection, select
    from kgpt.pipeline.questions import QuestionSettings, select_questions
    from kgpt.sources.questions import question_json
    from kgpt.verbalization.question_making import QuestionMaker
    from kgpt.verbalization.template import load_templates, shipped_templates

    chosen = select(open_graph_store(graph_path), GraphSelection(require_labels=not nameless))
    graph = chosen.graph
    maker = QuestionMaker(
        graph=graph,
        num_hops=_numbers(hops),
        max_answers=numbers["max_answers"],
        max_per_path=numbers["max_per_path"],
        templates=load_templates(templates) if templates else shipped_templates(),
    )
    shares = {"train_frac": numbers["train_frac"], "dev_frac": min(_DEV_FRAC, 1 - numbers["train_frac"])}
    settings = check_config(
        {**shares, "max_test": _ALL, "seed": numbers["seed"]}, QuestionSettings, place="kgpt questions"
    )
    selected = select_questions(maker.questions(), graph, (), settings)
    write_json_lines(out, map(question_json, selected.questions))
    counts = Counter((len(one.hops), one.split) for one in selected.questions)
    told = {f"hop_{n}": {split: counts[n, split] for split in _SPLITS} for n in sorted({n for n, _ in counts})}
    if as_json:
        echo_json({"questions": told, "dropped": {**chosen.dropped, **selected.dropped}})
        return
    click.echo(table(["hops", *_SPLITS], [[name, *map(str, row.values())] for name, row in told.items()]))
    for reason, count in chosen.dropped.items():
        click.echo(f"triples left out: {count:,} {reason.replace('_', ' ')} (--nameless asks about them)", err=True)
    for reason, count in selected.dropped.items():
        click.echo(f"left out: {count:,} {reason.replace('_', ' ')}", err=True)
    click.echo(out)


def _numbers(text: str) -> tuple[int, ...]:
    try:
        found = tuple(sorted({int(one) for one in text.split(",")}))
    except ValueError:
        found = ()
    if not found or min(found) < 1 or max(found) > 4:
        raise click.BadParameter(
            f"expected numbers from 1 to 4 separated by commas, found {text!r}", param_hint="--hops"
        )
    return found
