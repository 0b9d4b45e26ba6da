"""The recipes: small files, each a published way of training on text and graph."""

from kgpt.recipes import (  # the recipes register themselves
    causal,
    colake,
    deepstruct,
    dragon,
    entigraph,
    erica,
    ernie,
    graph_lm,
    kbert,
    kelm,
    kelm_generator,
    kepler,
    kg_t5,
    kgt5,
    luke,
    text_only,
)
from kgpt.recipes.base import Recipe, TrainingData, recipes

__all__ = [
    "Recipe",
    "TrainingData",
    "causal",
    "colake",
    "deepstruct",
    "dragon",
    "entigraph",
    "erica",
    "ernie",
    "graph_lm",
    "kbert",
    "kelm",
    "kelm_generator",
    "kepler",
    "kg_t5",
    "kgt5",
    "luke",
    "recipes",
    "text_only",
]
