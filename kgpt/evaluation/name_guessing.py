"""Which facts can be guessed from their head's name alone, so that knowing them proves little (Poerner et al., 2020).

Two rules, as in LAMA-UHN: the answer's name stands in the head's name, or a part of the head's name says it, as a first
name says a country. For the second the paper asks a language model which names are common where; ours is learnt from
the graph: most other heads of the relation whose names share a word have the answer as their tail. Most is more than
half; of an answer that is usual in the whole relation, more than halfway from its share there to 1, else it would count
as guessed from any name.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kgpt.evaluation.facts import AskedFact
from kgpt.kg.graph import KnowledgeGraph
from kgpt.text import words


@dataclass(frozen=True)
class NameGuesser:
    """What the names of a relation's heads say of its tails.

    Args:
        graph: whose names and triples.
        tails: of every relation's heads.
        heads: of every relation whose names have a word.
        tail_counts: in how many heads' tails each tail is, by relation.
        min_heads: other heads that share a word, at least, for the word to say anything.
    """

    graph: KnowledgeGraph
    tails: Mapping[int, Mapping[int, Collection[int]]]
    heads: Mapping[tuple[int, str], Sequence[int]]
    tail_counts: Mapping[int, Counter[int]]
    min_heads: int = 3

    @classmethod
    def learn(cls, graph: KnowledgeGraph, relations: Collection[int], *, min_heads: int = 3) -> "NameGuesser":
        """From all triples of `relations`."""
        tails: dict[int, dict[int, set[int]]] = {relation: defaultdict(set) for relation in relations}
        for head, relation, tail in graph.triples[np.isin(graph.triples[:, 1], list(relations))].tolist():
            tails[relation][head].add(tail)
        heads: dict[tuple[int, str], list[int]] = defaultdict(list)
        words_of = {head: name_words(graph.entities.label(head)) for head in sorted(set().union(*tails.values()))}
        for relation, of_head in tails.items():
            for head in of_head:
                for word in words_of[head]:
                    heads[relation, word].append(head)
        counts = {r: Counter(tail for found in of_head.values() for tail in found) for r, of_head in tails.items()}
        return cls(graph, tails, heads, counts, min_heads)

    def is_guessable(self, fact: AskedFact) -> bool:
        """Whether one of the rules gives the tail that is asked for, the fact's first."""
        head, tail = self.graph.entities.label(fact.head), self.graph.entities.label(fact.tails[0])
        return stands_in(tail, head) or any(self._says(word, fact) for word in name_words(head))

    def _says(self, word: str, fact: AskedFact) -> bool:
        """Whether most other heads with this word in their names have the fact's tail."""
        tail, tails = fact.tails[0], self.tails[fact.relation]
        others = [head for head in self.heads.get((fact.relation, word), ()) if head != fact.head]
        if len(others) < self.min_heads:
            return False
        share = sum(tail in tails[head] for head in others) / len(others)
        usual = self.tail_counts[fact.relation][tail] / len(tails)
        return share > (1 + usual) / 2


def stands_in(answer: str, name: str) -> bool:
    """Whether an answer is part of a name, letter case aside.

    >>> stands_in("Apple", "Apple Watch")
    True
    """
    return answer.casefold() in name.casefold()


def name_words(name: str) -> frozenset[str]:
    """The words of a name that have letters, in lower case; initials are none.

    >>> sorted(name_words("J. R. R. Tolkien II."))
    ['ii', 'tolkien']
    """
    return frozenset(word.casefold() for word in words(name) if len(word) > 1 and any(map(str.isalpha, word)))
