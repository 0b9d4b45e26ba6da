"""Several triples of one entity as a few connected sentences: templates merged, tails listed, pronouns. Ours.

What KELM (Agarwal et al., 2021) leaves to a fine-tuned T5, done by rule; no model is needed.
"""

from collections.abc import Sequence

import numpy as np

from kgpt.verbalization.english import Pronouns
from kgpt.verbalization.pieces import Mention, Piece, capitalized
from kgpt.verbalization.statement import Statement, StatementBook, spaced

_MERGE_PROB = 0.5
_PRONOUN_PROB = 0.7


class TemplateWriter:
    """Writes the triples of one head.

    Args:
        book: what can be said.
    """

    def __init__(self, book: StatementBook) -> None:
        self.book = book
        self._pronouns = Pronouns(book.graph)

    def pieces(self, rows: Sequence[Sequence[int]], rng: np.random.Generator) -> list[Piece]:
        """Triples of one head as text: those of one relation in one sentence, some sentences joined by `and`.

        Args:
            rows: head, relation, tail by number; all heads alike, at least one row.
            rng: draws sentences, joints and pronouns.
        """
        head = self.book.names.mention(rows[0][0])
        sentences: list[list[Piece]] = []
        joinable = False
        for relation, tails in _by_relation(rows).items():
            mentions = [self.book.names.mention(tail) for tail in tails]
            for statement, some in self._chosen(relation, mentions, rng):
                if statement.is_led and joinable and rng.random() < _MERGE_PROB:
                    sentences[-1][-1:] = [" and", *statement.predicate(some), "."]
                    joinable = False
                    continue
                sentences.append(self._sentence(statement, head, some, is_first=not sentences, rng=rng))
                joinable = statement.is_led
        return spaced(sentences)

    def _chosen(
        self, relation: int, tails: list[Mention], rng: np.random.Generator
    ) -> list[tuple[Statement, list[Mention]]]:
        """The statements for one relation; several tails go into one, where one can take a list."""
        if len(tails) == 1:
            return [(self.book.draw(relation, rng), tails)]
        led = self.book.led(relation)
        if led:
            return [(led[int(rng.random() * len(led))], tails)]
        return [(self.book.draw(relation, rng), [tail]) for tail in tails]

    def _sentence(
        self, statement: Statement, head: Mention, tails: list[Mention], *, is_first: bool, rng: np.random.Generator
    ) -> list[Piece]:
        pronoun = None if is_first or not statement.is_led else self._pronouns.of(head.entity)
        if pronoun is None or rng.random() >= _PRONOUN_PROB:
            return statement.pieces(head, tails)
        return capitalized([pronoun, *statement.predicate(tails), "."])


def _by_relation(rows: Sequence[Sequence[int]]) -> dict[int, list[int]]:
    groups: dict[int, list[int]] = {}
    for _, relation, tail in rows:
        groups.setdefault(relation, []).append(tail)
    return groups
