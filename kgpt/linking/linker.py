"""The linker: documents in, documents with links out.

Names are found by hash (`matching`), every name's candidates with their priors make a lattice of readings, features of
name, place, text and graph give each a probability with NIL among the choices, and the readings that stand together
best are chosen. Shortened repeats follow what they repeat.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from kgpt.config import Settings
from kgpt.io import read_json
from kgpt.kg.graph import KnowledgeGraph
from kgpt.linking.alias_index import PARTIAL, AliasIndex, find_name
from kgpt.linking.coreference import Reading, with_repeats
from kgpt.linking.disambiguation import Judged, Weights, fit, probabilities
from kgpt.linking.features import Words, add_text_features, local_features
from kgpt.linking.function_words import articles, calendar_words, forms_of_address, function_words, keys_of
from kgpt.linking.lattice import Lattice, build_lattice
from kgpt.linking.matching import Matches, longest, match
from kgpt.linking.profile import Profiles
from kgpt.linking.selection import best_matches, best_pairs
from kgpt.linking.tokenizing import HAS_LOWER, HAS_UPPER, IS_WORD, UPPER_START, Tokens, among, code_points, tokenize
from kgpt.linking.unscored import unscored
from kgpt.records import NIL, Document, Link

_SHIPPED = Path(__file__).with_name("weights.json")


class LinkingSettings(Settings):
    """How documents are linked.

    Args:
        existing: what to do with links that documents bring: `replace` them all, or `keep` them and link the rest.
        min_chars: shorter names are passed over.
        fold_case: whether names are found in any case; how likely that is, the weights say.
        language: of function words, months and articles; the graph's names in it are used where it has them.
        max_candidates: the likeliest entities of a name that are looked at.
        nil_threshold: a mention whose entity is not likelier is NIL.
        partial_names: whether first and last words of labels are names, too, if unlikely ones.
        repeats: whether shortened repeats of a name follow it.
        anchors: whether links that the corpus brings count for the priors.
        train: fit the weights on links that the corpus brings: `never`, where they mark `some` mentions, or `all`.
        weights: of the features; empty for those that ship with kgpt.
    """

    existing: Literal["replace", "keep"] = "replace"
    min_chars: int = Field(default=2, ge=1)
    fold_case: bool = True
    language: str = Field(default="en", pattern=r"^([A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8})*)?$")
    max_candidates: int = Field(default=30, ge=1)
    nil_threshold: float = Field(default=0.16, ge=0, lt=1)
    partial_names: bool = True
    repeats: bool = True
    anchors: bool = False
    train: Literal["never", "some", "all"] = "never"
    weights: Weights = Weights()


@dataclass(frozen=True)
class Linker:
    """Finds mentions by name and chooses their entities, or NIL (ours)."""

    graph: KnowledgeGraph
    index: AliasIndex
    profiles: Profiles
    settings: LinkingSettings

    @classmethod
    def of(
        cls, graph: KnowledgeGraph, settings: LinkingSettings | None = None, *, anchors: Sequence[Document] = ()
    ) -> "Linker":
        """A linker over all names of `graph`.

        Args:
            graph: what is linked to.
            settings: how.
            anchors: documents whose links count for the priors, and train the weights, where the settings say so.
        """
        settings = settings or LinkingSettings()
        language = settings.language if settings.language in graph.translations else ""
        index = AliasIndex.of(
            graph,
            min_chars=settings.min_chars,
            fold_case=settings.fold_case,
            language=language,
            anchors=anchors if settings.anchors else (),
            partial_names=settings.partial_names,
        )
        linker = cls(graph, index, Profiles.of(graph, index, language=language), settings)
        return linker if settings.train == "never" else linker.fitted(anchors, complete=settings.train == "all")

    def write(self, folder: Path) -> None:
        """Write what `of` built to `folder`, so that other processes open it by path."""
        self.index.write(folder / "names")
        self.profiles.write(folder / "profiles")

    @classmethod
    def open(cls, graph: KnowledgeGraph, folder: Path, settings: LinkingSettings) -> "Linker":
        """The linker that was written to `folder`, memory-mapped; `settings` bring its weights."""
        return cls(graph, AliasIndex.open(folder / "names"), Profiles.open(folder / "profiles"), settings)

    def link(self, document: Document) -> Document:
        """`document` with links of ours in reading order; mentions judged NIL are left out."""
        kept = self._kept(document)
        tokens = tokenize(document.text, fold_case=self.settings.fold_case)
        lattice = self._lattice(tokens, self._free(tokens, self._mentionable(tokens), kept))
        readings = self._chosen(lattice, self._probabilities(document.text, lattice))
        if self.settings.repeats:
            readings = with_repeats(tokens, readings, self._not_names)
        found = self._links(tokens, readings)
        found = [link for link in found if not any(link.start < one.end and one.start < link.end for one in kept)]
        return replace(document, links=tuple(sorted((*kept, *found))))

    def link_all(self, documents: Iterable[Document]) -> Iterator[Document]:
        """`link` over a stream."""
        return map(self.link, documents)

    def choose(self, document: Document) -> Document:
        """`document` with its own spans, each linked anew or `NIL` (D2KB: the mentions are given)."""
        tokens = tokenize(document.text, fold_case=self.settings.fold_case)
        matches, linkable = self._given(document.text, tokens, document.links)
        lattice = self._lattice(tokens, matches)
        found = self._probabilities(document.text, lattice)
        chosen = {
            linkable[number]: reading
            for number in range(len(matches))
            if (reading := _best(lattice, found, number)).probability > self.settings.nil_threshold
        }
        if self.settings.repeats:
            chosen |= self._repeated(tokens, document.links, list(chosen.values()), chosen)
        links = (
            self._link_over(link, chosen[number]) if number in chosen else Link(link.start, link.end, NIL, 0.0)
            for number, link in enumerate(document.links)
        )
        return replace(document, links=tuple(links))

    def prior(self, document: Document, *, given: bool = False) -> Document:
        """`document` with the most frequent sense of its longest capitalised names: the baseline of evaluations.

        Args:
            document: what is linked.
            given: whether the mentions are the document's own links.
        """
        tokens = tokenize(document.text, fold_case=self.settings.fold_case)
        if given:
            matches = self._given(document.text, tokens, document.links)[0]
        else:
            found = self._mentionable(tokens)
            found = found.take(tokens.flags[found.first] & UPPER_START != 0)
            matches = longest(found.take(self._whole_names[found.names]))
        lattice = self._lattice(tokens, matches)
        priors = np.where(lattice.kinds == PARTIAL, 0.0, lattice.priors)
        readings = _best_of(lattice, priors, np.arange(len(matches)))
        readings = [reading for reading in readings if reading.probability > 0]
        return replace(document, links=tuple(self._links(tokens, readings)))

    def considered(
        self, document: Document, *, given: bool = False, max_candidates: int = 5
    ) -> dict[tuple[int, int], tuple[Link, ...]]:
        """By span, the entities that every name in a text may mean, the likeliest first: what is chosen from.

        Args:
            document: the text.
            given: whether the mentions are the document's own links.
            max_candidates: of one name.
        """
        tokens = tokenize(document.text, fold_case=self.settings.fold_case)
        matches = self._given(document.text, tokens, document.links)[0] if given else self._mentionable(tokens)
        lattice = self._lattice(tokens, matches)
        found, told = self._probabilities(document.text, lattice), {}
        for first, last, begin, end in zip(
            matches.first, matches.last, lattice.indptr[:-1], lattice.indptr[1:], strict=True
        ):
            order = begin + np.argsort(-found[begin:end], kind="stable")[:max_candidates]
            readings = [Reading(first, last, int(lattice.entities[row]), float(found[row])) for row in order]
            links = tuple(self._links(tokens, readings))
            told[links[0].start, links[0].end] = links
        return told

    def fitted(self, documents: Iterable[Document], *, complete: bool) -> "Linker":
        """The linker with weights fitted to the links that `documents` bring.

        Args:
            documents: linked by hand or by their source; spans of which their gold says nothing are passed over.
            complete: whether they mark every mention; else only names that a link overlaps are judged.
        """
        documents = list(documents)
        judged = [one for document in documents if (one := self._judged(document, complete)) is not None]
        if not any(one.right.any() for one in judged):
            return self
        local = fit(judged, whole=False)
        linker = replace(self, settings=self.settings.model_copy(update={"weights": Weights(local=local, whole=local)}))
        relinked = [one for document in documents if (one := linker._judged(document, complete)) is not None]
        weights = Weights(local=local, whole=fit(relinked, whole=True))
        return replace(self, settings=self.settings.model_copy(update={"weights": weights}))

    @cached_property
    def _weights(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        told = self.settings.weights
        weights = told if told.local else Weights.model_validate(read_json(_SHIPPED))
        return weights.vector(whole=False), weights.vector(whole=True)

    @cached_property
    def _words(self) -> Words:
        language = self.settings.language
        return Words(keys_of(calendar_words(language)), keys_of(articles(language)))

    @cached_property
    def _function_words(self) -> NDArray[np.uint64]:
        return keys_of(function_words(self.settings.language))

    @cached_property
    def _whole_names(self) -> NDArray[np.bool_]:
        """By name, whether it is more than a part of labels."""
        kinds = self.index.kinds & ~np.uint8(PARTIAL) != 0
        return np.logical_or.reduceat(kinds, self.index.indptr[:-1]) if len(self.index) else kinds

    @cached_property
    def _not_names(self) -> NDArray[np.uint64]:
        return np.union1d(self._function_words, keys_of(forms_of_address(self.settings.language)))

    def _mentionable(self, tokens: Tokens) -> Matches:
        """The names in a text, but for function words and lone marks of punctuation."""
        found = match(tokens, self.index)
        acronym = (tokens.flags & (HAS_UPPER | HAS_LOWER) == HAS_UPPER) & (tokens.stops - tokens.starts > 1)
        empty = (among(tokens.keys, self._function_words) & ~acronym) | (tokens.flags & IS_WORD == 0)
        counts = np.concatenate([[0], np.cumsum(empty)])
        return found.take(counts[found.last] - counts[found.first] < found.last - found.first)

    def _free(self, tokens: Tokens, matches: Matches, kept: Sequence[Link]) -> Matches:
        if not kept:
            return matches
        starts, stops = tokens.starts[matches.first], tokens.stops[matches.last - 1]
        taken = np.zeros(len(matches), bool)
        for link in kept:
            taken |= (starts < link.end) & (link.start < stops)
        return matches.take(~taken)

    def _given(self, text: str, tokens: Tokens, links: Sequence[Link]) -> tuple[Matches, list[int]]:
        """The given spans whose names the index has, and which links they are."""
        first = np.searchsorted(tokens.starts, [link.start for link in links], side="left")
        last = np.searchsorted(tokens.starts, [link.end for link in links], side="left")
        surfaces = [tokenize(text[link.start : link.end], fold_case=self.settings.fold_case) for link in links]
        names = [
            find_name(self.index.slots, surface.keys) if a < b else -1
            for surface, a, b in zip(surfaces, first, last, strict=True)
        ]
        known = [number for number, name in enumerate(names) if name >= 0]
        matches = Matches(
            first[known].astype(np.int64), last[known].astype(np.int64), np.array([names[i] for i in known], np.int64)
        )
        return matches, known

    def _repeated(
        self, tokens: Tokens, links: Sequence[Link], readings: Sequence[Reading], chosen: dict[int, Reading]
    ) -> dict[int, Reading]:
        """Readings of given spans without a candidate that shorten the name of one before."""
        told = with_repeats(tokens, readings, self._not_names)
        more = {
            (int(tokens.starts[one.first]), int(tokens.stops[one.last - 1])): one for one in told if one not in readings
        }
        return {
            number: more[link.start, link.end]
            for number, link in enumerate(links)
            if number not in chosen and (link.start, link.end) in more
        }

    def _lattice(self, tokens: Tokens, matches: Matches) -> Lattice:
        return build_lattice(tokens, matches, self.index, max_candidates=self.settings.max_candidates)

    def _features(self, text: str, lattice: Lattice) -> NDArray[np.float64]:
        features = local_features(code_points(text), lattice, self.profiles, self.graph.degrees, self._words)
        beliefs = probabilities(features, lattice.indptr, self._weights[0])
        add_text_features(features, lattice, beliefs, self.graph, self.profiles)
        return features

    def _probabilities(self, text: str, lattice: Lattice) -> NDArray[np.float64]:
        if not len(lattice):
            return np.zeros(0)
        return probabilities(self._features(text, lattice), lattice.indptr, self._weights[1])

    def _chosen(self, lattice: Lattice, found: NDArray[np.float64]) -> list[Reading]:
        if not len(lattice):
            return []
        likeliest = np.maximum.reduceat(found, lattice.indptr[:-1])
        matches = lattice.matches
        kept = best_matches(matches.first, matches.last, likeliest, threshold=self.settings.nil_threshold)
        return _best_of(lattice, found, kept)

    def _judged(self, document: Document, complete: bool) -> Judged | None:
        tokens = tokenize(document.text, fold_case=self.settings.fold_case)
        matches = self._mentionable(tokens)
        starts, stops = tokens.starts[matches.first], tokens.stops[matches.last - 1]
        near = np.full(len(matches), complete)
        for begin, end in unscored(document):
            near &= (stops <= begin) | (end <= starts)
        for link in document.links:
            near |= (starts < link.end) & (link.start < stops)
        lattice = self._lattice(tokens, matches)
        if not near.any():
            return None
        gold = {(link.start, link.end): self.graph.entities.ids.find(link.entity) for link in document.links}
        meant = [gold.get(span, -1) for span in zip(starts.tolist(), stops.tolist(), strict=True)]
        wanted = np.array([-1 if number is None else number for number in meant])
        features, pairs = self._features(document.text, lattice), near[lattice.owners]
        right = lattice.entities == wanted[lattice.owners]
        counts = np.diff(lattice.indptr)[near]
        return Judged(features[pairs], np.concatenate([[0], np.cumsum(counts)]), right[pairs])

    def _links(self, tokens: Tokens, readings: Sequence[Reading]) -> list[Link]:
        starts = tokens.starts[[reading.first for reading in readings]].tolist()
        stops = tokens.stops[[reading.last - 1 for reading in readings]].tolist()
        ids = {entity: self.graph.entities.ids[entity] for entity in {reading.entity for reading in readings}}
        return [
            Link(start, stop, ids[reading.entity], min(1.0, reading.probability))
            for start, stop, reading in zip(starts, stops, readings, strict=True)
        ]

    def _link_over(self, link: Link, reading: Reading) -> Link:
        return Link(link.start, link.end, self.graph.entities.ids[reading.entity], min(1.0, reading.probability))

    def _kept(self, document: Document) -> list[Link]:
        if self.settings.existing == "replace":
            return []
        return [link for link in document.links if self.graph.entities.ids.find(link.entity) is not None]


def _best(lattice: Lattice, found: NDArray[np.float64], number: int) -> Reading:
    """The likeliest reading of a match."""
    return _best_of(lattice, found, np.array([number]))[0]


def _best_of(lattice: Lattice, found: NDArray[np.float64], numbers: NDArray[np.int64]) -> list[Reading]:
    """The likeliest reading of each of some matches."""
    pairs, matches = best_pairs(found, lattice.indptr, numbers), lattice.matches
    columns = (matches.first[numbers], matches.last[numbers], lattice.entities[pairs], found[pairs])
    return [Reading(*row) for row in zip(*(column.tolist() for column in columns), strict=True)]
