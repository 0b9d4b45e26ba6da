"""What ships with kgpt: graphs, corpora and configs, found in a checkout and in a wheel alike."""

from pathlib import Path
from typing import Literal

EMBEDDED = "embedded:"
"""What a source or a config that ships with kgpt is called by: `embedded:NAME`."""

EmbeddedKind = Literal["graphs", "corpora", "configs"]
_PACKAGE = Path(__file__).resolve().parent


def embedded_root(kind: EmbeddedKind) -> Path:
    """The folder of what ships with kgpt: beside the package in a checkout, under `kgpt/_data/` in a wheel."""
    shipped = _PACKAGE / "_data" / kind
    return shipped if shipped.is_dir() else _PACKAGE.parent / kind


def shipped_configs() -> list[str]:
    """The names of the configs that ship: `demo`, `recipes/colake`; a run takes them as they are."""
    root = embedded_root("configs")
    found = (path.relative_to(root).with_suffix("").as_posix() for path in root.rglob("*.yaml"))
    return sorted(name for name in found if not name.startswith("launch/"))
