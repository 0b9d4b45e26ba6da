"""The pages say what works: their guides are followed block by block, every other call of kgpt is parsed.

How a reader follows a page, its blocks in order, in one folder:

- `bash`: where every line calls kgpt, each is run in this process (PyTorch is loaded once for all pages); any other
  block is run by bash.
- `python`: run in one namespace a page.
- A block whose first line is a comment with a file's name (`# mine.yaml`) is written to that file instead.
- `console` and every other language: shown, not run; but a line that calls kgpt must be a call that kgpt takes.
"""

import contextlib
import os
import re
import shlex
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from click import UsageError
from ruamel.yaml import YAML
from sybil import Document, Example, Sybil
from sybil.example import SybilFailure
from sybil.parsers.markdown import CodeBlockParser

import kgpt
from kgpt.cli.main import main
from kgpt.config import check_config, merge, read_config
from kgpt.pipeline.config import RunConfig
from kgpt.shipped import embedded_root

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = ("bash", "python", "yaml")
_FILE_NAME = re.compile(r"# ([\w./-]+\.(?:yaml|py|json))\n")
_FENCE = re.compile(r"^```.*?^```", re.M | re.S)


def blocks(page: Path) -> Document:
    """The blocks of a page that are run or written."""
    return Sybil([CodeBlockParser(language, _follow) for language in LANGUAGES]).parse(page)


def calls(page: Path) -> list[str]:
    """The lines of a page's blocks that call kgpt, whole: continued lines joined, comments and output files left out.

    Lines with a placeholder for several words (`...`, `[--option]`, `A|B`) are no calls.
    """
    text = "\n".join(_FENCE.findall(page.read_text("utf-8"))).replace("\\\n", " ")
    found = [line.partition(" # ")[0].partition(" > ")[0].strip() for line in text.splitlines()]
    return [line for line in found if line.startswith("kgpt ") and not re.search(r"\.\.\.|\[-|\||SOURCE\.", line)]


def _follow(example: Example) -> str | None:
    """Do what a block says; sybil reports what this returns, or raises, with the block's line."""
    text = str(example.parsed)
    if named := _FILE_NAME.match(text):
        Path(named[1]).write_text(text, "utf-8")
    elif (language := example.region.lexemes["arguments"]) == "python":
        code = compile("\n" * (example.line + 1) + text, str(example.path), "exec")
        exec(code, example.namespace)
    elif language == "bash":
        lines = [line for line in text.replace("\\\n", " ").splitlines() if line.strip()]
        if all(line.startswith("kgpt ") for line in lines):
            return next(filter(None, map(_call, lines)), None)
        _bash(text)
    return None


def _call(line: str) -> str | None:
    """Call kgpt in this process; what went wrong, if anything did."""
    words = shlex.split(line.partition(" # ")[0])[1:]
    with contextlib.ExitStack() as stack:
        if ">" in words:
            *words, _, name = words
            stack.enter_context(contextlib.redirect_stdout(stack.enter_context(Path(name).open("w"))))
        try:
            main(words)
        except SystemExit as end:
            return f"exit status {end.code}: {line}" if end.code else None
    return None


def _bash(text: str) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"PATH": path, "PYTHONPATH": str(ROOT)}
    subprocess.run(["bash", "-eu", "-c", text], check=True, env=environment)


GUIDES = sorted((ROOT / "docs" / "guides").glob("*.md"))
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
CALLS = [(page, line) for page in PAGES for line in calls(page)]
SHOWN_ONLY = {"full-scale"}
"""Guides whose commands take hours: their lines are parsed as all others."""


@pytest.mark.parametrize("guide", GUIDES, ids=[guide.stem for guide in GUIDES])
def test_a_guide_can_be_followed(guide, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KGPT_QUIET", "1")
    followed = list(blocks(guide).examples())

    for example in followed:
        example.evaluate()

    run = {"bash", "python"} & {example.region.lexemes["arguments"] for example in followed}
    assert bool(run) == (guide.stem not in SHOWN_ONLY)


@pytest.mark.parametrize(("page", "line"), CALLS, ids=[f"{page.stem}: {line}" for page, line in CALLS])
def test_a_call_on_a_page_is_one_that_kgpt_takes(page, line, parse_call):
    assert parse_call(line).startswith("kgpt ")


@pytest.mark.parametrize("guide", GUIDES, ids=[guide.stem for guide in GUIDES])
def test_the_settings_on_a_guide_are_known(guide):
    shown = re.findall(r"```yaml\n(.*?)```", guide.read_text("utf-8"), re.S)
    known = {"triples_only"}  # registered by the guide itself

    for block in shown:
        told = YAML(typ="safe", pure=True).load(StringIO(block))
        base = embedded_root("configs") / f"{told.pop('extends', 'embedded:recipes/kg_t5').partition(':')[2]}.yaml"
        if not any(name in block for name in known):
            check_config(merge(read_config(base), told), RunConfig, place=guide.name)


def test_a_call_that_kgpt_does_not_take_is_found(tmp_path, parse_call):
    page = tmp_path / "page.md"
    page.write_text("```console\nkgpt run demo \\\n    --untli graph  # typo\n```\nkgpt outside --of blocks\n")

    (line,) = calls(page)

    with pytest.raises(UsageError):
        parse_call(line)


def test_a_guide_that_fails_is_found(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    page = tmp_path / "page.md"
    page.write_text("```bash\nkgpt graph info nowhere\n```\n\n```python\nassert 1 == 2\n```\n")

    call, python = blocks(page).examples()

    with pytest.raises(SybilFailure, match="exit status 2: kgpt graph info nowhere"):
        call.evaluate()
    with pytest.raises(AssertionError):
        python.evaluate()


def test_every_room_has_a_page_in_the_reference():
    package = Path(kgpt.__file__).parent
    rooms = {path.parent.name for path in package.glob("*/__init__.py")} - {"cli"}
    told = "\n".join(page.read_text("utf-8") for page in (ROOT / "docs" / "api").glob("*.md"))

    assert {f"kgpt.{room}" for room in rooms} <= set(re.findall(r"^::: (kgpt\.\w+)$", told, re.M))
