"""One target fuzzed in a process of its own: `python -m tests.fuzz.child TARGET RUNS FOLDER`; libFuzzer ends it."""

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import atheris

_HOME = Path(__file__).parents[2]
_WATCHED = (
    "kgpt.sources",
    "kgpt.config",
    "kgpt.io",
    "kgpt.text",
    "kgpt.alignment.passages",
    "kgpt.verbalization.template",
)
_COMPILED = "kgpt.sources.ntriples"
"""Its kernel is numba's, which cannot compile what atheris has put into it."""


def _unwatched() -> list[str]:
    """The modules whose branches do not guide the fuzzer: all but the readers'."""
    names = (".".join(path.relative_to(_HOME).with_suffix("").parts) for path in (_HOME / "kgpt").rglob("*.py"))
    modules = {name.removesuffix(".__init__") for name in names}
    return sorted(name for name in modules if not name.startswith(_WATCHED) or name == _COMPILED)


with atheris.instrument_imports(include=["kgpt"], exclude=_unwatched()):
    from tests.fuzz.targets import MAX_BYTES, TARGETS

_SECONDS_AN_INPUT = 60
_MEGABYTES = 4096
_MEMORY = Path("/dev/shm")
COUNTS = "counts.json"


def main() -> None:
    """Feed the target until all inputs are through or one is a find."""
    name, runs, finds = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    target = TARGETS[name]
    counts = {"runs": 0, "read": 0}
    with TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None) as room:
        folder, corpus = Path(room) / "input", Path(room) / "corpus"
        folder.mkdir()
        corpus.mkdir()
        target.prepare(folder)
        whole = target.sample.files[target.sample.broken]
        (corpus / "whole").write_bytes(whole)
        target.survives(folder, whole)  # what is imported late is, before an input is timed

        def feed(content: bytes) -> None:
            counts["runs"] += 1
            is_over = counts["runs"] >= runs
            try:
                counts["read"] += target.survives(folder, content)
            except BaseException:
                is_over = True
                raise
            finally:
                if is_over:
                    (finds / COUNTS).write_text(json.dumps(counts), "utf-8")

        limits = [f"-max_len={MAX_BYTES}", f"-timeout={_SECONDS_AN_INPUT}", f"-rss_limit_mb={_MEGABYTES}"]
        atheris.Setup([sys.argv[0], str(corpus), f"-runs={runs}", f"-artifact_prefix={finds}/", *limits], feed)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
