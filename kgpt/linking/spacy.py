"""spaCy's door: `nlp.add_pipe("kgpt_linker", config={"graph": "path/to/store"})` links a `Doc`'s text to the graph.

Enters: a `Doc`. Leaves: the same one with `doc.ents`, each with its entity in `kb_id_` and its score in
`ent._.kgpt_score`. Links whose ends are no token boundaries are aligned; what was aligned or left out is counted in
`counts`. The graph is opened by path, so that every process of `nlp.pipe(texts, n_process=2)` opens it for itself; an
`index` folder is built once and shared by them.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from filelock import FileLock
from spacy.language import Language
from spacy.tokens import Doc, Span

from kgpt.atomic import write_bytes
from kgpt.config import check_config
from kgpt.errors import StoreError
from kgpt.io import fingerprint_file, json_bytes, parse_object, read_json, write_json
from kgpt.kg import open_graph_store
from kgpt.kg.store import META_NAME
from kgpt.linking.linker import Linker, LinkingSettings
from kgpt.records import Document, Link

FACTORY = "kgpt_linker"
SCORE = "kgpt_score"
"""The extension of a `Span` that holds the link's score."""

Existing = Literal["replace", "keep", "link"]
Alignment = Literal["expand", "contract", "strict"]
_OF_INDEX = ("min_chars", "fold_case", "language", "partial_names")
_INDEX_NAME = "index.json"
_STATE_NAME = "linker.json"
_DEFAULTS = LinkingSettings().model_dump(exclude={"existing", "anchors", "train", "weights"})


class ComponentSettings(LinkingSettings):
    """What the component does beyond linking.

    Args:
        existing: what to do with entities that the `Doc` has: `replace` them, `keep` them and link the rest, or
            `link` them and find no others.
        label: of the entities found.
        alignment: of links whose ends are no token boundaries, see `Doc.char_span`; under `strict` they are left out.
    """

    existing: Existing = "replace"  # type: ignore[assignment] # one way more than the linker's
    label: str = "ENTITY"
    alignment: Alignment = "expand"

    def linking(self) -> LinkingSettings:
        """The linker's part."""
        values = self.model_dump(exclude={"label", "alignment", "existing", "weights"})
        return LinkingSettings(**values, weights=self.weights)


