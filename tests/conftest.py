import gc
import json
import os
import shlex
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

os.environ.setdefault("GOMP_SPINCOUNT", "2000")  # as the command line does, before torch is loaded

from kgpt.kg import KnowledgeGraph, build_graph
from kgpt.records import (
    AlignedPassage,
    Alignment,
    EntityRecord,
    Link,
    Metadata,
    Question,
    RelationRecord,
    Triple,
)
from kgpt.sequences import PassageStore, Vocabulary, build_passages, train_vocabulary

if TYPE_CHECKING:
    from kgpt.model import BackboneSettings
    from kgpt.recipes import TrainingData

settings.register_profile("tries", deadline=None)  # a busy machine is no failure
settings.register_profile("ci", deadline=None, derandomize=True)  # the same cases every time
settings.load_profile("ci" if os.environ.get("CI") else "tries")

CITIES = [
    ("Berlin", "Germany"),
    ("Paris", "France"),
    ("Rome", "Italy"),
    ("Madrid", "Spain"),
    ("Oslo", "Norway"),
]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data beside the repository, or the test is skipped."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    folder = Path(os.environ.get("KGPT_SHARED_DATA", beside))
    if not folder.is_dir():
        pytest.skip(f"{folder}: no real data here; set KGPT_SHARED_DATA")
    return folder


class Harm:
    """What a pickle can be: a call on whoever opens it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[..., object], tuple[str, str]]:
        return (open, (str(self.path), "w"))


@pytest.fixture
def harm(tmp_path: Path) -> Harm:
    """Whoever unpickles it writes the file at its path."""
    return Harm(tmp_path / "harmed")


@pytest.fixture(scope="session")
def capitals() -> KnowledgeGraph:
    """Five countries with their capitals, both ways, and who borders whom."""
    items = [
        RelationRecord("P36", "capital"),
        RelationRecord("P1376", "capital of"),
        RelationRecord("P47", "borders"),
    ]
    for number, (city, country) in enumerate(CITIES):
        items += [EntityRecord(f"Q{number}", city), EntityRecord(f"Q1{number}", country)]
        items += [Triple(f"Q1{number}", "P36", f"Q{number}"), Triple(f"Q{number}", "P1376", f"Q1{number}")]
    items += [Triple("Q10", "P47", "Q11"), Triple("Q11", "P47", "Q10"), Triple("Q11", "P47", "Q13")]
    return build_graph(items)[0]


@pytest.fixture(scope="session")
def capital_passages() -> list[AlignedPassage]:
    """A sentence a country, both ends linked."""
    passages = []
    for number, (city, country) in enumerate(CITIES):
        text = f"{city} is the capital of {country} and a city of many bridges, parks and long winter evenings."
        place = text.index(country)
        links = (Link(0, len(city), f"Q{number}"), Link(place, place + len(country), f"Q1{number}"))
        aligned = (Alignment(Triple(f"Q1{number}", "P36", f"Q{number}"), 1.0),)
        passages.append(AlignedPassage(f"d{number}#0", f"d{number}", text, links, aligned, Metadata()))
    return passages


def _texts(passages: list[AlignedPassage]) -> list[str]:
    names = [f"{city}, capital of, {country}. What is the capital of {country}?" for city, country in CITIES]
    return [passage.text for passage in passages] + names + ["inverse of borders", "( ) ; : |"]


@pytest.fixture(scope="session")
def writing_words(capital_passages: list[AlignedPassage]) -> Vocabulary:
    """The words of an encoder-decoder: texts end with `</s>`."""
    return train_vocabulary(_texts(capital_passages), size=300, starts_text=False)


@pytest.fixture(scope="session")
def masked_words(capital_passages: list[AlignedPassage]) -> Vocabulary:
    """The words of an encoder: texts stand between `<s>` and `</s>`."""
    return train_vocabulary(_texts(capital_passages), size=300, starts_text=True)


@pytest.fixture(scope="session")
def writing_passages(
    capital_passages: list[AlignedPassage], capitals: KnowledgeGraph, writing_words: Vocabulary
) -> PassageStore:
    return build_passages(capital_passages, capitals, writing_words)


@pytest.fixture(scope="session")
def masked_passages(
    capital_passages: list[AlignedPassage], capitals: KnowledgeGraph, masked_words: Vocabulary
) -> PassageStore:
    return build_passages(capital_passages, capitals, masked_words)


@pytest.fixture(scope="session")
def capital_questions() -> tuple[Question, ...]:
    """One question a country."""
    return tuple(
        Question(
            id=f"q{number}",
            text=f"What is the capital of {country}?",
            answers=(city,),
            entity=f"Q1{number}",
            relation="P36",
            answer_entities=(f"Q{number}",),
        )
        for number, (city, country) in enumerate(CITIES)
    )


@pytest.fixture
def training_data(
    capitals: KnowledgeGraph,
    writing_passages: PassageStore,
    masked_passages: PassageStore,
    writing_words: Vocabulary,
    masked_words: Vocabulary,
    capital_questions: tuple[Question, ...],
) -> Callable[[str], "TrainingData"]:
    """What a recipe may read, by the architecture it is read for."""
    from kgpt.recipes import TrainingData

    def data(architecture: str) -> "TrainingData":
        if architecture != "encoder_decoder":
            return TrainingData(capitals, masked_passages, masked_words, capital_questions)
        return TrainingData(capitals, writing_passages, writing_words, capital_questions)

    return data


@pytest.fixture(scope="session")
def tiny() -> Callable[..., "BackboneSettings"]:
    """The settings of a backbone of some thousand parameters, by its family's name."""
    from kgpt.model import BackboneSettings

    bart = {"encoder_layers": 1, "decoder_layers": 1, "encoder_ffn_dim": 48, "decoder_ffn_dim": 48}
    bart |= {"encoder_attention_heads": 2, "decoder_attention_heads": 2, "dropout": 0.0}

    def settings(family: str, **changes: object) -> BackboneSettings:
        told: dict[str, object] = {
            "family": family,
            "architecture": "encoder_decoder" if family in {"t5", "bart"} else "encoder",
            "hidden_size": 32,
            "num_layers": 1,
            "num_heads": 2,
            "feed_forward_size": 48,
            "max_positions": 128,
            "extra": bart if family == "bart" else {},
        }
        return BackboneSettings(**(told | changes))

    return settings


