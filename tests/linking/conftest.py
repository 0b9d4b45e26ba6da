from collections.abc import Callable

import pytest

from kgpt.kg import KnowledgeGraph, build_graph
from kgpt.linking import Linker
from kgpt.linking.alias_index import AliasIndex
from kgpt.records import EntityRecord, Triple


@pytest.fixture(scope="session")
def index_of() -> Callable[..., AliasIndex]:
    """The index over names, the first of entity `Q000`, the next of `Q001` and so on."""

    def build(names: list[str], **options: object) -> AliasIndex:
        records = [EntityRecord(f"Q{number:03}", name) for number, name in enumerate(names)]
        graph, _ = build_graph([*records, Triple("Q000", "P1", "Q000")])
        return AliasIndex.of(graph, **({"min_chars": 1, "partial_names": False} | options))

    return build


@pytest.fixture(scope="session")
def geography() -> KnowledgeGraph:
    """A few places and people; "Paris" means the city far more often than the man or the town."""
    names = {
        "Q64": ("Berlin", ()),
        "Q183": ("Germany", ("FRG",)),
        "Q90": ("Paris", ("City of Light",)),
        "Q142": ("France", ()),
        "Q830": ("Paris, Texas", ("Paris",)),
        "Q1439": ("Texas", ()),
        "Q7": ("Robert Nardelli", ("Bob Nardelli",)),
        "Q8": ("Home Depot", ()),
    }
    items = [EntityRecord(identifier, label, aliases) for identifier, (label, aliases) in names.items()]
    items += [Triple("Q183", "P36", "Q64"), Triple("Q142", "P36", "Q90"), Triple("Q830", "P131", "Q1439")]
    items += [Triple("Q90", "P190", f"Q{number}") for number in (64, 183, 8)] + [Triple("Q7", "P108", "Q8")]
    return build_graph(items)[0]


@pytest.fixture(scope="session")
def linker(geography: KnowledgeGraph) -> Linker:
    return Linker.of(geography)
