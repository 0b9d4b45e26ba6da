"""Paths as text with the end, the entities on the way, or both hidden, to be written by the decoder (ours).

`composed` leaves out the entities on the way and asks for the end: a fact of several hops as a question asks it.
`question` asks for the end in plain words, made from the relations' templates.
"""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np

from kgpt.kg.following import Hop
from kgpt.kg.graph import KnowledgeGraph
from kgpt.kg.splitting import numbered_pairs
from kgpt.sequences.piecewise import PieceEncoder
from kgpt.sequences.sequence import Sequence
from kgpt.sequences.triple_stream import answering
from kgpt.sequences.vocabulary import SENTINEL, Vocabulary
from kgpt.verbalization.answer_steps import in_steps
from kgpt.verbalization.naming import GraphNames
from kgpt.verbalization.path import Path, PathWalker, composed_pieces, hidden_pieces, path_pieces
from kgpt.verbalization.pieces import Mention, Piece
from kgpt.verbalization.question import QuestionWriter

_START = "\0"
HiddenPart = Literal["end", "middle", "both", "composed", "question"]


@dataclass(frozen=True, kw_only=True)
class PathStream:
    """A walk from every triple of a graph, some of its entities behind sentinels.

    Args:
        graph: where to walk; nothing else is seen.
        vocabulary: of the model.
        num_hops: drawn from alike; a dead end makes a path shorter.
        hidden: what is asked, drawn from alike; a path of one hop hides its end.
        both_ways: whether triples are also walked from their tail ("inverse of r").
        max_degree: see `PathWalker`.
        inverses: ids of the relations that are walked from their tail; None is all.
        steps: whether the answer to a `question` names the entities on the way, too.
        kept_out: pairs of entities (`pair_key`) that an exam asks about: no walk joins them over several hops, and of
            one hop they are told as a triple is, not asked for in words.
        max_tokens: longer texts are cut.
    """

    graph: KnowledgeGraph
    vocabulary: Vocabulary
    num_hops: tuple[int, ...] = (2, 3)
    hidden: tuple[HiddenPart, ...] = ("end", "middle", "both")
    both_ways: bool = True
    max_degree: int | None = None
    inverses: tuple[str, ...] | None = None
    steps: bool = False
    kept_out: frozenset[tuple[str, str]] = frozenset()
    max_tokens: int = 64
    names: GraphNames = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", GraphNames(self.graph))

    def __len__(self) -> int:
        return self.graph.num_triples

    def draw(self, index: int, rng: np.random.Generator) -> Sequence:
        """A walk that begins with triple `index`."""
        pieces, answers = self.asked(index, rng)
        return answering(
            self._encoder.ids(pieces), [one.name for one in answers], self.vocabulary, max_tokens=self.max_tokens
        )

    def asked(self, index: int, rng: np.random.Generator) -> tuple[list[Piece], list[Mention]]:
        """The text with its sentinels, and what they hide in order."""
        hop_place, part_place = rng.random(), rng.random()
        num_hops = self.num_hops[int(hop_place * len(self.num_hops))]
        path = self._walker.from_row(index, num_hops, rng)
        part = self.hidden[int(part_place * len(self.hidden))]
        if part == "question" and self._is_kept_out(path):
            part = "end"
        if part == "composed":
            return hidden_pieces(list(composed_pieces(path, self.names)), frozenset({1}), SENTINEL)
        if part == "question":
            return self._question(path, int(rng.integers(2**16)))
        last = len(path.hops)
        middle = range(1, last) if part != "end" else ()
        end = (last,) if part != "middle" or last == 1 else ()
        return hidden_pieces(list(path_pieces(path, self.names)), frozenset((*middle, *end)), SENTINEL)

    def _is_kept_out(self, path: Path) -> bool:
        """Whether a walk is a single triple between two entities that are kept out."""
        return len(path.hops) == 1 and (min(path.entities), max(path.entities)) in self._kept_out

    @cached_property
    def _kept_out(self) -> frozenset[tuple[int, int]]:
        return numbered_pairs(self.graph, self.kept_out)

    def _question(self, path: Path, number: int) -> tuple[list[Piece], list[Mention]]:
        hops = [Hop(relation, is_inverse) for relation, is_inverse, _ in path.hops]
        before, after = self._writer.ask(_START, hops, number).split(_START)
        pieces: list[Piece] = [before, self.names.mention(path.start), f"{after} {SENTINEL.format(0)}"]
        told = path.entities[1:] if self.steps else path.entities[-1:]
        return pieces, [Mention(path.entities[-1], in_steps([self.names.mention(one).name for one in told]))]

    @cached_property
    def _writer(self) -> QuestionWriter:
        return QuestionWriter(self.graph)

    @cached_property
    def _walker(self) -> PathWalker:
        numbers = None if self.inverses is None else map(self.graph.relations.ids.find, self.inverses)
        known = None if numbers is None else frozenset(number for number in numbers if number is not None)
        return PathWalker(self.graph, self.both_ways, self.max_degree, known, self._kept_out)

    @cached_property
    def _encoder(self) -> PieceEncoder:
        return PieceEncoder(self.vocabulary)
