"""kgpt's model behind transformers' Auto classes: `AutoModel.from_pretrained("CHECKPOINT/graph")`.

The folder `graph` of a checkpoint holds the parts, its parent the plain backbone and the words; all are opened
together.
"""

from pathlib import Path
from typing import Any

from transformers import AutoConfig, AutoModel, AutoTokenizer, PretrainedConfig, PreTrainedTokenizerFast

from kgpt.errors import CheckpointError
from kgpt.model.backbone import KGPT_MODEL_TYPE
from kgpt.model.checkpoint import load_model_of
from kgpt.model.language_model import KgptModel
from kgpt.model.settings import Architecture


class KgptConfig(PretrainedConfig):  # type: ignore[misc]
    """What `graph/config.json` says: the architecture and the parts' settings."""

    model_type = KGPT_MODEL_TYPE

    def __init__(self, architecture: Architecture = "encoder", parts: Any = None, **keywords: Any) -> None:
        super().__init__(**keywords)
        self.architecture = architecture
        self.parts = parts or {}


class KgptAutoModel(KgptModel):
    """What `AutoModel` builds: backbone and parts of one checkpoint."""

    config_class = KgptConfig

    @classmethod
    def from_pretrained(cls, folder: str | Path, *, config: KgptConfig | None = None, **keywords: Any) -> KgptModel:
        """The model whose parts are in `folder` and whose backbone is in its parent.

        Raises:
            CheckpointError: not a checkpoint, or its graph parts are corrupt.
        """
        del keywords
        told = config or KgptConfig.from_pretrained(str(folder))
        return load_model_of(str(Path(folder).parent), told.architecture)


class KgptAutoTokenizer(PreTrainedTokenizerFast):  # type: ignore[misc]
    """What `AutoTokenizer` gives for a folder of parts: the words of the backbone beside it."""

    @classmethod
    def from_pretrained(cls, folder: str | Path, *inputs: Any, **keywords: Any) -> Any:
        """The tokenizer in the parent of `folder`.

        Raises:
            CheckpointError: there is none.
        """
        backbone = Path(folder).resolve().parent
        if not (backbone / "config.json").is_file():
            raise CheckpointError(f"{folder}: no backbone beside it; keep `graph` in the checkpoint's folder")
        keywords = {name: value for name, value in keywords.items() if name not in {"config", "_from_auto"}}
        return AutoTokenizer.from_pretrained(str(backbone), *inputs, **keywords)


def register() -> None:
    """Make the Auto classes know kgpt's model; done when `kgpt.model` is imported."""
    AutoConfig.register(KGPT_MODEL_TYPE, KgptConfig, exist_ok=True)
    AutoModel.register(KgptConfig, KgptAutoModel, exist_ok=True)
    AutoTokenizer.register(KgptConfig, tokenizer_class=KgptAutoTokenizer, exist_ok=True)


register()
