"""Codes that stand among relative positions where no distance can be counted (Graph LM, Plenz and Frank, 2024).

A relative position below `FAR` in size is one: how far to the right the other node stands. The others are codes.
"""

FAR = 1_000_000
"""The other node is of another triple: one bucket for all such pairs."""

TEXT_TO_GRAPH = FAR + 1
"""A word of the text looks at a node of the graph."""

GRAPH_TO_TEXT = FAR + 2
"""A node of the graph looks at a word of the text."""

UNSEEN = FAR + 3
"""The pair may not see each other."""
