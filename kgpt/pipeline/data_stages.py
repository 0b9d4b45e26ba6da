"""Stages 1 to 5: from sources to tokenised passages; each is a function that fills a folder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np

from kgpt.alignment import AlignmentSettings
from kgpt.alignment.aligner import NOT_IN_GRAPH
from kgpt.alignment.passages import read_passages
from kgpt.alignment.quality import measure_alignment, relation_counts
from kgpt.alignment.sharded import TOO_FEW, AlignShard
from kgpt.corpus import CorpusStep
from kgpt.corpus.dropping import READING, DroppedDocument, dropped_file
from kgpt.corpus.passes import Curated, curate
from kgpt.corpus.sharded import dropped_beside
from kgpt.engine import Engine, counts_of, cut, join, run_shards
from kgpt.errors import ConfigError
from kgpt.io import read_json, write_json, write_json_lines
from kgpt.kg import GraphBuilder, KnowledgeGraph, open_graph_store
from kgpt.kg.following import needed_facts
from kgpt.kg.selection import select
from kgpt.kg.splitting import hold_out, pair_key
from kgpt.kg.store import META_NAME, fill_store, is_store, mapped_arrays
from kgpt.linking import Linker
from kgpt.linking.sharded import LinkShard
from kgpt.pipeline.questions import SelectedQuestions, select_questions
from kgpt.pipeline.slices import count_slices, write_slices
from kgpt.pipeline.stage import Counts
from kgpt.progress import say, track
from kgpt.records import AlignedPassage, Document, Dropped, Question, Triple
from kgpt.sequences import Vocabulary, load_vocabulary, train_vocabulary, write_passage_store
from kgpt.sequences.sharded import EncodeShard, join_stores
from kgpt.sources import open_documents, open_graph, open_questions
from kgpt.sources.base import num_records, read_bulk
from kgpt.sources.documents import DocumentsFile, write_documents
from kgpt.sources.opening import question_set
from kgpt.sources.questions import question_json
from kgpt.verbalization import Verbalizer

if TYPE_CHECKING:
    from kgpt.pipeline.config import RunConfig  # with the learning rooms, which curation and alignment do without

DOCUMENTS = "documents.jsonl"
DROPPED = "dropped.jsonl"
STEPS = "steps.json"
PASSAGES = "passages.jsonl"
RELATIONS = "relations.json"
QUALITY = "quality.json"
QUESTIONS = "questions.jsonl"
HELD_OUT = "held_out.npy"
TOKENIZER = "tokenizer"
OVERLAP = "overlap.json"
_READ_COUNTS = "read.json"


def graph_stage(config: RunConfig, folder: Path) -> Counts:
    """Stage 1: sources, or a finished store, to the graph store of the run."""
    is_asked = config.graph.select.heads == "asked"
    asked = {one.entity for one in source_questions(config) if isinstance(one, Question)} if is_asked else ()
    with TemporaryDirectory(dir=folder.parent) as room:
        graph, num_read, skipped = _whole_graph(config, Path(room))
        selected = select(graph, config.graph.select, asked=asked)
        dropped = dict(skipped) | selected.dropped
        fill_store(selected.graph, folder, skipped=dropped)
    return Counts(num_in=num_read, num_out=selected.graph.num_triples, dropped=dropped)


def graph_files(source: str) -> Sequence[Path]:
    """The files that decide what a source of a graph says: a finished store is told by its list of hashes."""
    return [Path(source) / META_NAME] if is_store(Path(source)) else open_graph(source).files()


def _whole_graph(config: RunConfig, room: Path) -> tuple[KnowledgeGraph, int, Mapping[str, int]]:
    """The graph before anything is selected, how many records were read, and what was left out of it.

    Raises:
        ConfigError: a finished store beside other sources.
    """
    sources, languages = config.resolve(config.graph.sources, "graph.sources"), config.graph.languages
    stores = [source for source in sources if is_store(Path(source))]
    if stores and len(sources) > 1:
        raise ConfigError(
            f"graph.sources: {stores[0]!r} is a finished store and cannot be joined with others; "
            "build one store of all with `kgpt graph build`"
        )
    if stores:
        graph = open_graph_store(Path(stores[0]))
        return graph, graph.num_triples, {}
    builder = GraphBuilder(languages=languages, folder=room, ids_as_names=True)
    readers = [open_graph(source, languages=languages) for source in sources]
    for item in track((item for reader in readers for item in read_bulk(reader)), what="graph", size=num_records):
        builder.add(item)
    return builder.build(mapped_arrays(room)), builder.num_read, builder.skipped


def open_run_graph(run: Path) -> KnowledgeGraph:
    """The graph of a run folder."""
    return open_graph_store(run / "1-graph")


def corpus_stage(
    steps: Sequence[CorpusStep],
    sources: Sequence[str],
    folder: Path,
    *,
    engine: Engine,
    shards: Path,
    graph: Path | None = None,
) -> Counts:
    """Stage 2: sources to curated documents, on shards; `graph` says which facts there are to be lost."""
    read = read_sources(sources, shards)
    curated = curate(steps, read, shards, engine=engine, graph=graph)
    write_curated(curated, folder, left_out=[dropped_beside(read)])
    dropped = _read_counts(shards) + curated.tally.dropped
    num_in = curated.num_out + dropped.total() - _read_told(shards)["num_parts"]
    return Counts(num_in=num_in, num_out=curated.num_out, dropped=dict(dropped), figures=changes(curated))


def read_sources(sources: Sequence[str], shards: Path) -> Path:
    """The documents of the sources as one file, with what their readers left out beside it."""
    path, counts, num_parts = shards / "read.jsonl", Counter[str](), 0
    if (shards / _READ_COUNTS).is_file():
        return path

    def documents() -> Iterator[Document]:
        nonlocal num_parts
        for source in sources:
            for item in open_documents(source).read():
                if isinstance(item, Document):
                    yield item
                else:
                    counts[item.reason] += 1
                    num_parts += item.is_part
                    if not item.is_part:
                        tell(DroppedDocument(id=item.id, reason=item.reason, step=READING, source=source))

    with dropped_file(dropped_beside(path)) as tell:
        write_documents(path, track(documents(), what="reading"))
    write_json(
        shards / _READ_COUNTS, {"dropped": dict(counts), "num_parts": num_parts}
    )  # last: it marks the file as whole
    return path


def _read_counts(shards: Path) -> Counter[str]:
    """What `read_sources` left out, by reason; nothing where the documents came from a stage before."""
    return Counter(_read_told(shards)["dropped"])


def _read_told(shards: Path) -> dict[str, Any]:
    path = shards / _READ_COUNTS
    return read_json(path) if path.is_file() else {"dropped": {}, "num_parts": 0}


def linking_stage(config: RunConfig, run: Path, folder: Path, *, shards: Path) -> Counts:
    """Stage 3: documents to linked documents."""
    settings, index = config.linking, shards / "index"
    anchored = settings.anchors or settings.train != "never"
    linker = Linker.of(
        open_run_graph(run), settings, anchors=list(read_documents(run / "2-corpus")) if anchored else ()
    )
    linker.write(index)
    task = LinkShard((run / "1-graph").absolute(), index.absolute(), linker.settings)
    parts = run_shards(config.built_engine(), task, cut(run / "2-corpus" / DOCUMENTS), shards, what="linking")
    told = counts_of(shards)
    if not told["links"]:
        say("linked: no name of the graph stands in any document: are they about it, in its language?")
    steps = config.corpus_steps(linked=True)
    if not steps:
        join(parts, folder / DOCUMENTS)
        return Counts(num_in=told["documents"], num_out=told["links"])
    join(parts, shards / DOCUMENTS)
    engine, graph = config.built_engine(), run / "1-graph"
    curated = curate(steps, shards / DOCUMENTS, shards / "curated", engine=engine, graph=graph)
    write_curated(curated, folder)
    return Counts(
        num_in=told["documents"],
        num_out=sum(len(document.links) for document in read_documents(folder)),
        dropped=dict(curated.tally.dropped),
        figures=changes(curated),
    )


def write_curated(curated: Curated, folder: Path, *, left_out: Sequence[Path] = ()) -> None:
    """What stays of a corpus, the lists of what does not (`left_out` first), and what each step did, into `folder`."""
    join(curated.parts, folder / DOCUMENTS)
    join([*left_out, *curated.dropped], folder / DROPPED)
    write_json(folder / STEPS, curated.as_json())


def changes(curated: Curated) -> dict[str, float]:
    """What the steps changed in the documents that stay, for the manifest."""
    return {f"changed:{name}": count for name, count in sorted(curated.tally.changed.items())}


def alignment_stage(
    settings: AlignmentSettings, graph: Path, documents: Path, folder: Path, *, engine: Engine, shards: Path
) -> Counts:
    """Stage 4: linked documents to passages with the triples they support."""
    task = AlignShard(graph.absolute(), settings)
    join(run_shards(engine, task, cut(documents), shards, what="aligning"), folder / PASSAGES)
    relations = relation_counts(read_passages(folder / PASSAGES))
    write_json(folder / RELATIONS, relations)
    if not relations:
        say("aligned: no passage supports a triple: have the documents links to this graph (`kgpt link`)?")
    linked = (one for one in DocumentsFile(documents).read() if isinstance(one, Document))
    if quality := measure_alignment(open_graph_store(graph), linked, read_passages(folder / PASSAGES)).as_json():
        write_json(folder / QUALITY, quality)
    told = counts_of(shards)
    dropped = _read_counts(shards) + Counter({reason: told[reason] for reason in (TOO_FEW, NOT_IN_GRAPH)})
    return Counts(num_in=told["documents"], num_out=told["passages"], dropped=dict(dropped))


def sequence_stage(config: RunConfig, run: Path, folder: Path, *, shards: Path) -> Counts:
    """Stage 5: passages to arrays; the vocabulary, the questions with their splits, what is held out."""
    from kgpt.evaluation import measure_overlap

    graph, passages = open_run_graph(run), list(read_passages(run / "4-aligned" / PASSAGES))
    questions = _select(config, graph, passages)
    held = _held_out(config, graph, passages, questions)
    vocabulary = _vocabulary(config, graph, held, passages, questions)
    vocabulary.save(folder / TOKENIZER)
    vocabulary.save(shards / TOKENIZER)
    task = EncodeShard((run / "1-graph").absolute(), (shards / TOKENIZER).absolute())
    source = cut(run / "4-aligned" / PASSAGES)
    write_passage_store(join_stores(run_shards(config.built_engine(), task, source, shards, what="sequences")), folder)
    np.save(folder / HELD_OUT, held, allow_pickle=False)
    write_slices(folder, count_slices(passages))
    write_json_lines(folder / QUESTIONS, map(question_json, questions.questions))
    overlap = measure_overlap(
        test=questions.of("test"),
        train=questions.of("train"),
        texts=(passage.text for passage in passages),
        graph=graph,
        graph_triples=[graph.triple(row) for row in graph.triples[~held]],
        text_triples=sorted(stated_triples(passages)),
    )
    write_json(folder / OVERLAP, asdict(overlap))
    return Counts(num_in=len(passages), num_out=len(passages), dropped=questions.dropped)


def read_documents(folder: Path) -> Iterator[Document]:
    """The documents of a stage."""
    return (one for one in DocumentsFile(folder / DOCUMENTS).read() if isinstance(one, Document))


def source_questions(config: RunConfig) -> Iterator[Question | Dropped]:
    """The questions of the config's sources and what their readers leave out.

    Each is told which set it is of; an id that an earlier source has, too, gets the set's name before it.
    """
    ids = set[str]()
    for address in config.resolve(config.questions.sources, "questions.sources"):
        name = question_set(address)
        for item in open_questions(address).read():
            if isinstance(item, Dropped):
                yield item
                continue
            own = f"{name}:{item.id}" if item.id in ids else item.id
            ids.add(own)
            yield replace(item, id=own, source=item.source or name)


def stated_triples(passages: Iterable[AlignedPassage]) -> set[Triple]:
    """The triples aligned to any of `passages`."""
    return {item.triple for passage in passages for item in passage.alignments}


def _select(config: RunConfig, graph: KnowledgeGraph, passages: list[AlignedPassage]) -> SelectedQuestions:
    return select_questions(source_questions(config), graph, stated_triples(passages), config.questions)


def _held_out(
    config: RunConfig, graph: KnowledgeGraph, passages: list[AlignedPassage], questions: SelectedQuestions
) -> np.typing.NDArray[np.bool_]:
    """Triples that no arm trains on: a share of the pairs that no question asks about and no passage supports."""
    held = hold_out(graph.triples, share=config.evaluation.held_out_frac, seed=config.questions.seed)
    told = {pair_key(fact) for question in questions.questions for fact in needed_facts(question, graph)}
    told |= set(map(pair_key, stated_triples(passages)))
    for row in np.flatnonzero(held):
        held[row] = pair_key(graph.triple(graph.triples[row])) not in told
    return held


def _vocabulary(
    config: RunConfig,
    graph: KnowledgeGraph,
    held: np.typing.NDArray[np.bool_],
    passages: list[AlignedPassage],
    questions: SelectedQuestions,
) -> Vocabulary:
    """The checkpoint's words, or words learnt from the text, the graph's sentences and the train questions."""
    if config.backbone.checkpoint:
        return load_vocabulary(config.backbone.checkpoint)
    verbalizer, rng = Verbalizer(graph), np.random.default_rng(0)
    texts = [passage.text for passage in passages]
    texts += [verbalizer.state(row, "template", rng) for row in graph.triples[~held]]
    texts += [graph.entities.label(number) for number in range(graph.num_entities)]
    texts += [graph.relations.label(number) for number in range(graph.num_relations)]
    texts += [question.text for question in questions.of("train")]
    starts_text = config.backbone.architecture != "encoder_decoder"
    return train_vocabulary(texts, size=config.vocabulary.size, starts_text=starts_text)
