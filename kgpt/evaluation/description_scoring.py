"""Entities scored by vectors of their descriptions: any graph's, seen in training or not (KEPLER, Wang et al., 2021).

Shapes: B triples at once, E entities, D width.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from kgpt.errors import CheckpointError
from kgpt.evaluation.link_ranking import Side
from kgpt.kg.graph import KnowledgeGraph
from kgpt.model import LoadedModel
from kgpt.model.stack import stack_of
from kgpt.model.triple_scorer import TripleScorer
from kgpt.progress import track
from kgpt.sequences import collate
from kgpt.sequences.description_stream import DescriptionStream
from kgpt.sequences.sequence import plain_sequence

_AT_ONCE = 16  # queries beside all entities, whose scores are [B, E, D] on the way


@dataclass(frozen=True, eq=False, slots=True)
class DescriptionScorer:
    """Scores of all entities of a graph as an end, by the model's triple scorer.

    Args:
        scorer: trained with the model.
        vectors: of all entities, [E, D].
        relations: the model's number of each of the graph's relations, [R].
    """

    scorer: TripleScorer
    vectors: torch.Tensor
    relations: torch.Tensor

    @classmethod
    def of(cls, loaded: LoadedModel, graph: KnowledgeGraph, *, max_tokens: int = 64) -> "DescriptionScorer":
        """The scorer for the entities of `graph`, each read once.

        Args:
            loaded: a model that the recipe `kepler` trained.
            graph: whose entities; its relations must be known to the model.
            max_tokens: of a description, as in training.

        Raises:
            CheckpointError: the model scores no triples, or does not know a relation.
        """
        scorer = next((one for one in loaded.model.acting_parts() if isinstance(one, TripleScorer)), None)
        if scorer is None:
            raise CheckpointError("this model scores no triples: train it by the recipe kepler")
        known = {identifier: number for number, identifier in enumerate(loaded.model.relation_ids)}
        if missing := [one for one in graph.relations.ids if one not in known]:
            raise CheckpointError(f"the model was trained without the relation {missing[0]} (of {len(missing)})")
        stream = DescriptionStream(graph=graph, vocabulary=loaded.vocabulary, max_tokens=max_tokens)
        texts = [stream.text(entity) for entity in range(graph.num_entities)]
        relations = torch.tensor([known[one] for one in graph.relations.ids])
        return cls(scorer, first_states(loaded, texts), relations.to(loaded.model.device))

    @torch.inference_mode()
    def __call__(self, triples: NDArray[np.int32], side: Side) -> NDArray[np.float32]:
        """The scores of all entities as that end of the triples, [B, E]."""
        rows = torch.from_numpy(np.asarray(triples, np.int64)).to(self.vectors.device)
        scores = [self._scores(rows[start : start + _AT_ONCE], side) for start in range(0, len(rows), _AT_ONCE)]
        return np.asarray(torch.cat(scores).float().cpu().numpy(), np.float32)

    def _scores(self, rows: torch.Tensor, side: Side) -> torch.Tensor:
        relation, everyone = self.relations[rows[:, 1]][:, None], self.vectors[None]
        if side == "tail":
            return torch.as_tensor(self.scorer(self.vectors[rows[:, 0]][:, None], relation, everyone))
        return torch.as_tensor(self.scorer(everyone, relation, self.vectors[rows[:, 2]][:, None]))


@torch.inference_mode()
def first_states(loaded: LoadedModel, texts: Sequence[NDArray[np.int64]], *, batch_size: int = 128) -> torch.Tensor:
    """The last state of every text's first word, [N, D]; like lengths are read together."""
    model, states = loaded.model.eval(), list[torch.Tensor]()
    order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
    hook = stack_of(model.backbone).register_forward_hook(
        lambda _, __, out: states.append(out.last_hidden_state[:, 0].float())
    )
    try:
        for start in track(range(0, len(order), batch_size), what="descriptions"):
            rows = [plain_sequence(texts[place]) for place in order[start : start + batch_size]]
            model(collate(rows, pad_id=loaded.vocabulary.pad).to(model.device))
    finally:
        hook.remove()
    found = torch.cat(states)
    return found[torch.from_numpy(np.argsort(order)).to(found.device)]