@pytest.fixture(scope="session")
def parse_call() -> Callable[[str], str]:
    """Reads a line that calls kgpt as click would, without running it, and gives the path of the command."""
    import click

    from kgpt.cli.main import cli

    def parse(line: str) -> str:
        program, *words = shlex.split(line)
        assert program == "kgpt", line
        words = words[: words.index(">")] if ">" in words else words
        command, context = cli, cli.make_context("kgpt", words)
        while isinstance(command, click.Group):
            name, command, rest = command.resolve_command(context, [*context._protected_args, *context.args])
            context = command.make_context(name, rest, parent=context)
        return context.command_path

    return parse


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A user's folder: a graph of forty countries, a text on every second one, questions, a config of few steps."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "graph").mkdir()
    names = [(f"Q{i}", f"Citytown{i}", f"Q{100 + i}", f"Landia{i}") for i in range(40)]
    triples = [row for a, _, b, _ in names for row in (f"{b}\tP36\t{a}", f"{a}\tP1376\t{b}")]
    triples += [f"Q{100 + i}\tP47\tQ{100 + (i + 1) % 40}" for i in range(40)]
    entities = [row for a, city, b, land in names for row in (f"{a}\t{city}", f"{b}\t{land}")]
    relations = ["P36\tcapital", "P1376\tcapital of", "P47\tshares border with"]
    for name, rows in (("triples", triples), ("entities", entities), ("relations", relations)):
        (folder / "graph" / f"{name}.tsv").write_text("".join(f"{row}\n" for row in rows), "utf-8")
    documents = [
        {"id": f"d{a}", "text": f"{city} is the capital of {land}. It has many bridges, wide parks and a long winter."}
        for a, city, _, land in names[::2]
    ]
    questions = [
        {
            "id": f"q{b}",
            "question": f"What is the capital of {land}?",
            "answers": [city],
            "entity": b,
            "relation": "P36",
            "answer_entities": [a],
        }
        for a, city, b, land in names
    ]
    for name, values in (("documents", documents), ("questions", questions)):
        (folder / f"{name}.jsonl").write_text("".join(f"{json.dumps(value)}\n" for value in values), "utf-8")
    (folder / "tiny.yaml").write_text(TINY_CONFIG.format(folder=folder), "utf-8")
    return folder


TINY_CONFIG = """
name: tiny
graph: {{sources: ["{folder}/graph"]}}
corpus: {{sources: ["{folder}/documents.jsonl"], steps: [normalize, exact_duplicates]}}
questions: {{sources: ["{folder}/questions.jsonl"]}}
alignment: {{min_words: 1}}
vocabulary: {{size: 200}}
backbone: {{hidden_size: 32, num_layers: 1, num_heads: 2, feed_forward_size: 48, dropout: 0.1}}
training: {{steps: 6, tokens_per_step: 128, checkpoint_every: 2, num_threads: 1, log_every: 1}}
evaluation:
  max_facts: 12
  tasks: [qa, {{type: cloze, max_candidates: 5}}, coverage, graph_completion]
  held_out_frac: 0.2
  fine_tuning: {{steps: 2, tokens_per_step: 64, checkpoint_every: 0, num_threads: 1}}
arms:
  text_only: {{recipe: text_only}}
  kg_t5: {{recipe: kg_t5}}
  kg_t5_shuffled: {{recipe: kg_t5, knowledge: shuffled}}
seeds: [0, 1]
"""


@pytest.fixture(scope="session")
def finished_run(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run folder of the project's config, all arms and seeds trained and measured; not to be written into."""
    from kgpt.pipeline import load_run_config, open_run

    folder = tmp_path_factory.mktemp("runs") / "tiny"
    with open_run(load_run_config(str(project / "tiny.yaml")), folder) as run:
        run.results()
    return folder


@pytest.fixture(scope="session")
def ray_session() -> Iterator[None]:
    """A Ray cluster on this machine, which engines find started; its start is most of what a short test takes."""
    import ray

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Ray leaves files and sockets to the collector
        ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
        gc.collect()
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ray.shutdown()
        gc.collect()
