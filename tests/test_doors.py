import subprocess
import sys

import pytest

HEAVY = ["torch", "spacy", "torch_geometric", "datasets", "rdflib", "transformers"]
DATA_ROOMS = ["sources", "kg", "corpus", "linking", "alignment", "verbalization", "wkgraph", "sequences"]


def loaded_after(code):
    """Which heavy packages a fresh process has loaded once it ran `code`."""
    told = f"{code}\nimport sys\nprint('LOADED', *[name for name in {HEAVY!r} if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    return run.stdout.splitlines()[-1].split()[1:]


def test_the_probe_sees_a_package_that_is_loaded():
    assert loaded_after("import rdflib") == ["rdflib"]


@pytest.mark.parametrize("room", DATA_ROOMS)
def test_a_data_room_opens_without_heavy_packages(room):
    assert loaded_after(f"import kgpt.{room}") == []


HELP = """
from kgpt.cli.main import main
try:
    main(['--help'])
except SystemExit as end:
    assert end.code == 0
"""


def test_help_loads_no_heavy_package():
    assert loaded_after(HELP) == []
