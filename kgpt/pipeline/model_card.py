"""The card of a trained model, written from the run: what it is, what it read, what it was measured to know.

Markdown with the YAML head that the Hugging Face Hub reads; lies as `README.md` beside the weights.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kgpt.evaluation import summarize
from kgpt.io import read_json
from kgpt.manifest import versions
from kgpt.pipeline.card_head import LICENSE_FILE, is_repository, language_head, license_head, placeless, yaml_text
from kgpt.pipeline.config import TOLD_KNOWLEDGE, WRONG
from kgpt.pipeline.data_stages import OVERLAP
from kgpt.pipeline.dataset_card import license_page
from kgpt.pipeline.run_table import run_table
from kgpt.pipeline.slices import NOT_STATED, Slice, read_slices
from kgpt.recipes import recipes
from kgpt.records import Outcome
from kgpt.text import markdown_table

if TYPE_CHECKING:
    from kgpt.pipeline.arm import Arm

CARD = "README.md"
_MAIN = {"qa": "exact_match", "coverage": "exact_match", "cloze": "p_at_1", "graph_completion": "mrr"}


def model_card(arm: Arm, outcomes: Sequence[Outcome] = (), results: Mapping[str, Any] | None = None) -> str:
    """The card of an arm's model.

    Args:
        arm: which.
        outcomes: what was measured of it; none says so.
        results: what `results.json` of the finished run holds: the card then has the run's table.
    """
    slices = read_slices(arm.run / "5-sequences")
    parts = [
        f"---\n{_head(arm, slices, outcomes)}---",
        f"# {arm.config.name}: {arm.name}",
        _what(arm),
        f"## Use\n{_use(arm)}",
        f"## Training data\n{_data(arm, slices)}",
        f"## Training\n{_training(arm)}",
        f"## What it knows\n{_results(outcomes)}",
        *([f"## Beside the run's other arms\n{run_table(results)}"] if results else []),
        f"## Overlap of the test questions with training\n{_overlap(arm)}",
    ]
    return "\n\n".join(parts) + "\n"


def write_card(
    folder: Path, arm: Arm, outcomes: Sequence[Outcome] = (), results: Mapping[str, Any] | None = None
) -> None:
    """Put the card, and where it needs one the file of licences, into a model's folder; see `model_card`."""
    (folder / CARD).write_text(model_card(arm, outcomes, results), "utf-8")
    slices = read_slices(arm.run / "5-sequences")
    if "license_link" in license_head([one.license for one in slices if one.license != NOT_STATED]):
        (folder / LICENSE_FILE).write_text(license_page(slices), "utf-8")


def _head(arm: Arm, slices: Sequence[Slice], outcomes: Sequence[Outcome]) -> str:
    backbone = arm.config.backbone_of(arm.name)
    told: dict[str, Any] = {
        "library_name": "transformers",
        "tags": ["kgpt", "knowledge-graph", _recipe(arm)["type"]],
        "pipeline_tag": "fill-mask" if backbone.architecture == "encoder" else "text-generation",
    }
    told |= language_head([one.language for one in slices])
    told |= license_head([one.license for one in slices if one.license != NOT_STATED])
    told |= {"base_model": backbone.checkpoint} if is_repository(backbone.checkpoint or "") else {}
    told |= {"model-index": _index(arm, outcomes)} if outcomes else {}
    return yaml_text(told)


