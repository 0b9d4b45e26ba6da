"""kgpt: a knowledge graph and a corpus in, a measured language model out."""

__version__ = "0.2.0"
