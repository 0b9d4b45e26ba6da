"""Whether what lies in a run folder was made of what lies beside it: a run stopped early leaves later stages behind."""

from collections.abc import Iterator
from pathlib import Path

from kgpt.errors import DataError
from kgpt.manifest import read_manifest

_NAMES = ("graph", "corpus", "linked", "aligned", "sequences")
_DATA = {name: f"{number}-{name}" for number, name in enumerate(_NAMES, start=1)}


def require_chain(run: Path) -> None:
    """Refuse a run folder with a stage made of an earlier one that is another by now; what lacks is passed over.

    Raises:
        DataError: with the first such stage.
    """
    for later, earlier, is_same in _links(run):
        if not is_same:
            raise DataError(
                f"{run}: {later} was made of another {earlier} than the one there now; "
                "`kgpt run` with the folder's config makes it again"
            )


def _links(run: Path) -> Iterator[tuple[str, str, bool]]:
    """A stage, an earlier one it was made of, and whether that is still the same."""
    for folder in _DATA.values():
        for earlier, place in _DATA.items():
            yield folder, place, _is_same(run / folder, run / place, name=earlier)
    for results in sorted((run / "7-results").glob("*/*/")):
        place = "/".join(results.parts[-2:])
        for later, earlier, name in (("7-results", "6-arms", "arm"), ("6-arms", "", "sequences")):
            ours, theirs = f"{later}/{place}", f"{earlier}/{place}" if earlier else _DATA["sequences"]
            yield ours, theirs, _is_same(run / ours, run / theirs, name=name)


def _is_same(later: Path, earlier: Path, *, name: str) -> bool:
    """Whether `later` was made of `earlier`, if it was made of one of its kind at all and both are there."""
    made, source = read_manifest(later), read_manifest(earlier)
    return made is None or source is None or made.inputs.get(name, source.fingerprint) == source.fingerprint
