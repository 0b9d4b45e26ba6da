"""The error tree. Every deliberate error is a `KgptError`; the command line prints its message and exits 2.

KgptError
├── ConfigError       a setting: unknown, of the wrong type, out of range
├── DataError         a user's file: missing, malformed, against its own rules
│   └── UnknownEntityError    an id that the graph does not hold
├── StoreError        a folder kgpt wrote: half-written, corrupt, of another version
│   └── CheckpointError       a model folder that cannot serve what was asked of it
└── RunLockedError    another process works in the same folder
"""

from collections.abc import Iterable
from difflib import get_close_matches


class KgptError(Exception):
    """Base of every deliberate error; its text is written for the user."""


class ConfigError(KgptError):
    """A setting is unknown, of the wrong type or out of range."""


class DataError(KgptError):
    """A user's file is missing, malformed or breaks its own rules."""


class UnknownEntityError(DataError):
    """An id or name that the graph does not hold."""


class StoreError(KgptError):
    """A folder that kgpt wrote is half-written, corrupt or of another version."""


class CheckpointError(StoreError):
    """A model folder cannot serve what was asked of it."""


class RunLockedError(KgptError):
    """Another process works in the same folder."""


def did_you_mean(found: str, allowed: Iterable[str]) -> str:
    """A hint to end an error message with: the nearest allowed name, or all of them.

    >>> did_you_mean("max_step", ["max_steps", "seed"])
    "did you mean 'max_steps'?"
    """
    names = sorted(allowed)
    near = get_close_matches(found, names, n=1)
    return f"did you mean {near[0]!r}?" if near else "allowed: " + ", ".join(names)
