"""The same questions asked by EleutherAI's lm-evaluation-harness: its task files over local JSON, run offline.

Enters: questions and facts. Leaves: rows of results by the harness's own code, as a check on ours by other hands. Its
conventions are others: exact match takes case and punctuation away but no articles; a choice's log-probability does not
hold the word that ends a text. It runs in a process of its own, on the backbone alone: graph parts are not read.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal, get_args

import numpy as np
from ruamel.yaml import YAML

from kgpt.errors import CheckpointError, ConfigError
from kgpt.evaluation.answering import PROMPT_KEY
from kgpt.evaluation.exam import Exam
from kgpt.evaluation.facts import AskedFact, candidate_tails
from kgpt.io import read_json, write_json, write_json_lines
from kgpt.kg.graph import KnowledgeGraph
from kgpt.model import LoadedModel
from kgpt.randomness import generator
from kgpt.records import Question, Result
from kgpt.sequences.triple_stream import HIDDEN, question_prompt
from kgpt.verbalization import Verbalizer

HarnessTask = Literal["qa", "cloze"]
PREFIX = "harness_"
METRICS = ("exact_match", "acc", "acc_norm")
_TAIL = 2_000
_PROCESS = Path(__file__).with_name("harness_process.py")


@dataclass(frozen=True, slots=True)
class HarnessForm:
    """How a checkpoint is asked.

    Args:
        question: the prompt, `{{query}}` in it.
        statement: what asks for a choice.
        delimiter: what stands before an answer.
    """

    question: str
    statement: str
    delimiter: str

    @classmethod
    def of(cls, loaded: LoadedModel) -> "HarnessForm":
        """As kgpt asks it.

        Raises:
            CheckpointError: an encoder, which the harness cannot ask.
        """
        if loaded.architecture == "encoder":
            raise CheckpointError(
                "the harness asks models that write; this checkpoint is an encoder: use `--task cloze`"
            )
        if loaded.architecture == "decoder":
            return cls(question_prompt("{{query}}"), "{{query}}", " ")
        if PROMPT_KEY in loaded.about:
            return cls(f"{{{{query}}}} {HIDDEN}", f"{{{{query}}}} {HIDDEN}", f"{HIDDEN} ")
        return cls("{{query}}", f"{{{{query}}}} {HIDDEN}", f"{HIDDEN} ")


def ask_harness(checkpoint: str, loaded: LoadedModel, exam: Exam, task: str) -> list[Result]:
    """The rows of `harness_qa` or `harness_cloze`, asked of the exam's questions or facts.

    Raises:
        ConfigError: another task, nothing to ask, or lm-eval is not installed.
        CheckpointError: an encoder, or the harness failed.
    """
    if task not in get_args(HarnessTask):
        raise ConfigError(f"--task {task}: lm-eval asks {' and '.join(get_args(HarnessTask))}; leave out --harness")
    _require_installed()
    form = HarnessForm.of(loaded)
    with TemporaryDirectory(prefix="kgpt-harness-") as folder:
        if task == "qa":
            name = write_question_task(Path(folder), exam.test, form)
        else:
            name = write_cloze_task(Path(folder), exam.asked(), exam.graph, form)
        return run_harness(checkpoint, Path(folder), [name], device=str(loaded.model.device))


def write_question_task(folder: Path, questions: Sequence[Question], form: HarnessForm) -> str:
    """The task file of closed-book questions and its data; gives the task's name."""
    rows = ({"query": one.text, "answers": list(one.answers)} for one in questions)
    generation = {"until": ["\n"], "max_gen_toks": 24, "do_sample": False}
    metric = {"metric": "exact_match", "aggregation": "mean", "higher_is_better": True}
    told = {
        "output_type": "generate_until",
        "doc_to_text": form.question,
        "doc_to_target": "answers",
        "generation_kwargs": generation,
        "metric_list": [metric | {"ignore_case": True, "ignore_punctuation": True}],
    }
    return _write_task(folder, "qa", rows, told, delimiter=" ")


