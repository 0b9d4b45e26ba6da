"""Room 4: documents in, linked documents out."""

from kgpt.linking.linker import Linker, LinkingSettings

__all__ = ["Linker", "LinkingSettings"]
