"""ERICA (Qin et al., 2021): a document's entities and pairs of entities told apart by contrast, beside masked words.

Differs from the paper:
- a pair is two entities' mean states, normalised; pairs of a step are compared within it, not over several machines;
- the triples of a document are those that alignment found in it, not all that join its entities;
- the shuffled control deals the relations of the stated pairs out anew, since a shuffled graph states none of them;
- words of mentions are never masked, since their states are what is compared.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kgpt.model import Architecture, MentionPairSettings, PartSettings
from kgpt.objectives import ENTITY_DISCRIMINATION, MASKED_LM, RELATION_DISCRIMINATION, Objective
from kgpt.recipes.base import Length, Positive, TrainingData, recipes
from kgpt.sequences import WeightedStream
from kgpt.sequences.document_pair_stream import DocumentPairStream


@recipes.register("erica")
@dataclass(frozen=True, kw_only=True, slots=True)
class Erica:
    """Pre-training on documents with the triples that they state.

    Args:
        temperature: cosines are divided by it.
        max_tokens: of question and document.
    """

    temperature: Positive = 0.05
    max_tokens: Length = 256

    @property
    def architectures(self) -> Sequence[Architecture]:
        """Encoders."""
        return ("encoder",)

    def parts(self, architecture: Architecture) -> Mapping[str, PartSettings]:
        """The comparisons, which have no weights."""
        del architecture
        return {"mention_pairs": MentionPairSettings(temperature=self.temperature)}

    def streams(self, data: TrainingData, architecture: Architecture) -> Mapping[str, WeightedStream]:
        """Documents led by a relation and its head."""
        del architecture
        documents = DocumentPairStream(
            passages=data.passages,
            graph=data.graph,
            vocabulary=data.vocabulary,
            max_tokens=self.max_tokens,
            shuffles_relations=data.is_shuffled,
        )
        return {"documents": WeightedStream(documents, 1.0)}

    def objectives(self, architecture: Architecture) -> Sequence[Objective]:
        """Masked words, entity and relation discrimination, weight 1 each."""
        del architecture
        return (MASKED_LM, ENTITY_DISCRIMINATION, RELATION_DISCRIMINATION)
