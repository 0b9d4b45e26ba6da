"""The settings of the text, apart from those of a run: curation does not wait for the learning rooms to load."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from pydantic import Field

from kgpt.config import Settings, part_of
from kgpt.corpus import CorpusStep, corpus_steps
from kgpt.errors import ConfigError

CorpusStepPart: TypeAlias = part_of(corpus_steps)  # type: ignore[valid-type]
_DATA_DIR = "{data_dir}"


class CorpusSettings(Settings):
    """The text: its sources, and the steps of curation in order.

    Args:
        sources: what documents are read from; `{data_dir}` stands for the config's `data_dir`.
        steps: of curation; `{data_dir}` in their settings, too.
        linked_steps: those that a run takes its documents through once they are linked.
    """

    sources: tuple[str, ...] = Field(min_length=1)
    steps: tuple[CorpusStepPart, ...] = ()
    linked_steps: tuple[CorpusStepPart, ...] = ()


def config_json(config: Settings) -> dict[str, Any]:
    """A config as JSON: for fingerprints and manifests."""
    return config.model_dump(mode="json")


def built_steps(steps: Sequence[CorpusStep], data_dir: str, *, place: str = "steps") -> Sequence[CorpusStep]:
    """`steps` with the data folder put into their settings.

    Raises:
        ConfigError: a setting needs `data_dir` and none was given.
    """
    return [corpus_steps.build(_filled_within(corpus_steps.settings(step), data_dir, place)) for step in steps]


def filled(sources: Sequence[str], data_dir: str, place: str) -> tuple[str, ...]:
    """`sources` with the data folder put in.

    Raises:
        ConfigError: a source needs `data_dir` and none was given.
    """
    for source in sources:
        if _DATA_DIR in source and not data_dir:
            raise ConfigError(
                f"{place}: {source!r} needs the data folder; add --set data_dir=PATH "
                "(with `kgpt corpus build`: --data-dir PATH)"
            )
    return tuple(source.replace(_DATA_DIR, data_dir) for source in sources)


def _filled_within(value: Any, data_dir: str, place: str) -> Any:
    """Settings with the data folder put into every string among them."""
    if isinstance(value, str):
        return filled([value], data_dir, place)[0]
    if isinstance(value, Mapping):
        return {key: _filled_within(item, data_dir, f"{place}.{key}") for key, item in value.items()}
    return [_filled_within(item, data_dir, place) for item in value] if isinstance(value, list | tuple) else value
