"""Which word may follow in a structure: "( span ; relation ; span )" or "( span ; instance of ; type )", and the end.

A nondeterministic automaton over word ids. Spans are stretches of the source, relations and types are the graph's; a
budget of words is never overrun in the middle of a fact, so that all that can be written is well-formed. Ours
(DeepStruct decodes freely and counts a bad parse as nothing).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

import numpy as np

from kgpt.kg.graph import KnowledgeGraph
from kgpt.sequences.structure_format import StructureFormat, Words
from kgpt.verbalization.english import INSTANCE_LABELS, relations_called
from kgpt.verbalization.structure import INSTANCE_OF, unmarked

_FAR = 10**6


class State(NamedTuple):
    """Where a reading stands.

    Args:
        place: `fact` (between facts), `open`, `head`, `sep1`, `relation`, `sep2`, `tail`, `type`, `close` or `done`.
        at: words of the mark that are read, the source's word just read, or the number of the trie's node.
        typed: whether the tail is a type.
    """

    place: str
    at: int = 0
    typed: bool = False


States: TypeAlias = frozenset[State]
START: States = frozenset({State("fact")})


@dataclass(frozen=True, slots=True)
class Trie:
    """Names by their words; nodes are numbers, the root is 0.

    Args:
        children: the node that each word leads to, a mapping a node.
        ends: which names' kinds end at a node: of a relation whether its tails are types.
        left: the fewest words from a node to a name's end and what must follow it.
    """

    children: list[dict[int, int]] = field(default_factory=lambda: [{}])
    ends: list[set[bool]] = field(default_factory=lambda: [set()])
    left: list[int] = field(default_factory=list)

    def add(self, words: Iterable[int], *, typed: bool) -> None:
        """Take in a name."""
        node = 0
        for word in words:
            if word not in self.children[node]:
                self.children[node][word] = len(self.children)
                self.children.append({})
                self.ends.append(set())
            node = self.children[node][word]
        self.ends[node].add(typed)

    def close(self, after: Mapping[bool, int]) -> None:
        """Work out `left`; `after` says how many words must follow a name of each kind."""
        self.left[:] = [_FAR] * len(self.children)
        for node in reversed(range(len(self.children))):  # children have higher numbers than their parents
            options = [1 + self.left[child] for child in self.children[node].values()]
            options += [after[kind] for kind in self.ends[node]]
            self.left[node] = min(options, default=_FAR)


class GraphNamesInWords:
    """The names that a graph's structures may hold, made once and shared by all sources.

    Args:
        graph: whose relations and types.
        form: how they are written.
    """

    def __init__(self, graph: KnowledgeGraph, form: StructureFormat) -> None:
        self.form, self.types, self.relations = form, Trie(), Trie()
        typing = set(relations_called(graph, {"P31"}, INSTANCE_LABELS))
        rows = graph.triples[np.isin(graph.triples[:, 1], list(typing))]
        for kind in np.unique(rows[:, 2]).tolist():
            self._add(self.types, graph.entities.label(kind), typed=False)
        has_types = bool(self.types.children[0])
        for relation in range(graph.num_relations):
            self._add(self.relations, graph.relations.label(relation), typed=False)
        if has_types:
            self._add(self.relations, INSTANCE_OF, typed=True)
        closing, between = len(form.closing), len(form.between)
        self.types.close({False: closing})
        self.relations.close({False: between + 1 + closing, True: between + self.types.left[0]})

    def _add(self, trie: Trie, label: str, *, typed: bool) -> None:
        if plain := unmarked(label):
            words = self.form.encoded(f" {plain}")
            if self.form.is_plain(words):
                trie.add(words.tolist(), typed=typed)


class StructureGrammar:
    """What may follow in the structure of one source.

    Args:
        source: the sentence's words.
        names: of the graph.
    """

    def __init__(self, source: Words, names: GraphNamesInWords) -> None:
        self._names, form = names, names.form
        self._source: Sequence[int] = source.tolist()
        self._blanks = _run_lengths(form.is_blank[source].tolist())
        self._plain = [bool(one) for one in ~form.has_mark[source]]
        for at in reversed(range(len(source))):  # a span ends with no blank
            if self._blanks[at]:
                self._plain[at] &= at + 1 < len(source) and self._plain[at + 1]
        self._end = form.vocabulary.end
        self._marks = {"open": form.opening.tolist(), "close": form.closing.tolist()}
        self._marks["sep1"] = self._marks["sep2"] = form.between.tolist()
        self._known: dict[State, dict[int, set[State]]] = {}
        self._can_open = any(self._plain) and bool(names.relations.children[0])

    def advance(self, states: States, word: int) -> States:
        """The readings after one more word; none where it may not follow."""
        return frozenset(after for state in states for after in self._steps(state).get(word, ()))

    def allowed(self, states: States, *, budget: int) -> list[int]:
        """The words that may follow and leave room to close what is open.

        Args:
            states: all readings of what is written.
            budget: how many words may still be written.
        """
        words = {word for state in states for word in self._steps(state)}
        return sorted(word for word in words if word == self._end or self._fits(states, word, budget - 1))

    def _fits(self, states: States, word: int, budget: int) -> bool:
        return any(self.words_left(after) <= budget for after in self.advance(states, word))

    def words_left(self, state: State) -> int:
        """The fewest words that close the open fact."""
        names, form = self._names, self._names.form
        from_relation = len(form.between) + names.relations.left[0]
        left = {"open": len(form.opening) + 1 + from_relation, "sep1": from_relation, "close": len(form.closing)}
        left["sep2"] = len(form.between) + (names.types.left[0] if state.typed else 1 + len(form.closing))
        if state.place in left:
            return left[state.place] - state.at
        if state.place in {"relation", "type"}:
            return (names.relations if state.place == "relation" else names.types).left[state.at]
        if state.place in {"head", "tail"}:
            return self._blanks[state.at] + (from_relation if state.place == "head" else len(form.closing))
        return 0

    def _steps(self, state: State) -> dict[int, set[State]]:
        if state not in self._known:
            steps: dict[int, set[State]] = {}
            for word, after in self._edges(state):
                steps.setdefault(word, set()).add(after)
            self._known[state] = steps
        return self._known[state]

    def _edges(self, state: State) -> Iterable[tuple[int, State]]:
        match state.place:
            case "fact":
                yield self._end, State("done")
                if self._can_open:
                    yield from self._mark(State("open"))
            case "open" | "sep1" | "sep2" | "close":
                yield from self._mark(state)
            case "head" | "tail":
                yield from self._span(state)
            case "relation" | "type":
                yield from self._name(state)

    def _mark(self, state: State) -> Iterable[tuple[int, State]]:
        """The next word of a mark, or what follows a mark that is whole."""
        mark = self._marks[state.place]
        if state.at < len(mark):
            yield mark[state.at], self._settled(state._replace(at=state.at + 1))
            return
        if state.place == "open" or (state.place == "sep2" and not state.typed):
            place = "head" if state.place == "open" else "tail"
            for at, word in enumerate(self._source):
                if self._plain[at]:
                    yield word, State(place, at)
            return
        trie, place = (self._names.relations, "relation") if state.place == "sep1" else (self._names.types, "type")
        for word, node in trie.children[0].items():
            yield word, State(place, node)

    def _settled(self, state: State) -> State:
        """A closed fact is the place between facts."""
        is_closed = state.place == "close" and state.at == len(self._marks["close"])
        return State("fact") if is_closed else state

    def _span(self, state: State) -> Iterable[tuple[int, State]]:
        """The span goes on, or a mark ends it."""
        at = state.at + 1
        if at < len(self._source) and self._plain[at]:
            yield self._source[at], state._replace(at=at)
        if not self._blanks[state.at]:
            yield from self._mark(State("sep1" if state.place == "head" else "close"))

    def _name(self, state: State) -> Iterable[tuple[int, State]]:
        """The name goes on, or a mark ends it."""
        trie = self._names.relations if state.place == "relation" else self._names.types
        for word, node in trie.children[state.at].items():
            yield word, state._replace(at=node)
        for typed in trie.ends[state.at]:
            yield from self._mark(State("sep2", 0, typed) if state.place == "relation" else State("close"))


def _run_lengths(blanks: Sequence[bool]) -> list[int]:
    """How many words from each place to the next that is no blank, 0 where it is none itself.

    >>> _run_lengths([True, True, False, True])
    [2, 1, 0, 1]
    """
    out, length = [], 0
    for is_blank in reversed(blanks):
        length = length + 1 if is_blank else 0
        out.append(length)
    return out[::-1]
