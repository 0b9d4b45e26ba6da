"""A graph as PyTorch Geometric data: edges by number with their relation as edge type."""

from typing import Any

import numpy as np
import torch
from torch_geometric.data import Data

from kgpt.kg.graph import KnowledgeGraph


def to_pyg(graph: KnowledgeGraph) -> Any:
    """`Data` with `edge_index` [2, T], `edge_type` [T] and `num_nodes`."""
    triples = torch.from_numpy(np.array(graph.triples, dtype=np.int64))
    return Data(edge_index=triples[:, [0, 2]].t().contiguous(), edge_type=triples[:, 1], num_nodes=graph.num_entities)
