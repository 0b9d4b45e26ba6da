import shutil
from pathlib import Path

import pytest


@pytest.fixture
def run_copy(finished_run: Path, tmp_path: Path) -> Path:
    """A copy of the finished run to change."""
    return Path(shutil.copytree(finished_run, tmp_path / "run"))
