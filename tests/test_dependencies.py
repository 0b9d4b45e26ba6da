"""Holes that are published of what kgpt stands on: no version that has one may be installed, or be allowed."""

import tomllib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

HOLES = {
    "torch": ("2.10", "CVE-2026-24747: a crafted checkpoint runs code through torch.load(weights_only=True)"),
    "transformers": (
        "5.3",
        "CVE-2026-4372: a crafted config.json runs code in from_pretrained, trust_remote_code or not",
    ),
    "ray": ("2.54", "published holes of earlier ones; kgpt starts Ray on this machine alone"),
    "jinja2": ("3.1.6", "CVE-2025-27516: out of the sandbox by the filter `attr`"),
    "pyarrow": ("14.0.1", "CVE-2023-47248: code run when a crafted file is opened"),
    "orjson": ("3.9.15", "CVE-2024-27454: deep nesting overflows the stack"),
    "tqdm": ("4.66.3", "CVE-2024-34062: code run from arguments of its command line"),
    "scikit-learn": ("1.5.0", "CVE-2024-5206: TfidfVectorizer keeps tokens of its training texts"),
}
"""The first version without the hole, and what the hole is."""


@pytest.fixture(scope="module")
def requirements():
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text("utf-8"))["project"]
    told = [*project["dependencies"], *(one for extra in project["optional-dependencies"].values() for one in extra)]
    return [Requirement(one) for one in told]


@pytest.mark.parametrize("name", HOLES)
def test_no_version_with_a_published_hole_is_installed_or_allowed(name, requirements):
    mended, hole = HOLES[name]

    asked = [one for one in requirements if one.name == name]
    assert asked, f"{name} is no dependency any more"
    for one in asked:
        floors = [Version(part.version) for part in one.specifier if part.operator in (">=", "==", "~=")]
        assert floors and max(floors) >= Version(mended), f"{one}: {hole}; ask for >= {mended}"
    try:
        assert Version(version(name)) >= Version(mended), hole
    except PackageNotFoundError:
        assert name == "ray", f"{name} is not installed"