def write_cloze_task(
    folder: Path, facts: Sequence[AskedFact], graph: KnowledgeGraph, form: HarnessForm, *, num_choices: int = 10
) -> str:
    """The task file of facts with choices among their relation's tails, and its data; gives the task's name."""
    rows = (row for fact in facts if len((row := _choices(fact, graph, num_choices))["choices"]) > 1)
    metrics = [{"metric": one, "aggregation": "mean", "higher_is_better": True} for one in ("acc", "acc_norm")]
    told = {
        "output_type": "multiple_choice",
        "doc_to_text": form.statement,
        "doc_to_choice": "choices",
        "doc_to_target": "label",
        "metric_list": metrics,
    }
    return _write_task(folder, "cloze", rows, told, delimiter=form.delimiter)


def run_harness(
    checkpoint: str, folder: Path, names: Sequence[str], *, device: str = "cpu", batch_size: int = 16
) -> list[Result]:
    """The rows of the tasks in `folder`, asked offline.

    Raises:
        CheckpointError: the harness failed; its last lines are told.
    """
    is_local = Path(checkpoint).is_dir()
    spec, out = folder / "spec.json", folder / "harness_results.json"
    told = {"pretrained": str(Path(checkpoint).resolve()) if is_local else checkpoint, "dtype": "float32"}
    told_paths = {"include_path": str(folder.resolve()), "out": str(out.resolve())}
    write_json(
        spec, {"model_args": told, "tasks": list(names), "device": device, "batch_size": batch_size} | told_paths
    )
    offline = {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "HF_DATASETS_CACHE": str(folder / "cache")}
    command = [sys.executable, "-P", str(_PROCESS), str(spec)]
    done = subprocess.run(command, env=os.environ | offline, capture_output=True, text=True, check=False)
    if done.returncode or not out.is_file():
        raise CheckpointError(f"{checkpoint}: lm-eval failed (exit {done.returncode}): {done.stderr[-_TAIL:].strip()}")
    return harness_rows(read_json(out), names)


def harness_rows(told: dict[str, Any], names: Sequence[str]) -> list[Result]:
    """The rows of the harness's results: its metrics' means over all items."""
    return [
        Result(name, "all", metric, float(value), int(told["n-samples"][name]["effective"]))
        for name in names
        for key, value in told["results"][name].items()
        if (metric := key.partition(",")[0]) in METRICS
    ]


def _require_installed() -> None:
    if find_spec("lm_eval") is None:
        raise ConfigError('lm-eval is not installed; install it with: pip install "kgpt[harness]"')


def _write_task(folder: Path, kind: HarnessTask, rows: Any, told: dict[str, Any], *, delimiter: str) -> str:
    name = f"{PREFIX}{kind}"
    data = folder / f"{name}.jsonl"
    if not write_json_lines(data, rows):
        raise ConfigError(f"{kind}: nothing to ask the harness")
    task = {
        "task": name,
        "dataset_path": "json",
        "dataset_kwargs": {"data_files": {"test": str(data.resolve())}},
        "test_split": "test",
        "target_delimiter": delimiter,
        **told,
        "metadata": {"version": 1.0},
    }
    with (folder / f"{name}.yaml").open("w", encoding="utf-8") as file:
        YAML(typ="safe").dump(task, file)
    return name


def _choices(fact: AskedFact, graph: KnowledgeGraph, num_choices: int) -> dict[str, Any]:
    """The fact as a statement without its tail, the right tail among wrong ones."""
    rng = generator("harness", fact.id)
    row = (fact.head, fact.relation, fact.tails[0])
    query = Verbalizer(graph).state(row, "linear", rng, hidden="tail").rstrip()
    tails = candidate_tails(fact, graph, most=num_choices)
    order = rng.permutation(len(tails))
    choices = [graph.entities.label(tails[place]) for place in order.tolist()]
    return {"query": query, "choices": choices, "label": int(np.flatnonzero(order == 0)[0])}
