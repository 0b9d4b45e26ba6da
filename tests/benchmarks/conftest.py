import sys
from pathlib import Path

import pytest


@pytest.fixture(autouse=True, scope="session")
def root_on_the_path():
    """The benchmarks are run from the root and installed nowhere."""
    root = str(Path(__file__).resolve().parents[2])
    if root not in sys.path:
        sys.path.insert(0, root)
