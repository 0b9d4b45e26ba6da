"""A graph as PyTorch Geometric data: edges by number with their relation as edge type, or by types of entities."""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch_geometric.data import Data, HeteroData

from kgpt.kg.graph import KnowledgeGraph

OTHER_TYPE = "other"


def to_pyg(graph: KnowledgeGraph) -> Any:
    """`Data` with `edge_index` [2, T], `edge_type` [T] and `num_nodes`."""
    triples = torch.from_numpy(np.array(graph.triples, dtype=np.int64))
    return Data(edge_index=triples[:, [0, 2]].t().contiguous(), edge_type=triples[:, 1], num_nodes=graph.num_entities)


def to_hetero(graph: KnowledgeGraph, *, type_relation: str = "P31", max_types: int = 50) -> Any:
    """`HeteroData` with a kind of nodes for each type of entities, a kind of edges for each (type, relation, type).

    A node's `entity` is its number in the graph; kinds bear the ids of types and relations.

    Args:
        graph: what is told.
        type_relation: id of the relation whose tails are types; an entity of several has the commonest. A graph
            without it has one type, `other`.
        max_types: so many of the commonest types have kinds of their own, all other entities are `other`.
    """
    types, names = _entity_types(graph, type_relation, max_types)
    order = np.argsort(types, kind="stable")
    starts = np.searchsorted(types[order], np.arange(len(names) + 1))
    places = np.empty(graph.num_entities, np.int64)
    places[order] = np.arange(graph.num_entities) - starts[types[order]]
    out = HeteroData()
    for number, name in enumerate(names):
        if members := int(starts[number + 1] - starts[number]):
            out[name].entity = torch.from_numpy(order[starts[number] : starts[number + 1]].copy())
            out[name].num_nodes = members
    heads, relations, tails = (np.asarray(graph.triples[:, place]) for place in range(3))
    keys = (types[heads] * graph.num_relations + relations) * len(names) + types[tails]
    rows = np.argsort(keys, kind="stable")
    kinds, firsts = np.unique(keys[rows], return_index=True)
    for kind, part in zip(kinds.tolist(), np.split(rows, firsts[1:]), strict=True):
        first, last = names[kind // len(names) // graph.num_relations], names[kind % len(names)]
        relation = graph.relations.ids[kind // len(names) % graph.num_relations]
        out[first, relation, last].edge_index = torch.from_numpy(np.stack([places[heads[part]], places[tails[part]]]))
    return out


def _entity_types(graph: KnowledgeGraph, relation: str, max_types: int) -> tuple[NDArray[np.int64], list[str]]:
    """The type of every entity as a place in the names of the types, [E]; `other` is the last."""
    number = graph.relations.ids.find(relation)
    rows = graph.triples[graph.triples[:, 1] == (-1 if number is None else number)]
    tails, counts = np.unique(rows[:, 2], return_counts=True)
    chosen = tails[np.argsort(-counts, kind="stable")][:max_types]
    place_of = np.full(graph.num_entities, len(chosen), np.int64)
    place_of[chosen] = np.arange(len(chosen))
    types = np.full(graph.num_entities, len(chosen), np.int64)
    np.minimum.at(types, rows[:, 0], place_of[rows[:, 2]])
    return types, [*(graph.entities.ids[int(tail)] for tail in chosen), OTHER_TYPE]
