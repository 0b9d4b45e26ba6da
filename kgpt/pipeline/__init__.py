"""The composition root: the stages, the run folder, the experiment with its arms."""

from kgpt.pipeline.config import RunConfig, load_run_config
from kgpt.pipeline.run import STAGES, Run, load_results, open_run

__all__ = ["STAGES", "Run", "RunConfig", "load_results", "load_run_config", "open_run"]
