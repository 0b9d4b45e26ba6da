"""The triples of a graph that a SPARQL query picks, by pyoxigraph over the statements of `kgpt.kg.rdf` in memory.

A query is CONSTRUCT, whose triples are taken, or SELECT with the variables `?head ?relation ?tail`. The prefixes of
`kgpt.kg.iri` are known. Quantities are plain numbers there, so that they can be compared, whatever their units.
A query that would go elsewhere (SERVICE, FROM) is refused before it runs. Memory: about 0.5 kB a statement.
"""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any

import numpy as np
import pyoxigraph
from numpy.typing import NDArray

from kgpt.errors import ConfigError
from kgpt.kg.graph import KnowledgeGraph
from kgpt.kg.iri import PREFIXES
from kgpt.kg.rdf import statement_chunks
from kgpt.kg.truth import rows_of
from kgpt.sources.wikidata_rdf import short_id

_VARIABLES = ("head", "relation", "tail")
_CHUNK_RESULTS = 1 << 16
_LITERAL_TOKENS = re.compile(
    r"""
    \"{3}(?:[^"\\]|\\.|"(?!""))*\"{3} | '{3}(?:[^'\\]|\\.|'(?!''))*'{3}    # long strings
    | "(?:[^"\\\n\r]|\\.)*" | '(?:[^'\\\n\r]|\\.)*'                        # strings
    | <[^<>"{}|^`\\\x00-\x20]*>                                            # IRIs
    | \#[^\n\r]*                                                           # comments
    | [?$]\w+ | @[A-Za-z]+(?:-[A-Za-z0-9]+)* | :(?:[\w:.%-]|\\.)+          # variables, languages, local names
    """,
    re.VERBOSE | re.DOTALL,
)
_CODE_POINT = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_REFUSED = {
    "SERVICE": "asks another endpoint",
    "LOAD": "fetches a document",
    "FROM": "names another data set; the store has one graph",
}


def rows_selected(graph: KnowledgeGraph, query: str) -> tuple[NDArray[np.int64], dict[str, int]]:
    """The rows of `graph.triples` that a query picks, sorted, and what else it gave, by reason.

    Args:
        graph: what is asked.
        query: SPARQL; see the module.

    Raises:
        ConfigError: a query that is malformed, of another form, or would leave the store.
    """
    check_query(query)
    store = pyoxigraph.Store()
    _ask(store, query)  # while it is empty: what is malformed is told at once
    for chunk in statement_chunks(graph, Counter(), with_units=False):
        store.load(input=chunk, format=pyoxigraph.RdfFormat.N_TRIPLES, lenient=True)
    found = _triples(_ask(store, query))
    rows, dropped = [np.zeros(0, np.int64)], Counter[str]()
    while part := list(islice(found, _CHUNK_RESULTS)):
        rows.append(_known_rows(graph, part, dropped))
    return np.unique(np.concatenate(rows)), {reason: count for reason, count in dropped.items() if count}


def check_query(query: str) -> None:
    """Refuse a query that would leave the store.

    Raises:
        ConfigError: it holds SERVICE, LOAD or FROM.
    """
    plain = _CODE_POINT.sub(lambda found: chr(int(found[1] or found[2], 16) % 0x110000), query)
    for text in (query, plain):
        bare = _LITERAL_TOKENS.sub(" ", text)
        for word, why in _REFUSED.items():
            # SERVICE may stand without a blank before it; a prefix or function that bears its name is refused, too
            if place := re.search(word if word == "SERVICE" else rf"\b{word}\b", bare, re.IGNORECASE):
                raise ConfigError(
                    f"SPARQL: {place[0]} {why}; a selection is made from the store alone, without the network"
                )


def _ask(store: Any, query: str) -> Any:
    try:
        found = store.query(query, prefixes=PREFIXES)
    except SyntaxError as error:
        raise ConfigError(f"SPARQL: {_place(str(error), query)}") from error
    if isinstance(found, pyoxigraph.QueryTriples):
        return found
    names = [variable.value for variable in found.variables] if isinstance(found, pyoxigraph.QuerySolutions) else []
    if not set(_VARIABLES) <= set(names):
        told = f"found SELECT of {', '.join(f'?{name}' for name in names)}" if names else "found ASK"
        raise ConfigError(f"SPARQL: expected CONSTRUCT, or SELECT with the variables ?head ?relation ?tail; {told}")
    return found


def _place(message: str, query: str) -> str:
    """The error with the text around its place."""
    found = re.match(r"error at (\d+):(\d+): ", message)
    if found is None:
        return message
    number, column = int(found[1]), int(found[2])
    line = [*query.splitlines(), ""][number - 1]
    around = line[max(0, column - 21) : column - 1] + "⟨here⟩" + line[column - 1 : column + 20]
    expected = message[found.end() :].replace("\n", " ")
    told = f"no such prefix (known: {', '.join(PREFIXES)})" if "Prefix not found" in expected else expected[:200]
    return f"malformed at line {number}, column {column}, {around!r}: {told}"


def _triples(found: Any) -> Iterator[tuple[Any, Any, Any]]:
    if isinstance(found, pyoxigraph.QueryTriples):
        return ((triple.subject, triple.predicate, triple.object) for triple in found)
    return ((row["head"], row["relation"], row["tail"]) for row in found)


def _known_rows(graph: KnowledgeGraph, found: list[tuple[Any, Any, Any]], dropped: Counter[str]) -> NDArray[np.int64]:
    named = [row for row in found if all(isinstance(term, pyoxigraph.NamedNode) for term in row)]
    dropped["no_triple_of_entities"] += len(found) - len(named)
    heads, relations, tails = ([short_id(row[place].value) for row in named] for place in range(3))
    columns = [graph.entities.ids.find_all(heads), graph.relations.ids.find_all(relations)]
    numbers = np.stack([*columns, graph.entities.ids.find_all(tails)], axis=1)
    known = numbers[(numbers >= 0).all(axis=1)].astype(np.int32)
    rows = rows_of(graph, known)
    dropped["not_in_graph"] += len(named) - int((rows >= 0).sum())
    return rows[rows >= 0]
