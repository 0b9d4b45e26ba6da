"""What docs/recipes.md and its neighbours say of recipes and settings is what the code does."""

import re
from io import StringIO
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from kgpt.config import check_config, merge, read_config
from kgpt.pipeline.config import RunConfig
from kgpt.recipes import recipes
from kgpt.shipped import embedded_root

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "recipes.md").read_text("utf-8")
ROWS = {
    cells[0].strip("` "): cells[1:] for cells in (line.split("|")[1:] for line in PAGE.splitlines()) if len(cells) == 6
}
BASES = {"recipes.md": "recipes/colake", "models.md": "recipes/kg_t5", "training.md": "recipes/kg_t5"}
BLOCKS = [
    (base, block)
    for page, base in BASES.items()
    for block in re.findall(r"```yaml\n(.*?)```", (DOCS / page).read_text("utf-8"), re.S)
    if "extends:" not in block
]


@pytest.mark.parametrize("name", recipes.names())
def test_the_pages_row_of_a_recipe_is_what_it_reads_has_and_minimises(name, training_data):
    recipe = recipes.build(name)
    streams, objectives, parts, module = ROWS[name][:4]

    for architecture in recipe.architectures:
        read = recipe.streams(training_data(architecture), architecture)
        assert set(read) <= set(re.findall(r"`(\w+)`", streams))
        assert set(recipe.parts(architecture)) == set(re.findall(r"`(\w+)`", parts))
        minimised = {objective.name for objective in recipe.objectives(architecture)}
        assert "that of text" in objectives or minimised <= set(re.findall(r"`(\w+)`", objectives))
    assert (DOCS / re.search(r"\((.*?)\)", module)[1]).resolve().stem == name


@pytest.mark.parametrize("name", recipes.names())
def test_a_recipe_is_told_on_the_page_and_named_in_the_readme(name):
    assert f"**`{name}`**" in PAGE
    assert f"`{name}`" in (DOCS.parent / "README.md").read_text("utf-8")


@pytest.mark.parametrize(("base", "block"), BLOCKS)
def test_a_pages_settings_are_known(base, block):
    told = YAML(typ="safe", pure=True).load(StringIO(block))

    check_config(merge(read_config(embedded_root("configs") / f"{base}.yaml"), told), RunConfig, place="docs")
