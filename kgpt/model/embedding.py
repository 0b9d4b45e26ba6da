"""One embedding for words and graph: every kind from its own table, plus the kind itself.

Entity and relation rows begin as the mean of the word embeddings of their labels (CoLAKE, Sun et al., 2020), so an
untrained graph node already means roughly what its name says.
"""

import numpy as np
import torch
from torch import nn

from kgpt.kg.graph import Names
from kgpt.sequences import Vocabulary
from kgpt.wkgraph import NodeKind


class GraphEmbedding(nn.Module):
    """Embeds entity and relation nodes and adds the kind to all nodes.

    Args:
        num_entities: rows of the entity table; one more is the mask.
        num_relations: rows of the relation table; one more is the mask.
        hidden_size: width, as the backbone's.
    """

    def __init__(self, *, num_entities: int, num_relations: int, hidden_size: int) -> None:
        super().__init__()
        self.entities = nn.Embedding(num_entities + 1, hidden_size)
        self.relations = nn.Embedding(num_relations + 1, hidden_size)
        self.kinds = nn.Embedding(len(NodeKind), hidden_size)
        nn.init.zeros_(self.kinds.weight)

    def forward(self, ids: torch.Tensor, kinds: torch.Tensor, words: nn.Module) -> torch.Tensor:
        """Embeddings of all nodes, [B, S] -> [B, S, D]; `words` embeds word ids."""
        embedded = words(torch.where(kinds == NodeKind.WORD, ids, 0))
        for kind, table in ((NodeKind.ENTITY, self.entities), (NodeKind.RELATION, self.relations)):
            of_kind = kinds == kind
            rows = table(torch.where(of_kind, ids, 0))
            embedded = torch.where(of_kind[..., None], rows, embedded)
        return torch.as_tensor(embedded + self.kinds(kinds))

    @torch.no_grad()
    def start_from_names(self, entities: Names, relations: Names, words: nn.Embedding, vocabulary: Vocabulary) -> None:
        """Set every row to the mean word embedding of its label."""
        for table, names in ((self.entities, entities), (self.relations, relations)):
            for number in range(len(names)):
                ids = vocabulary.encode(names.label(number))
                if len(ids):
                    table.weight[number] = words.weight[torch.from_numpy(np.array(ids))].mean(dim=0)
