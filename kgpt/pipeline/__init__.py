"""The composition root: the stages, the run folder, the experiment with its arms.

A name is looked up when it is asked for, since a run loads PyTorch and curation, alignment and verbalising do not.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kgpt.pipeline.chain import STAGES
    from kgpt.pipeline.config import RunConfig, load_run_config
    from kgpt.pipeline.run import Run, load_results, open_run

__all__ = ["STAGES", "Run", "RunConfig", "load_results", "load_run_config", "open_run"]

_HOMES = {"STAGES": "chain", "RunConfig": "config", "load_run_config": "config"}


def __getattr__(name: str) -> Any:
    """What `__all__` hands on, from the module that has it."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES.get(name, 'run')}"), name)
