"""Documents with the same words in the same order, whatever the case and blanks."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kgpt.corpus.base import Arrays, Rule, WholeStep, corpus_steps
from kgpt.corpus.clusters import keeper_rule, keepers, standing
from kgpt.kg.graph import KnowledgeGraph
from kgpt.randomness import stable_hash
from kgpt.records import Document
from kgpt.text import squeeze


@corpus_steps.register("exact_duplicates")
@dataclass(frozen=True, kw_only=True, slots=True)
class ExactDuplicates(WholeStep):
    """Keep one of the documents whose texts are equal, case and blanks set aside; 125 bytes are held for each.

    Args:
        priority: sources whose documents stay before those of others, the first before the second.
    """

    priority: tuple[str, ...] = ()

    def sketch(self, documents: Sequence[Document], _graph: KnowledgeGraph | None, /) -> Arrays:
        """A hash of each text."""
        keys = [stable_hash(squeeze(document.text).casefold()) for document in documents]
        return {"keys": np.array(keys, np.uint64), **standing(documents, self.priority)}

    def decide(self, sketches: Arrays) -> Arrays:
        """One document of each text."""
        return keepers(sketches, sketches["keys"])

    def rule(self, decision: Arrays) -> Rule:
        """Drop the others."""
        return keeper_rule(decision, step="exact_duplicates", reason="exact_duplicate")
