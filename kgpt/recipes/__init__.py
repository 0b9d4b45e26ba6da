"""The recipes: small files, each a published way of training on text and graph."""

from kgpt.recipes import causal, colake, entigraph, kg_t5, text_only  # the recipes register themselves
from kgpt.recipes.base import Recipe, TrainingData, recipes

__all__ = [
    "Recipe",
    "TrainingData",
    "causal",
    "colake",
    "entigraph",
    "kg_t5",
    "recipes",
    "text_only",
]
