"""Sources by name: the samples that ship with kgpt, or paths of the user's."""

from pathlib import Path

from kgpt.errors import DataError, did_you_mean
from kgpt.shipped import EMBEDDED, EmbeddedKind, embedded_root


def resolve(source: str, kind: EmbeddedKind) -> Path:
    """The path that `source` means: `embedded:NAME` or a path of the user's.

    Raises:
        DataError: nothing lies there.
    """
    if not source.startswith(EMBEDDED):
        path = user_path(source)
        if not lies(path):
            raise DataError(f"{path}: no such file or folder; check the path (`{EMBEDDED}atlas` is the sample)")
        return path
    name = source.removeprefix(EMBEDDED)
    path = embedded_root(kind) / name
    if not path.exists():
        known = [folder.name for folder in embedded_root(kind).iterdir() if folder.is_dir()]
        raise DataError(f"{source}: kgpt ships no such sample; {did_you_mean(name, known)}")
    return path


def user_path(text: str) -> Path:
    """The path that a user wrote, `~` written out where it is a home."""
    try:
        return Path(text).expanduser()
    except RuntimeError:
        return Path(text)


def lies(path: Path) -> bool:
    """Whether something lies at `path`; nothing does at what cannot be a path."""
    try:
        return path.exists()
    except OSError:
        return False
