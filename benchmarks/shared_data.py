"""Where real data lies, which benchmarks read where it is there: `../shared/data`, or what `KGPT_SHARED_DATA` says."""

import os
from pathlib import Path


def shared_data() -> Path:
    """The folder; nobody promises that it exists."""
    return Path(os.environ.get("KGPT_SHARED_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))
