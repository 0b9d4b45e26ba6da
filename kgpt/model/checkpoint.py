"""A trained model as a folder: a plain Hugging Face checkpoint, the graph's parts beside it.

config.json, model.safetensors, tokenizer...    opened by AutoModel and AutoTokenizer without kgpt
kgpt.json                                       what kgpt knows of it: architecture, prompts, origin
graph/config.json                               the parts' settings; `AutoModel.from_pretrained("FOLDER/graph")` opens
                                                backbone and parts together, once `kgpt.model` is imported
graph/graph_parts.safetensors                   the parts' weights
graph/entities.txt, graph/relations.txt         the ids of the graph's entities and relations
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load_model, save_model
from transformers.utils.logging import disable_progress_bar

from kgpt.errors import CheckpointError, ConfigError, DataError
from kgpt.io import read_json, write_json
from kgpt.kg.graph import KnowledgeGraph
from kgpt.model.backbone import KGPT_MODEL_TYPE, build_backbone, checkpoint_architecture, load_backbone
from kgpt.model.base import PartSettings, model_parts
from kgpt.model.language_model import KgptModel
from kgpt.model.settings import Architecture, BackboneSettings
from kgpt.sequences import Vocabulary, load_vocabulary

KGPT_FILE = "kgpt.json"
GRAPH_FOLDER = "graph"
_WEIGHTS = "graph_parts.safetensors"
_TOKENIZER_FILES = ("tokenizer*", "vocab*", "*.model", "tekken*")


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """A checkpoint ready for use.

    Args:
        model: the model.
        vocabulary: its words.
        architecture: how it is used.
        about: what `kgpt.json` says; empty for others' checkpoints.
    """

    model: KgptModel
    vocabulary: Vocabulary
    architecture: Architecture
    about: dict[str, Any]

    @property
    def entity_ids(self) -> tuple[str, ...]:
        """The ids of the entities that can be nodes; none for a model of words alone."""
        return self.model.entity_ids if self.model.nodes is not None else ()


def build_model(
    settings: BackboneSettings,
    vocabulary: Vocabulary,
    graph: KnowledgeGraph | None = None,
    parts: Mapping[str, PartSettings] | None = None,
) -> KgptModel:
    """A model to train: the backbone with `parts` that fit `graph`, begun from its names.

    Raises:
        ConfigError: an unknown family, or one that does not fit the architecture.
        CheckpointError: the checkpoint to continue from cannot be loaded.
    """
    backbone = build_backbone(settings, vocabulary)
    if not parts:
        return KgptModel(backbone, settings.architecture)
    assert graph is not None, "parts are built for a graph"
    ids = {"entity_ids": list(graph.entities.ids), "relation_ids": list(graph.relations.ids)}
    model = KgptModel(backbone, settings.architecture, parts=parts, **ids)
    for part in model.acting_parts():
        part.start(backbone, graph, vocabulary)
    return model


def save_checkpoint(model: KgptModel, vocabulary: Vocabulary, folder: Path, *, about: dict[str, Any]) -> None:
    """Write the folder described above into an existing folder.

    Args:
        model: what was trained.
        vocabulary: its words.
        folder: where.
        about: what `kgpt.json` shall say.
    """
    disable_progress_bar()
    model.backbone.save_pretrained(str(folder))
    vocabulary.save(folder)
    write_json(folder / KGPT_FILE, about)
    if not model.parts:
        return
    parts = folder / GRAPH_FOLDER
    parts.mkdir()
    told = {"architecture": model.architecture, "parts": model.part_names()}
    write_json(parts / "config.json", {"model_type": KGPT_MODEL_TYPE, **told})
    save_model(model.parts, str(parts / _WEIGHTS))
    (parts / "entities.txt").write_text("".join(f"{one}\n" for one in model.entity_ids), "utf-8")
    (parts / "relations.txt").write_text("".join(f"{one}\n" for one in model.relation_ids), "utf-8")


def load_checkpoint(checkpoint: str) -> LoadedModel:
    """Any Hugging Face checkpoint (local folder or Hub name), with its graph parts where kgpt saved some.

    Raises:
        CheckpointError: not there, not a checkpoint, or its graph parts are corrupt.
    """
    architecture = checkpoint_architecture(checkpoint)
    folder = Path(checkpoint)
    model = load_model_of(checkpoint, architecture)
    if folder.is_dir() and not any(any(folder.glob(pattern)) for pattern in _TOKENIZER_FILES):
        raise CheckpointError(f"{folder}: no tokenizer there; save the model's tokenizer beside it")
    return LoadedModel(model, load_vocabulary(checkpoint), architecture, _about(folder / KGPT_FILE))


def load_model_of(checkpoint: str, architecture: Architecture) -> KgptModel:
    """The model of a checkpoint with its graph parts, where kgpt saved some.

    Raises:
        CheckpointError: not a checkpoint, or its graph parts are corrupt.
    """
    backbone = load_backbone(checkpoint, architecture)
    parts = Path(checkpoint) / GRAPH_FOLDER
    if not parts.is_dir():
        return KgptModel(backbone, architecture)
    try:
        told = read_json(parts / "config.json")["parts"]
        entities, relations = ((parts / f"{x}.txt").read_text("utf-8").splitlines() for x in ("entities", "relations"))
        settings = {name: model_parts.build(_unmapped(one)) for name, one in told.items()}
        model = KgptModel(backbone, architecture, parts=settings, entity_ids=entities, relation_ids=relations)
        load_model(model.parts, str(parts / _WEIGHTS))
    except (OSError, UnicodeDecodeError, KeyError, RuntimeError, SafetensorError, DataError, ConfigError) as error:
        reason = " ".join(str(error).split())
        raise CheckpointError(f"{parts}: the graph's parts are corrupt ({reason}); train again") from error
    return model


def _unmapped(settings: Mapping[str, Any]) -> Mapping[str, Any]:
    """A part's settings without the file that its table was trained in, which may be in use: it is loaded to memory."""
    return {**settings, "memory_map": ""} if settings.get("memory_map") else settings


def _about(path: Path) -> dict[str, Any]:
    try:
        return read_json(path) if path.is_file() else {}
    except DataError as error:
        raise CheckpointError(f"{error}; train again, or delete the file to ask the model in plain words") from error
