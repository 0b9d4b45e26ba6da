"""Link prediction as text: a query about one end of a triple, its label to be written (Saxena et al., 2022, KGT5).

With a context (Kochsiek et al., 2023) the query is followed by what stands around its entity. No edge between the
entity and a right answer is in it: not the asked triple, not its other right answers, not the same pair read backwards.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from kgpt.kg.graph import KnowledgeGraph
from kgpt.sequences.piecewise import PieceEncoder
from kgpt.sequences.sequence import Sequence, plain_sequence
from kgpt.sequences.triple_stream import HIDDEN
from kgpt.sequences.vocabulary import Vocabulary
from kgpt.verbalization.naming import GraphNames, unique_names
from kgpt.verbalization.neighborhood import LinkQuery, context_pieces, draw_neighbors, query_pieces
from kgpt.verbalization.pieces import Piece


@dataclass(frozen=True, kw_only=True)
class LinkStream:
    """Every triple of a graph twice: its tail asked for, then its head.

    Args:
        graph: whose; nothing else is seen.
        vocabulary: of the model.
        max_neighbors: lines of context; 0 for none.
        has_description: whether the context gives the entity's description.
        has_unique_names: whether an answer whose label others bear comes with its description or id.
        has_sentinel: whether the query ends with a sentinel that the answer begins with, as all other tasks here do.
        max_tokens: longer texts are cut, that is the context's last lines.
    """

    graph: KnowledgeGraph
    vocabulary: Vocabulary
    max_neighbors: int = 0
    has_description: bool = True
    has_unique_names: bool = True
    has_sentinel: bool = False
    max_tokens: int = 256

    def __len__(self) -> int:
        return 2 * self.graph.num_triples

    def draw(self, index: int, rng: np.random.Generator) -> Sequence:
        """One query."""
        row, is_reverse = divmod(index, 2)
        head, relation, tail = self.graph.triples[row].tolist()
        entity, answer = (tail, head) if is_reverse else (head, tail)
        source = self.source(LinkQuery(entity, relation, bool(is_reverse)), rng)
        return plain_sequence(source, decoder_targets=self.target(answer)[: self.max_tokens])

    def target(self, entity: int) -> NDArray[np.int64]:
        """The word ids that name an entity as an answer, with the word that ends them."""
        vocabulary = self.vocabulary
        opening = [vocabulary.sentinel(0)] if self.has_sentinel else []
        return np.concatenate([opening, vocabulary.encode(self.name(entity)), [vocabulary.end]]).astype(np.int64)

    def source(self, query: LinkQuery, rng: np.random.Generator) -> NDArray[np.int64]:
        """The word ids that ask `query`, as training asks it, special words at the ends."""
        return self._wrapped(self.source_ids(query, rng))

    def source_ids(self, query: LinkQuery, rng: np.random.Generator) -> NDArray[np.int64]:
        """The word ids that ask `query`, bare."""
        pieces = self.pieces(query, rng)
        return self._encoder.ids([*pieces[:3], f" {HIDDEN}", *pieces[3:]] if self.has_sentinel else pieces)

    def pieces(self, query: LinkQuery, rng: np.random.Generator) -> list[Piece]:
        """The text that asks `query`."""
        if not self.max_neighbors:
            return list(query_pieces(query, self._names))
        neighbors = draw_neighbors(self.graph, query, max_neighbors=self.max_neighbors, rng=rng)
        description = self.graph.entities.descriptions[query.entity] if self.has_description else ""
        return list(context_pieces(query, neighbors, self._names, description=description))

    def name(self, entity: int) -> str:
        """What the model shall write for an entity."""
        return self.answer_names[entity] if self.has_unique_names else self._names.mention(entity).name

    def entity_called(self, text: str) -> int | None:
        """The entity that a written name means; of several that share it the first."""
        return self._by_name.get(self._as_decoded(text))

    @cached_property
    def _by_name(self) -> dict[str, int]:
        names = [self._as_decoded(self.name(number)) for number in range(self.graph.num_entities)]
        return dict(zip(reversed(names), reversed(range(len(names))), strict=True))

    def _as_decoded(self, text: str) -> str:
        """A text as it is read back from its words: blanks and rare letters may not survive."""
        return "".join(self.vocabulary.decode(self.vocabulary.encode(text)).split())

    @cached_property
    def answer_names(self) -> list[str]:
        """What the model shall write for every entity, no two alike."""
        return unique_names(self.graph)

    @cached_property
    def _names(self) -> GraphNames:
        return GraphNames(self.graph)

    def _wrapped(self, source: NDArray[np.int64]) -> NDArray[np.int64]:
        vocabulary = self.vocabulary
        return vocabulary.wrap(source[: self.max_tokens - len(vocabulary.prefix) - len(vocabulary.suffix)])

    @cached_property
    def _encoder(self) -> PieceEncoder:
        return PieceEncoder(self.vocabulary)