def _index(arm: Arm, outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    """The main figures as the Hub's leaderboards read them."""
    results = [
        {
            "task": {"type": row.task},
            "dataset": {"type": arm.config.name, "name": f"{arm.config.name}, {row.subset}"},
            "metrics": [{"type": row.metric, "value": round(row.value, 4)}],
        }
        for row in _main_rows(outcomes)
    ]
    return [{"name": f"{arm.config.name}-{arm.name}", "results": results}]


def _what(arm: Arm) -> str:
    backbone, settings = arm.config.backbone_of(arm.name), arm.config.arms[arm.name]
    origin = f"continued from `{placeless(backbone.checkpoint)}`" if backbone.checkpoint else "trained from scratch"
    kind = backbone.architecture.replace("_", "-")
    lines = [
        f"A {backbone.family if not backbone.checkpoint else kind} ({kind}) {origin} by kgpt's recipe "
        f"`{_recipe(arm)['type']}`, arm `{arm.name}`, seed {arm.seed}."
    ]
    if settings.knowledge in WRONG:
        told = TOLD_KNOWLEDGE[settings.knowledge]
        lines.append(f"**A control, trained on a {told}: what it says is wrong on purpose.**")
    if settings.knowledge == "off":
        lines.append("A control: the graph was left out of its training, at equal tokens.")
    return "\n\n".join([*lines, *filter(None, [arm.config.about])])


def _use(arm: Arm) -> str:
    auto = {"encoder": "MaskedLM", "encoder_decoder": "Seq2SeqLM", "decoder": "CausalLM"}
    name = f"AutoModelFor{auto[arm.config.backbone_of(arm.name).architecture]}"
    lines = [
        "```python",
        f"from transformers import AutoTokenizer, {name}",
        "",
        f'model = {name}.from_pretrained("FOLDER")',
        'tokenizer = AutoTokenizer.from_pretrained("FOLDER")',
        "```",
    ]
    if arm.config.arms[arm.name].built_recipe().parts(arm.config.backbone_of(arm.name).architecture):
        lines += [
            "With its graph parts, after `pip install kgpt`:",
            "",
            "```python",
            "from kgpt.model import load_checkpoint",
            "",
            'model = load_checkpoint("FOLDER").model  # or, after `import kgpt.model`, AutoModel on FOLDER/graph',
            "```",
        ]
    return "\n".join(lines)


def _data(arm: Arm, slices: Sequence[Slice]) -> str:
    graph = read_json(arm.run / "1-graph" / "manifest.json")
    sources = ", ".join(f"`{placeless(one)}`" for one in arm.config.graph.sources)
    rows = [[one.source, one.license, one.language, f"{one.num_passages:,}", f"{one.num_words:,}"] for one in slices]
    text = markdown_table(["source", "licence", "language", "passages", "words"], rows)
    return f"Graph: {sources}, {graph['num_out']:,} triples after selection.\n\nText by slice:\n\n{text}"


def _training(arm: Arm) -> str:
    told = {**arm.config.training.model_dump(mode="json"), "recipe": _recipe(arm), "seed": arm.seed}
    told |= {"mixture": (arm.config.arms[arm.name].mixture or arm.config.mixture).model_dump(mode="json")}
    told |= {"curriculum": [phase.model_dump(mode="json") for phase in arm.config.curriculum]}
    told |= {"backbone": arm.config.backbone_of(arm.name).model_dump(mode="json")}
    return f"```yaml\n{yaml_text(placeless(told) | {'versions': dict(versions())})}```"


def _results(outcomes: Sequence[Outcome]) -> str:
    if not outcomes:
        return "Not measured yet: `kgpt evaluate FOLDER --task qa --data QUESTIONS`, or the run's `7-results`."
    rows = [[row.task, row.subset, row.metric, f"{row.value:.3f}", str(row.n)] for row in _main_rows(outcomes)]
    return markdown_table(["task", "subset", "metric", "value", "n"], rows) + (
        "\n\nOne seed of one arm; what the run's control knows is in the run's report."
    )


def _overlap(arm: Arm) -> str:
    told: Mapping[str, Any] = read_json(arm.run / "5-sequences" / OVERLAP)
    return markdown_table(
        ["counted", "number"], [[name.replace("_", " "), f"{value:,}"] for name, value in told.items()]
    )


def _main_rows(outcomes: Sequence[Outcome]) -> list[Any]:
    return [r for r in summarize(outcomes) if r.metric == _MAIN.get(r.task) and not r.subset.startswith("relation:")]


def _recipe(arm: Arm) -> dict[str, Any]:
    return recipes.settings(arm.config.arms[arm.name].built_recipe())
