"""The recipes: small files, each a published way of training on text and graph."""

from kgpt.recipes import colake, kg_t5, text_only  # the recipes register themselves
from kgpt.recipes.base import Recipe, TrainingData, recipes

__all__ = ["Recipe", "TrainingData", "colake", "kg_t5", "recipes", "text_only"]
