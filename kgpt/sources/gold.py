"""Entity-linking gold, whatever its form: ELEVANT, NIF, KnowledgeNet, T-REx, kgpt's own documents."""

from collections.abc import Iterator
from pathlib import Path

from kgpt.records import Document
from kgpt.sources.opening import open_documents


def read_gold(source: Path | str) -> Iterator[Document]:
    """Documents with gold links, from anything that `open_documents` reads.

    Raises:
        DataError: malformed, or none of the forms.
    """
    return (one for one in open_documents(str(source)).read() if isinstance(one, Document))
