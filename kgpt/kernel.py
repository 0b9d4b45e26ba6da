"""The door to numba: loops over bytes and rows that numpy has no word for, compiled once a machine."""

from collections.abc import Callable
from typing import TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., object])


def compiled(function: Function) -> Function:
    """`function` as machine code that releases the interpreter's lock; kept on disk beside its file."""
    return cast(Function, numba.njit(cache=True, nogil=True)(function))
