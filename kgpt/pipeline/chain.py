"""Whether what lies in a run folder was made of what lies beside it: a run stopped early leaves later stages behind."""

from collections.abc import Collection, Iterator
from pathlib import Path

from kgpt.errors import DataError
from kgpt.manifest import read_manifest

_NAMES = ("graph", "corpus", "linked", "aligned", "sequences")
_DATA = {name: f"{number}-{name}" for number, name in enumerate(_NAMES, start=1)}


def require_chain(run: Path, *, arms: Collection[tuple[str, int]] = (), until: str = _NAMES[-1]) -> None:
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


def _data_links(until: str) -> Iterator[tuple[str, str, str]]:
    """A stage's folder, that of an earlier one, and what the stage calls it."""
    names = _NAMES[: _NAMES.index(until) + 1]
    for later in names:
        yield from ((_DATA[later], _DATA[earlier], earlier) for earlier in names)


def _arm_links(arm: str, seed: int) -> Iterator[tuple[str, str, str]]:
    yield f"6-arms/{arm}/{seed}", _DATA["sequences"], "sequences"
    yield f"7-results/{arm}/{seed}", f"6-arms/{arm}/{seed}", "arm"


def _is_same(later: Path, earlier: Path, *, name: str) -> bool:
    """Whether `later` was made of `earlier`, if it was made of one of its kind at all and both are there."""
    made, source = read_manifest(later), read_manifest(earlier)
    return made is None or source is None or made.inputs.get(name, source.fingerprint) == source.fingerprint
