"""The linker: documents in, documents with links out."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from kgpt.config import Settings
from kgpt.kg.graph import KnowledgeGraph
from kgpt.linking.alias_index import AliasIndex
from kgpt.linking.disambiguation import Disambiguator, Weights
from kgpt.linking.mention import Mention, candidates_of, find_mentions
from kgpt.records import NIL, Document, Link


class LinkingSettings(Settings):
    """How documents are linked.

    Args:
        existing: what to do with links that documents bring: `replace` them all, or `keep` them and link the rest.
        min_chars: shorter names are passed over.
        weights: of the disambiguation's features.
    """

    existing: Literal["replace", "keep"] = "replace"
    min_chars: int = 2
    weights: Weights = Weights()


@dataclass(frozen=True)
class Linker:
    """Finds mentions by name and chooses their entities (ours: longest match; prior, context, coherence; NIL)."""

    graph: KnowledgeGraph
    index: AliasIndex
    disambiguator: Disambiguator
    settings: LinkingSettings

    @classmethod
    def of(cls, graph: KnowledgeGraph, settings: LinkingSettings | None = None) -> "Linker":
        """A linker over all names of `graph`."""
        settings = settings or LinkingSettings()
        index = AliasIndex.of(graph, min_chars=settings.min_chars)
        return cls(graph, index, Disambiguator(graph, settings.weights), settings)

    def link(self, document: Document) -> Document:
        """`document` with links of ours in reading order; mentions judged NIL are left out."""
        kept = self._kept(document)
        mentions = [m for m in find_mentions(document.text, self.index) if not _overlaps(m, kept)]
        found = [link for link in self.disambiguator.choose(document.text, mentions) if link.entity != NIL]
        return replace(document, links=tuple(sorted((*kept, *found))))

    def link_all(self, documents: Iterable[Document]) -> Iterator[Document]:
        """`link` over a stream."""
        return map(self.link, documents)

    def choose(self, document: Document) -> Document:
        """`document` with its own spans, each linked anew or `NIL` (D2KB: the mentions are given)."""
        mentions = [
            Mention(link.start, link.end, candidates_of(document.surface(link), self.index, sentence_start=True))
            for link in document.links
        ]
        return replace(document, links=tuple(self.disambiguator.choose(document.text, mentions)))

    def _kept(self, document: Document) -> list[Link]:
        if self.settings.existing == "replace":
            return []
        return [link for link in document.links if self.graph.entities.ids.find(link.entity) is not None]


def _overlaps(mention: Mention, links: Sequence[Link]) -> bool:
    return any(mention.start < link.end and link.start < mention.end for link in links)
