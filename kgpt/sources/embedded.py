"""The data that ships with kgpt: sample graphs, sample corpora, configs.

In a checkout they lie beside the package (`graphs/`, `corpora/`, `configs/`), in a wheel under `kgpt/_data/`.
"""

from pathlib import Path
from typing import Literal

from kgpt.errors import DataError, did_you_mean

PREFIX = "embedded:"
_PACKAGE = Path(__file__).resolve().parent.parent
EmbeddedKind = Literal["graphs", "corpora", "configs"]


def embedded_root(kind: EmbeddedKind) -> Path:
    """The folder of all embedded data of one kind."""
    shipped = _PACKAGE / "_data" / kind
    return shipped if shipped.is_dir() else _PACKAGE.parent / kind


def resolve(source: str, kind: EmbeddedKind) -> Path:
    """The path that `source` means: `embedded:NAME` or a path of the user's.

    Raises:
        DataError: nothing lies there.
    """
    if not source.startswith(PREFIX):
        path = Path(source).expanduser()
        if not path.exists():
            raise DataError(f"{path}: no such file or folder; check the path (`{PREFIX}atlas` is the sample)")
        return path
    name = source.removeprefix(PREFIX)
    path = embedded_root(kind) / name
    if not path.exists():
        known = [folder.name for folder in embedded_root(kind).iterdir() if folder.is_dir()]
        raise DataError(f"{source}: kgpt ships no such sample; {did_you_mean(name, known)}")
    return path
