"""What a curated corpus holds and what its steps did, as one JSON object."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from kgpt.corpus import SourcePolicy, corpus_steps
from kgpt.corpus.curating import IDS, placed
from kgpt.corpus.slices import SLICES, count_slices
from kgpt.io import read_json
from kgpt.pipeline.data_stages import STEPS, read_documents
from kgpt.pipeline.fate import curated, step_settings
from kgpt.text import words


def corpus_report(folder: Path) -> dict[str, Any]:
    """Counts, slices, steps and facts of the corpus in `folder`; its documents are read one by one.

    Raises:
        DataError: no curated corpus lies there.
    """
    manifest = curated(folder)
    num_documents, num_tokens = 0, 0
    slices: dict[str, Counter[str]] = {field: Counter() for field in SLICES}
    for document in read_documents(folder):
        num_documents += 1
        num_tokens += len(words(document.text))
        count_slices(slices, document.metadata)
    changed = {
        name.removeprefix("changed:"): int(count)
        for name, count in manifest.figures.items()
        if name.startswith("changed:")
    }
    told = read_json(folder / STEPS) if (folder / STEPS).is_file() else {"facts": {}, "steps": []}
    return {
        "num_documents": num_documents,
        "num_tokens": num_tokens,
        "dropped": dict(manifest.dropped),
        "changed": changed,
        "slices": {field: dict(counts) for field, counts in slices.items()},
        "facts": told["facts"],
        "steps": told["steps"],
        "never_fired": _never_fired(
            told["steps"], {**manifest.dropped, **changed, **told.get("changed_gone", {})}, step_settings(manifest)
        ),
    }


def _never_fired(
    steps: Sequence[Mapping[str, Any]], fired: Mapping[str, int], settings: Sequence[Mapping[str, Any]]
) -> list[str]:
    """Steps that did nothing, and the named lists and rules of the others for which nothing went or changed."""
    idle = {one["step"] for one in steps if not one["num_dropped"] and not one["num_changed"]} - {IDS}
    found = [one["step"] for one in steps if one["step"] in idle]
    for one in placed([corpus_steps.build(one) for one in settings]):
        name, rules = one.name.partition("#")[0], one.step.rules() if isinstance(one.step, SourcePolicy) else ()
        if one.name not in idle:
            found += [f"{name}:{rule}" for rule in rules if f"{name}:{rule}" not in fired]
    return list(dict.fromkeys(found))
