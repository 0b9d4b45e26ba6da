"""The process that lm-evaluation-harness runs in; started by `harness.py` as a file, so nothing of kgpt is loaded.

Enters: the path of a JSON file that says what to run. Leaves: the harness's results beside it. A process of its own,
since whether Hugging Face's libraries look at the network is settled when they are imported.
"""

import json
import sys
from pathlib import Path


def main(spec: Path) -> None:
    """Run what `spec` says: model_args, tasks, include_path, device, batch_size, out."""
    import lm_eval
    from lm_eval.tasks import TaskManager

    told = json.loads(spec.read_text("utf-8"))
    found = lm_eval.simple_evaluate(
        model="hf",
        model_args=told["model_args"],
        tasks=told["tasks"],
        task_manager=TaskManager(include_path=told["include_path"], include_defaults=False),
        device=told["device"],
        batch_size=told["batch_size"],
        bootstrap_iters=0,
        log_samples=False,
    )
    kept = {key: found[key] for key in ("results", "n-samples")}
    Path(told["out"]).write_text(json.dumps(kept), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
