"""Texts of made-up words, their frequencies Zipf's, with links into a graph: any size, one seed, no download."""

from dataclasses import dataclass

import numpy as np

from kgpt.kg import KnowledgeGraph, build_graph
from kgpt.records import AlignedPassage, EntityRecord, Link, Metadata, RelationRecord, Triple
from kgpt.sequences import PassageStore, Vocabulary, build_passages, train_vocabulary

_NUM_WORDS, _NUM_ENTITIES, _NUM_RELATIONS = 20_000, 20_000, 50
_SYLLABLES = tuple(a + b for a in "bdfgklmnprstvz" for b in "aeiou")


@dataclass(frozen=True, eq=False)
class Sample:
    """A graph, a vocabulary of about 16,000 words, passages linked to the graph."""

    graph: KnowledgeGraph
    vocabulary: Vocabulary
    passages: PassageStore


def make_sample(*, num_passages: int, num_words: int, num_links: int, starts_text: bool, size: int = 16_000) -> Sample:
    """Passages of `num_words` words with `num_links` links each."""
    rng = np.random.default_rng(0)
    words = ["".join(rng.choice(_SYLLABLES, rng.integers(1, 5))) for _ in range(_NUM_WORDS)]
    heads, tails = rng.integers(0, _NUM_ENTITIES, (2, 5 * _NUM_ENTITIES))
    relations = rng.integers(0, _NUM_RELATIONS, 5 * _NUM_ENTITIES)
    graph = build_graph(
        [
            *(RelationRecord(f"P{i}", f"relation {i}") for i in range(_NUM_RELATIONS)),
            *(EntityRecord(f"Q{i}", words[i]) for i in range(_NUM_ENTITIES)),
            *(Triple(f"Q{h}", f"P{r}", f"Q{t}") for h, r, t in zip(heads, relations, tails, strict=True)),
        ]
    )[0]
    passages = [_passage(number, words, num_words, num_links, rng) for number in range(num_passages)]
    vocabulary = train_vocabulary([*words, *(one.text for one in passages)], size=size, starts_text=starts_text)
    return Sample(graph, vocabulary, build_passages(passages, graph, vocabulary))


def _passage(number: int, words: list[str], num_words: int, num_links: int, rng: np.random.Generator) -> AlignedPassage:
    places = np.minimum(rng.zipf(1.3, num_words) - 1, _NUM_WORDS - 1)
    picked = [words[place] for place in places]
    starts = np.cumsum([0, *(len(word) + 1 for word in picked)])
    links = [
        Link(int(starts[at]), int(starts[at]) + len(picked[at]), f"Q{places[at]}")
        for at in sorted(rng.choice(num_words, num_links, replace=False).tolist())
    ]
    return AlignedPassage(f"d{number}#0", f"d{number}", " ".join(picked), tuple(links), (), Metadata())
