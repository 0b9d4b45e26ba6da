"""Room 6: triples in, text out: linearised, by template, as questions."""

from kgpt.verbalization.template import Templates, load_templates
from kgpt.verbalization.verbalizer import Form, Verbalizer

__all__ = ["Form", "Templates", "Verbalizer", "load_templates"]
