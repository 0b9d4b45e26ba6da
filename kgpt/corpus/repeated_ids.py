"""Documents whose id an earlier one bears: what ends every curation on shards."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kgpt.corpus.base import Arrays, Rule, WholeStep
from kgpt.corpus.clusters import is_first
from kgpt.corpus.sketching import FIGURE
from kgpt.kg.graph import KnowledgeGraph
from kgpt.randomness import stable_hash
from kgpt.records import Document, Dropped

REPEATED = "num_repeated"


@dataclass(frozen=True, kw_only=True, slots=True)
class UniqueIds(WholeStep):
    """Keep the first document of each id; eight bytes a document, by hashes of 64 bits."""

    def sketch(self, documents: Sequence[Document], _graph: KnowledgeGraph | None, /) -> Arrays:
        """A hash of each id."""
        return {"ids": np.array([stable_hash(document.id) for document in documents], np.uint64)}

    def decide(self, sketches: Arrays) -> Arrays:
        """Which documents stay, and how many do not."""
        stays = is_first(sketches["ids"])
        return {"stays": stays, f"{FIGURE}{REPEATED}": np.array((~stays).sum())}

    def rule(self, decision: Arrays) -> Rule:
        """Drop what does not stay."""
        stays = decision["stays"]
        return lambda document, row: document if stays[row] else Dropped(document.id, "repeated_id")
