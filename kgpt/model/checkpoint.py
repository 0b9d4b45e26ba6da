"""A trained model as a folder: a plain Hugging Face checkpoint, the graph's parts beside it.

config.json, model.safetensors, tokenizer...    opened by AutoModel and AutoTokenizer without kgpt
kgpt.json                                       what kgpt knows of it: architecture, prompts, origin
graph/graph_parts.safetensors                   entity and relation tables and their heads, where there are any
graph/entities.txt, graph/relations.txt         the ids of the tables' rows
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load_model, save_model
from torch import nn
from transformers.utils.logging import disable_progress_bar

from kgpt.errors import CheckpointError, DataError
from kgpt.io import read_json, write_json
from kgpt.kg.graph import KnowledgeGraph
from kgpt.model.backbone import build_backbone, checkpoint_architecture, load_backbone
from kgpt.model.language_model import KgptModel
from kgpt.model.settings import Architecture, BackboneSettings
from kgpt.sequences import Vocabulary, load_vocabulary

KGPT_FILE = "kgpt.json"
_GRAPH_PARTS = ("graph", "entity_head", "relation_head")


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """A checkpoint ready for use.

    Args:
        model: the model.
        vocabulary: its words.
        architecture: how it is used.
        about: what `kgpt.json` says; empty for others' checkpoints.
        entity_ids: the ids of the entity table's rows, where it has one.
    """

    model: KgptModel
    vocabulary: Vocabulary
    architecture: Architecture
    about: dict[str, Any]
    entity_ids: tuple[str, ...] = ()


def build_model(settings: BackboneSettings, vocabulary: Vocabulary, graph: KnowledgeGraph | None) -> KgptModel:
    """A model to train; with node tables for `graph`, or of words alone where it is None.

    Raises:
        ConfigError: an unknown family, or one that does not fit the architecture.
        CheckpointError: the checkpoint to continue from cannot be loaded.
    """
    backbone = build_backbone(settings, vocabulary)
    if graph is None:
        return KgptModel(backbone)
    model = KgptModel(backbone, num_entities=graph.num_entities, num_relations=graph.num_relations)
    assert model.graph is not None
    model.graph.start_from_names(graph.entities, graph.relations, model.words, vocabulary)
    return model


def save_checkpoint(
    model: KgptModel,
    vocabulary: Vocabulary,
    folder: Path,
    *,
    about: dict[str, Any],
    graph: KnowledgeGraph | None = None,
) -> None:
    """Write the folder described above into an existing folder.

    Args:
        model: what was trained.
        vocabulary: its words.
        folder: where.
        about: what `kgpt.json` shall say.
        graph: the graph whose ids name the tables' rows; needed where the model has tables.
    """
    disable_progress_bar()
    model.backbone.save_pretrained(str(folder))
    vocabulary.save(folder)
    write_json(folder / KGPT_FILE, about)
    if model.graph is None:
        return
    assert graph is not None, "a model with graph tables is saved with its graph"
    parts = folder / "graph"
    parts.mkdir()
    save_model(_graph_parts(model), str(parts / "graph_parts.safetensors"))
    (parts / "entities.txt").write_text("".join(f"{one}\n" for one in graph.entities.ids), "utf-8")
    (parts / "relations.txt").write_text("".join(f"{one}\n" for one in graph.relations.ids), "utf-8")


def load_checkpoint(checkpoint: str) -> LoadedModel:
    """Any Hugging Face checkpoint (local folder or Hub name), with its graph parts where kgpt saved some.

    Raises:
        CheckpointError: not there, not a checkpoint, or its graph parts are corrupt.
    """
    architecture = checkpoint_architecture(checkpoint)
    backbone = load_backbone(checkpoint, architecture)
    folder = Path(checkpoint)
    model, entities = KgptModel(backbone), list[str]()
    if (folder / "graph").is_dir():
        model, entities = _with_graph(backbone, folder / "graph")
    about = _about(folder / KGPT_FILE)
    return LoadedModel(model, load_vocabulary(checkpoint), architecture, about, tuple(entities))


def _about(path: Path) -> dict[str, Any]:
    try:
        return read_json(path) if path.is_file() else {}
    except DataError as error:
        raise CheckpointError(f"{error}; train again, or delete the file to ask the model in plain words") from error


def _with_graph(backbone: nn.Module, parts: Path) -> tuple[KgptModel, list[str]]:
    """The model with its graph parts, and the ids of the entity table's rows."""
    try:
        entities, relations = ((parts / f"{x}.txt").read_text("utf-8").splitlines() for x in ("entities", "relations"))
        model = KgptModel(backbone, num_entities=len(entities), num_relations=len(relations))
        load_model(_graph_parts(model), str(parts / "graph_parts.safetensors"))
    except (OSError, UnicodeDecodeError, AttributeError, RuntimeError, SafetensorError) as error:
        reason = " ".join(str(error).split())
        raise CheckpointError(f"{parts}: the graph's parts are corrupt ({reason}); train again") from error
    return model, entities


def _graph_parts(model: KgptModel) -> nn.ModuleDict:
    return nn.ModuleDict({name: getattr(model, name) for name in _GRAPH_PARTS})
