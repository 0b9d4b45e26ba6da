"""`pip install kgpt` gives what the code asks for: dependencies declared, data shipped, entry points there."""

import ast
import sys
import tomllib
from importlib import import_module
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def names(requirements):
    return {canonicalize_name(Requirement(one).name) for one in requirements}


NEEDED = names(PROJECT["project"]["dependencies"])
EXTRAS = {name: names(told) for name, told in PROJECT["project"]["optional-dependencies"].items()}
BROUGHT = {"datatrove"}
"""Frameworks that a user brings along: kgpt adapts to them and does not ask for them (they pin versions of others)."""


def imported(path):
    """The packages outside the standard library that a file imports, anywhere in it."""
    nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
    found = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    found |= {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom) and not node.level}
    return {name.split(".")[0] for name in found} - sys.stdlib_module_names - {"kgpt"}


def test_every_package_that_the_code_imports_is_declared():
    distributions = packages_distributions()
    allowed = BROUGHT | NEEDED.union(*(told for extra, told in EXTRAS.items() if extra not in {"dev", "bench"}))

    wanted = {(path.name, one) for path in (ROOT / "kgpt").rglob("*.py") for one in imported(path)}
    undeclared = {
        (name, one) for name, one in wanted if allowed.isdisjoint(map(canonicalize_name, distributions.get(one, [one])))
    }

    assert ("store.py", "numpy") in wanted and undeclared == set()


def test_the_developers_extra_has_what_the_others_have_for_tests():
    assert EXTRAS["web"] <= EXTRAS["dev"] and EXTRAS["ray"] <= EXTRAS["dev"]


def test_torch_is_pinned_to_one_version():
    (torch,) = [one for one in map(Requirement, PROJECT["project"]["dependencies"]) if one.name == "torch"]

    assert {str(one) for one in torch.specifier} == {">=2.13", "<2.14"}


@pytest.mark.parametrize(
    "target",
    [*PROJECT["project"]["scripts"].values(), *PROJECT["project"]["entry-points"]["spacy_factories"].values()],
)
def test_an_entry_point_leads_somewhere(target):
    module, _, name = target.partition(":")

    assert callable(getattr(import_module(module), name))


def test_the_sample_and_the_configs_are_shipped_where_they_are_looked_for():
    shipped = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]

    assert shipped == {name: f"kgpt/_data/{name}" for name in ("graphs", "corpora", "configs")}
    assert all((ROOT / name).is_dir() for name in shipped)
    assert (ROOT / "kgpt" / "py.typed").is_file()
