"""A short document's word-knowledge graph, drawn."""

from dataclasses import dataclass

from markupsafe import Markup

from kgpt.kg import KnowledgeGraph
from kgpt.pipeline.showing import draw_document
from kgpt.report.run_record import RunRecord
from kgpt.report.svg import drawing, inline_svg
from kgpt.sequences import open_passage_store
from kgpt.sequences.passage_store import PassageStore

_MAX_WORDS = 110


@dataclass(frozen=True, slots=True)
class DrawnDocument:
    """The drawing and the document it shows."""

    document: str
    svg: Markup


def drawn_document(run: RunRecord, *, name: str) -> DrawnDocument | None:
    """The first short document whose linked entities have triples, drawn; None where the run has none.

    Args:
        run: the run.
        name: unique in the page.
    """
    folder = run.folder / "5-sequences"
    if run.graph is None or not (folder / "words.npy").is_file():
        return None
    document = _first_short(open_passage_store(folder), run.graph)
    if document is None:
        return None
    with drawing():
        svg = draw_document(run.folder, document)
    label = f"Word-knowledge graph of the first passage of document {document}"
    return DrawnDocument(document, Markup(inline_svg(svg, label=label, name=name)))


def _first_short(passages: PassageStore, graph: KnowledgeGraph) -> str | None:
    """The first document whose first passage is short and has edges, else the shortest that has."""
    firsts: dict[str, int] = {}
    for number in range(len(passages)):
        firsts.setdefault(passages.ids[number].rpartition("#")[0], number)
    found = [(len(passages.word_ids(n)), d) for d, n in firsts.items() if _has_edges(passages, n, graph)]
    short = (document for num_words, document in found if num_words <= _MAX_WORDS)
    return next(short, min(found, default=(0, None))[1])


def _has_edges(passages: PassageStore, number: int, graph: KnowledgeGraph) -> bool:
    """Whether any anchor of a passage is the head of a triple, so that its drawing has edges."""
    return any(len(graph.outgoing(anchor.entity)) for anchor in passages.anchors_of(number))
