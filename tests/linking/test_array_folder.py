from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from kgpt.errors import StoreError
from kgpt.linking.array_folder import open_arrays, write_arrays


@dataclass(frozen=True)
class Pair:
    one: NDArray[np.int64]
    other: NDArray[np.float32]


@dataclass(frozen=True)
class Single:
    one: NDArray[np.int64]


PAIR = Pair(np.arange(4), np.ones(2, np.float32))


def test_arrays_come_back_memory_mapped(tmp_path):
    write_arrays(PAIR, tmp_path / "pair", version=1)

    opened = open_arrays(Pair, tmp_path / "pair", version=1)

    assert isinstance(opened.one, np.memmap)
    assert (opened.one.tolist(), opened.other.tolist()) == ([0, 1, 2, 3], [1.0, 1.0])


@pytest.mark.parametrize(("kind", "version"), [(Single, 1), (Pair, 2)])
def test_arrays_of_another_kind_or_version_are_told(tmp_path, kind, version):
    write_arrays(PAIR, tmp_path / "pair", version=1)

    with pytest.raises(StoreError, match=r"pair: Pair of version 1, this kgpt reads .* write it again"):
        open_arrays(kind, tmp_path / "pair", version=version)
