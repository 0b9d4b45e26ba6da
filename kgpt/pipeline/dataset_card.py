"""The card of a dataset folder: how to open it, what it is made of, under which licences, where it comes from."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kgpt.manifest import Manifest, read_manifest
from kgpt.pipeline.card_head import (
    LICENSE_FILE,
    language_head,
    license_head,
    placeless,
    size_category,
    yaml_text,
)
from kgpt.pipeline.slices import NOT_STATED, Slice
from kgpt.text import markdown_table

CARD = "README.md"
_ABOUT = {
    "corpus": "Curated documents with their links (offsets in code points), gold triples where the source has them, "
    "and their origin.",
    "sequences": "Passages as training reads them: word ids without special words, links to entities of the graph, "
    "and the triples that the passage supports, with a confidence. Masks and neighbours are made anew in every pass.",
    "questions": "Questions with their answers and the facts that answer them, in splits that share no "
    "pair of entities.",
}


@dataclass(frozen=True, slots=True)
class Part:
    """One configuration of a dataset folder.

    Args:
        name: of the configuration and of its folder.
        rows: their number by split.
        slices: what they are made of.
        stage: the folder that they were made from.
    """

    name: str
    rows: Mapping[str, int]
    slices: Sequence[Slice]
    stage: Path


def write_dataset_card(folder: Path, title: str, parts: Sequence[Part]) -> None:
    """Put the card, and where it needs one the file of licences, into a dataset folder."""
    head = _head(title, parts)
    body = [f"# {title}", _open(parts), *map(_part, parts), f"## Provenance\n\n{_provenance(parts)}"]
    (folder / CARD).write_text(f"---\n{yaml_text(head)}---\n\n" + "\n\n".join(body) + "\n", "utf-8")
    if "license_link" in head:
        (folder / LICENSE_FILE).write_text(license_page(one for part in parts for one in part.slices), "utf-8")


def license_page(slices: Iterable[Slice]) -> str:
    """Which source bears which licence, where there is no one licence for all."""
    rows = sorted({(one.source, one.license) for one in slices})
    return "# Licences\n\nEach source keeps its own licence.\n\n" + markdown_table(["source", "licence"], rows) + "\n"


def _head(title: str, parts: Sequence[Part]) -> dict[str, Any]:
    slices = [one for part in parts for one in part.slices]
    configs = [
        {
            "config_name": part.name,
            **({"default": True} if part is parts[0] else {}),
            "data_files": [{"split": _split(name), "path": f"{part.name}/{name}-*.parquet"} for name in part.rows],
        }
        for part in parts
    ]
    return {
        "pretty_name": title,
        **language_head([one.language for one in slices]),
        **license_head([one.license for one in slices if one.license != NOT_STATED]),
        "size_categories": [size_category(max(sum(part.rows.values()) for part in parts))],
        "task_categories": ["text-generation", "fill-mask"]
        + (["question-answering"] if any(part.name == "questions" for part in parts) else []),
        "tags": ["kgpt", "knowledge-graph", "entity-linking"],
        "configs": configs,
    }


def _split(name: str) -> str:
    """The Hub calls it validation."""
    return "validation" if name == "dev" else name


def _open(parts: Sequence[Part]) -> str:
    lines = [f'{part.name} = load_dataset("FOLDER", "{part.name}")' for part in parts]
    return "\n".join(["```python", "from datasets import load_dataset", "", *lines, "```"])


def _part(part: Part) -> str:
    rows = [
        [one.source, one.license, one.language, f"{one.num_passages:,}", f"{one.num_words:,}"] for one in part.slices
    ]
    sizes = ", ".join(f"{_split(name)} {count:,}" for name, count in part.rows.items())
    table = markdown_table(["source", "licence", "language", "rows", "words"], rows)
    return f"## {part.name}\n\n{_ABOUT[part.name]} Rows: {sizes}.\n\n{table}"


def _provenance(parts: Sequence[Part]) -> str:
    """What made each part: the stages' fingerprints, settings and drops, from their manifests."""
    found = {part.name: read_manifest(part.stage) for part in parts}
    told = {name: _made(manifest) for name, manifest in found.items() if manifest is not None}
    return f"Made by kgpt. Inputs are told by the sha256 of their files.\n\n```yaml\n{yaml_text(told)}```"


def _made(manifest: Manifest) -> dict[str, Any]:
    return {
        "stage": manifest.stage,
        "fingerprint": manifest.fingerprint,
        "inputs": {placeless(path): sha for path, sha in manifest.inputs.items()},
        "settings": placeless(manifest.config),
        "versions": dict(manifest.versions),
        "num_in": manifest.num_in,
        "num_out": manifest.num_out,
        "left_out": dict(manifest.dropped),
        "finished_at": manifest.finished_at,
    }
