"""Classes of arrays as folders of memory-mapped files, so that processes share them by path."""

from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from kgpt.atomic import atomic_folder
from kgpt.errors import DataError, StoreError
from kgpt.io import read_json, write_json

_META_NAME = "arrays.json"
Arrays = TypeVar("Arrays")


def write_arrays(arrays: Any, folder: Path, *, version: int) -> None:
    """Write a dataclass of arrays to `folder`, whole or not at all."""
    with atomic_folder(folder, mark=_META_NAME) as partial:
        for field in fields(arrays):
            np.save(partial / f"{field.name}.npy", getattr(arrays, field.name), allow_pickle=False)
        meta = {"kind": type(arrays).__name__, "version": version, "num_rows": _num_rows(arrays)}
        write_json(partial / _META_NAME, meta)


def open_arrays(kind: type[Arrays], folder: Path, *, version: int) -> Arrays:
    """The arrays in `folder`, memory-mapped.

    Raises:
        StoreError: none there, those of another kind or version, or corrupt ones.
    """
    path, what = folder / _META_NAME, kind.__name__
    if not path.is_file():
        raise StoreError(f"{folder}: no {_META_NAME}: no {what} there; remove the folder and write it again")
    try:
        meta = read_json(path)
        if (meta.get("kind"), meta.get("version")) != (what, version):
            found = f"{meta.get('kind')} of version {meta.get('version')}"
            raise StoreError(f"{folder}: {found}, this kgpt reads {what} of version {version}; write it again")
        told: Any = kind
        arrays: Arrays = told(
            *(np.load(folder / f"{field.name}.npy", mmap_mode="r", allow_pickle=False) for field in fields(told))
        )
    except (DataError, OSError, ValueError, EOFError) as error:
        raise StoreError(f"{folder}: {what} is corrupt ({error}); remove the folder and write it again") from error
    if _num_rows(arrays) != meta.get("num_rows"):
        raise StoreError(f"{folder}: {what} is corrupt (arrays of another length); remove the folder, write it again")
    return arrays


def _num_rows(arrays: Any) -> dict[str, int]:
    return {field.name: len(getattr(arrays, field.name)) for field in fields(arrays)}
