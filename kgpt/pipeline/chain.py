"""The stages of a run, and whether what lies in its folder was made of what lies beside it.

A run that is stopped early leaves later stages of an earlier one behind.
"""

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Literal, get_args

from kgpt.errors import DataError
from kgpt.manifest import read_manifest

StageName = Literal["graph", "corpus", "linked", "aligned", "sequences", "arms", "results", "report"]
STAGES: tuple[StageName, ...] = get_args(StageName)


def stage_folder(name: StageName) -> str:
    """The name of a stage's folder.

    >>> stage_folder("sequences")
    '5-sequences'
    """
    return f"{STAGES.index(name) + 1}-{name}"


def require_chain(run: Path, *, arms: Collection[tuple[str, int]] = (), until: StageName = "sequences") -> None:
    """Refuse a run folder with a stage made of an earlier one that is another by now; what lacks is passed over.

    Args:
        run: the folder.
        arms: names and seeds of the arms whose training and results are looked at, too.
        until: the last of the data stages that is looked at.

    Raises:
        DataError: with the first such stage.
    """
    for later, earlier, name in [*_data_links(until), *(link for arm in arms for link in _arm_links(*arm))]:
        if not _is_same(run / later, run / earlier, name=name):
            raise DataError(
                f"{run}: {later} was made of another {earlier} than the one there now; "
                "`kgpt run` with the folder's config makes it again"
            )


def _data_links(until: StageName) -> Iterator[tuple[str, str, str]]:
    """A stage's folder, that of an earlier one, and what the stage calls it."""
    for number, later in enumerate(STAGES[: STAGES.index(until) + 1]):
        yield from ((stage_folder(later), stage_folder(earlier), earlier) for earlier in STAGES[:number])


def _arm_links(arm: str, seed: int) -> Iterator[tuple[str, str, str]]:
    trained = f"{stage_folder('arms')}/{arm}/{seed}"
    yield trained, stage_folder("sequences"), "sequences"
    yield f"{stage_folder('results')}/{arm}/{seed}", trained, "arm"


def _is_same(later: Path, earlier: Path, *, name: str) -> bool:
    """Whether `later` was made of `earlier`, if it was made of one of its kind at all and both are there."""
    made, source = read_manifest(later), read_manifest(earlier)
    return made is None or source is None or made.inputs.get(name, source.fingerprint) == source.fingerprint
