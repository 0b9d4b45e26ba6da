"""The script and the config in docs/recipes.md, run as they stand there."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from kgpt.io import read_json

PAGE = Path(__file__).resolve().parents[2] / "docs" / "recipes.md"


@pytest.fixture
def script(tmp_path):
    """`mine.py` and `mine.yaml` in a folder, and how to start kgpt by them."""
    text = PAGE.read_text("utf-8")
    code, config = (
        re.search(pattern, text, re.S) for pattern in (r'```python\n(""".*?)```', r"```yaml\n(# mine.*?)```")
    )
    (tmp_path / "mine.py").write_text(code[1], "utf-8")
    (tmp_path / "mine.yaml").write_text(config[1], "utf-8")
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "default"}

    def run(*arguments):
        return subprocess.run(
            [sys.executable, "mine.py", "--quiet", *arguments],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    return tmp_path, run


def test_a_recipe_registered_in_a_script_trains_like_any_other(script, project):
    folder, run = script
    tiny = {key: f"{project}/{file}" for key, file in (("graph", "graph"), ("corpus", "documents.jsonl"))}
    changes = [f"{key}.sources=[{file}]" for key, file in tiny.items()]
    changes += [f"questions.sources=[{project}/questions.jsonl]", "alignment.min_words=1", "vocabulary.size=200"]
    changes += ["training.steps=2", "training.tokens_per_step=128", "training.num_threads=1", "backbone.hidden_size=32"]

    done = run("pretrain", "mine.yaml", "--arm", "relations", *[f"--set={change}" for change in changes])

    assert done.returncode == 0, done.stderr
    told = read_json(folder / done.stdout.strip() / "kgpt.json")
    assert told["recipe"] == {"type": "relations", "relation_weight": 0.7, "text_weight": 0.5}


def test_a_misspelt_setting_of_an_own_recipe_is_refused_like_any_other(script):
    _, run = script

    done = run("pretrain", "mine.yaml", "--set=arms.relations.recipe.relation_wait=1")

    assert done.returncode == 2
    assert "relation_wait: no such setting; did you mean 'relation_weight'?" in done.stderr
