"""Own graph, own text: sixty made-up islands, from triples to a measured model.

    python examples/own_graph.py --folder islands
    python examples/own_graph.py --folder islands --steps 4    # only to see that it runs: seconds

The graph says of every island its capital, its language and the sea it lies in. The text tells the capital of every
second island. Three small T5 models are trained: on the text, on text and graph, and on text and a graph whose tails
are shuffled. All are asked for capitals that no text tells and no train question asks.
"""

import argparse
import json
from pathlib import Path

from kgpt.evaluation import answer
from kgpt.kg import open_graph_store
from kgpt.model import load_checkpoint
from kgpt.pipeline import load_run_config, open_run
from kgpt.report.page import write_report
from kgpt.report.terminal import results_table

NUM_ISLANDS = 60
LANGUAGES = ("Alvic", "Bremish", "Corran", "Dorsk")
SEAS = ("the Grey Sea", "the Long Sea", "the Inner Sea")
FIRST = ("Bal", "Dor", "Fen", "Gar", "Hel", "Kor", "Lim", "Mar", "Nor", "Pel")
SECOND = ("ava", "eth", "ilo", "ona", "urn", "ysk")

CONFIG = """
extends: embedded:recipes/kg_t5
name: islands
graph: {sources: [GRAPH]}
corpus: {sources: [TEXT], steps: [normalize, exact_duplicates]}
questions: {sources: [EXAM]}
alignment: {min_words: 1}
vocabulary: {size: 400}
backbone: {hidden_size: 64, num_layers: 2, num_heads: 4, feed_forward_size: 128, dropout: 0.0}
training: {steps: STEPS, tokens_per_step: 1024, learning_rate: 3.0e-3, checkpoint_every: 0, num_threads: 1}
evaluation:
  tasks: [qa]
  held_out_frac: 0.0
  fine_tuning: {steps: TUNING, tokens_per_step: 512, learning_rate: 1.0e-3, checkpoint_every: 0, num_threads: 1}
"""


def islands() -> list[tuple[str, str]]:
    """An island and its capital, each name once."""
    names = [first + second for second in SECOND for first in FIRST]
    return [(f"{name} Island", f"Port {names[-1 - number]}") for number, name in enumerate(names[:NUM_ISLANDS])]


def write_graph(folder: Path) -> None:
    """`triples.tsv`, `entities.tsv` and `relations.tsv`: what a graph needs at least, and names for it."""
    folder.mkdir(parents=True)
    entities = [f"lang{n}\t{name}" for n, name in enumerate(LANGUAGES)] + [
        f"sea{n}\t{name}" for n, name in enumerate(SEAS)
    ]
    triples = []
    for number, (island, capital) in enumerate(islands()):
        entities += [f"i{number}\t{island}", f"c{number}\t{capital}"]
        triples += [f"i{number}\tcapital\tc{number}", f"c{number}\tcapital_of\ti{number}"]
        triples += [f"i{number}\tlanguage\tlang{number * 7 % 4}", f"i{number}\tsea\tsea{number * 5 % 3}"]
    relations = [
        "capital\tcapital",
        "capital_of\tcapital of",
        "language\tofficial language",
        "sea\tlocated in or next to",
    ]
    for name, rows in (("triples", triples), ("entities", entities), ("relations", relations)):
        (folder / f"{name}.tsv").write_text("".join(f"{row}\n" for row in rows), "utf-8")


def write_text(path: Path) -> None:
    """A document on every second island."""
    rows = [
        {
            "id": f"guide-{number}",
            "text": f"{capital} is the capital of {island}. Ships from {capital} bring fish and salt to the mainland.",
            "metadata": {"source": "guide", "license": "CC0-1.0", "language": "en"},
        }
        for number, (island, capital) in list(enumerate(islands()))[::2]
    ]
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), "utf-8")


def write_exam(path: Path) -> None:
    """A question on every island; kgpt splits them so that no fact is in two parts."""
    rows = [
        {
            "id": f"q{number}",
            "question": f"What is the capital of {island}?",
            "answers": [capital],
            "entity": f"i{number}",
            "relation": "capital",
            "answer_entities": [f"c{number}"],
        }
        for number, (island, capital) in enumerate(islands())
    ]
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), "utf-8")


def main() -> None:
    """Write the files, run the experiment, look at what came out."""
    parser = argparse.ArgumentParser(description="Own graph and own text, from triples to a measured model.")
    parser.add_argument("--folder", type=Path, default=Path("islands"), help="where everything goes")
    parser.add_argument("--steps", type=int, default=300, help="training steps of each of the three arms")
    told = parser.parse_args()
    folder: Path = told.folder.resolve()
    if not (folder / "graph").exists():
        write_graph(folder / "graph")
    write_text(folder / "text.jsonl")
    write_exam(folder / "exam.jsonl")
    places = {
        "GRAPH": folder / "graph",
        "TEXT": folder / "text.jsonl",
        "EXAM": folder / "exam.jsonl",
        "STEPS": told.steps,
        "TUNING": min(20, told.steps),
    }
    text = CONFIG
    for name, value in places.items():
        text = text.replace(name, str(value))
    (folder / "islands.yaml").write_text(text, "utf-8")

    run_folder = folder / "run"
    with open_run(load_run_config(str(folder / "islands.yaml")), run_folder) as run:
        results = run.results()
    write_report([run_folder], folder / "report.html")

    graph = open_graph_store(run_folder / "1-graph")
    print(f"graph: {graph.num_entities} entities, {graph.num_triples} triples")
    print(results_table(results))
    island, capital = islands()[1]
    for arm in ("text_only", "kg_t5", "kg_t5_shuffled"):
        (answers,) = answer(
            load_checkpoint(str(run_folder / "7-results" / arm / "0" / "model")), [f"What is the capital of {island}?"]
        )
        said = answers[0].text if answers else "nothing"
        print(f"{arm}: the capital of {island} is {said} (right: {capital})")
    print(f"report: {folder / 'report.html'}")


if __name__ == "__main__":
    main()
