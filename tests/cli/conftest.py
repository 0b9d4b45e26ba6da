import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kgpt.cli.main import main


@dataclass(frozen=True)
class Told:
    """What a command left behind: its exit status, stdout and stderr."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON value on stdout."""
        return json.loads(self.out)


@pytest.fixture
def kgpt(capsys: pytest.CaptureFixture[str]) -> Callable[..., Told]:
    """Runs a command of kgpt in this process, as the shell would."""

    def call(*arguments: object) -> Told:
        capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            main([str(one) for one in arguments])
        out, err = capsys.readouterr()
        return Told(int(end.value.code or 0), out, err)

    return call


@pytest.fixture(scope="session")
def graph_store(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's graph as a store."""
    from kgpt.kg import build_graph, write_graph
    from kgpt.sources import open_graph

    folder = tmp_path_factory.mktemp("store") / "graph"
    write_graph(build_graph(open_graph(str(project / "graph")).read())[0], folder, skipped={})
    return folder


@pytest.fixture(scope="session")
def checkpoint(finished_run: Path) -> Path:
    """A fine-tuned model of the finished run."""
    return finished_run / "7-results" / "kg_t5" / "0" / "model"