class LinkerComponent:
    """A pipeline component around a `Linker`."""

    def __init__(self, name: str, graph: Path, settings: ComponentSettings, *, index: Path | None = None) -> None:
        """Open the graph; the index is built or opened with the first `Doc`.

        Args:
            name: of the component in its pipeline.
            graph: folder of the store.
            settings: how to link.
            index: folder that keeps what is built of the graph's names; filled where it is not yet.

        Raises:
            DataError: no such graph.
            StoreError: the graph is corrupt.
        """
        self.name, self.graph, self.settings, self.index = name, graph, settings, index
        self.counts: Counter[str] = Counter()
        self._opened = open_graph_store(graph)
        if not Span.has_extension(SCORE):
            Span.set_extension(SCORE, default=None)

    def __call__(self, doc: Doc) -> Doc:
        """`doc` with its entities."""
        existing: tuple[Span, ...] = doc.ents
        if self.settings.existing == "link":
            doc.ents = self._linked(doc, existing)
        else:
            kept = existing if self.settings.existing == "keep" else ()
            doc.ents = self._found(doc, kept)
        return doc

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 128) -> Iterator[Doc]:
        """Each `Doc` of a stream with its entities."""
        del batch_size
        return map(self, stream)

    @cached_property
    def linker(self) -> Linker:
        """The linker, its index opened where it lies, built where it does not."""
        settings = self.settings.linking()
        if self.index is None:
            return Linker.of(self._opened, settings)
        self.index.mkdir(parents=True, exist_ok=True)
        with FileLock(self.index / ".lock"):
            if not self._is_ours(self.index):
                self._write_index(Linker.of(self._opened, settings), self.index)
            return Linker.open(self._opened, self.index, settings)

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:
        """Write the settings, the graph's path and a copy of the index to a folder."""
        del exclude
        self._write_index(self.linker, Path(path) / "index")
        write_json(Path(path) / _STATE_NAME, self._state())

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> "LinkerComponent":
        """Take settings and index from a folder that `to_disk` wrote; the graph is the one this was made with.

        Raises:
            StoreError: the folder was written for another graph, or is corrupt.
        """
        del exclude
        self._restore(read_json(Path(path) / _STATE_NAME), place=str(path))
        self.index = Path(path) / "index"
        if not self._is_ours(self.index):
            raise StoreError(f"{self.index}: corrupt, or of other settings; save the pipeline again")
        return self

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        """The settings and the graph's path; the index is built again where they are read."""
        del exclude
        return json_bytes(self._state())

    def from_bytes(self, content: bytes, *, exclude: Iterable[str] = ()) -> "LinkerComponent":
        """Take the settings from what `to_bytes` gave; the graph is the one this was made with.

        Raises:
            StoreError: they were written for another graph.
        """
        del exclude
        self._restore(parse_object(content.decode(), place=self.name), place=self.name)
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        """Processes get the paths and open them for themselves."""
        return _component, (self.name, self.graph, self.settings.model_dump_json(), self.index)

    def _found(self, doc: Doc, kept: tuple[Span, ...]) -> list[Span]:
        spans, taken = list(kept), {token.i for span in kept for token in span}
        for link in self.linker.link(Document("doc", doc.text)).links:
            span = self._span(doc, link)
            if span is None:
                self.counts["unaligned"] += 1
            elif not taken.isdisjoint(range(span.start, span.end)):
                self.counts["overlapping"] += 1
            else:
                self.counts["linked"] += 1
                taken.update(range(span.start, span.end))
                spans.append(span)
        return sorted(spans, key=lambda span: int(span.start))

    def _span(self, doc: Doc, link: Link) -> Span | None:
        told = {"label": self.settings.label, "kb_id": link.entity}
        span = doc.char_span(link.start, link.end, **told)
        if span is None:
            span = doc.char_span(link.start, link.end, **told, alignment_mode=self.settings.alignment)
            self.counts["aligned"] += span is not None
        if span is not None:
            span._.set(SCORE, link.score)
        return span

    def _linked(self, doc: Doc, existing: tuple[Span, ...]) -> list[Span]:
        given = tuple(Link(span.start_char, span.end_char, span.kb_id_ or "?") for span in existing)
        chosen = self.linker.choose(Document("doc", doc.text, given)).links
        spans = []
        for span, link in zip(existing, chosen, strict=True):
            spans.append(Span(doc, span.start, span.end, label=span.label_, kb_id=link.entity, span_id=span.id_))
            spans[-1]._.set(SCORE, link.score)
            self.counts["linked"] += 1
        return spans

    def _state(self) -> dict[str, Any]:
        settings = self.settings.model_dump(mode="json")
        return {"graph": str(self.graph), "fingerprint": _fingerprint(self.graph), "settings": settings}

    def _restore(self, state: dict[str, Any], *, place: str) -> None:
        if state["fingerprint"] != _fingerprint(self.graph):
            raise StoreError(
                f"{place}: saved with the graph {state['graph']}, and {self.graph} is another one; "
                f"load with config={{'components.{self.name}.graph': ...}}, or add the component anew"
            )
        self.settings = check_config(state["settings"], ComponentSettings, place=place)
        self.__dict__.pop("linker", None)

    def _index_state(self) -> dict[str, Any]:
        return {"graph": _fingerprint(self.graph), **self.settings.model_dump(include=set(_OF_INDEX))}

    def _is_ours(self, folder: Path) -> bool:
        path = folder / _INDEX_NAME
        return path.is_file() and read_json(path) == self._index_state()

    def _write_index(self, linker: Linker, folder: Path) -> None:
        linker.write(folder)
        write_bytes(folder / _INDEX_NAME, json_bytes(self._index_state()))


def make_linker(  # noqa: PLR0913, PLR0917 - spaCy hands settings over one by one
    nlp: Language,
    name: str,
    graph: str,
    index: str | None,
    label: str,
    alignment: str,
    existing: str,
    weights: str | None,
    min_chars: int,
    fold_case: bool,
    language: str,
    max_candidates: int,
    nil_threshold: float,
    partial_names: bool,
    repeats: bool,
) -> LinkerComponent:
    """The component, from the config of a pipeline, whose fields are those of `ComponentSettings` and three of its own.

    `graph` is the folder of the graph store; `index` a folder that keeps what is built of its names, so that it is
    built once; `weights` a file that `kgpt link --fit` wrote, those that ship with kgpt where it is not given.

    Raises:
        ConfigError: a value that cannot be.
        DataError: no such graph.
    """
    del nlp
    values = {"label": label, "alignment": alignment, "existing": existing, "min_chars": min_chars}
    values |= {"fold_case": fold_case, "language": language, "max_candidates": max_candidates}
    values |= {"nil_threshold": nil_threshold, "partial_names": partial_names, "repeats": repeats}
    if weights:
        values["weights"] = read_json(Path(weights))
    settings = check_config(values, ComponentSettings, place=name)
    return LinkerComponent(name, Path(graph), settings, index=Path(index) if index else None)


def _component(name: str, graph: Path, settings: str, index: Path | None) -> LinkerComponent:
    return LinkerComponent(name, graph, ComponentSettings.model_validate_json(settings), index=index)


def _fingerprint(graph: Path) -> str:
    """What tells a graph store from another: the hash of its list of hashes."""
    return fingerprint_file(graph / META_NAME)


Language.factory(
    FACTORY,
    default_config={
        "index": None,
        "label": "ENTITY",
        "alignment": "expand",
        "existing": "replace",
        "weights": None,
        **_DEFAULTS,
    },
    assigns=["doc.ents", "token.ent_iob", "token.ent_type", "token.ent_kb_id"],
    func=make_linker,
)
