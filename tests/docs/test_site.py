"""The site is built as `make docs` builds it, warnings as errors, and asks no other host for anything."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
_LOADED = re.compile(r"<(?:script|img|iframe)\b[^>]*\bsrc=\"([^\"]+)\"|<link\b[^>]*\bhref=\"([^\"]+)\"")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    built = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, env=os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    )
    assert built.returncode == 0, built.stderr
    return folder


def test_every_page_is_built(site):
    pages = {page.relative_to(ROOT / "docs").with_suffix(".html") for page in (ROOT / "docs").rglob("*.md")}

    assert pages <= {page.relative_to(site) for page in site.rglob("*.html")}


def test_no_page_loads_anything_from_another_host(site):
    loaded = {one for page in site.rglob("*.html") for pair in _LOADED.findall(page.read_text("utf-8")) for one in pair}

    assert any(one.endswith(".css") for one in loaded) and any(one.endswith(".js") for one in loaded)
    assert not [one for one in loaded if re.match(r"(?:https?:)?//", one)]
    assert not re.search(
        r"@import|url\(['\"]?(?:https?:)?//", "".join(map(str, (p.read_text() for p in site.rglob("*.css"))))
    )


def test_the_reference_tells_what_a_room_hands_on(site):
    told = (site / "api" / "kg.html").read_text("utf-8")

    assert 'id="kgpt.kg.KnowledgeGraph.num_triples"' in told and 'id="kgpt.kg.pyg.to_pyg"' in told


def test_a_link_to_a_file_of_the_code_is_its_path(site):
    told = (site / "recipes.html").read_text("utf-8")

    assert "<code>kgpt/recipes/kg_t5.py</code>" in told and "../kgpt/" not in told
