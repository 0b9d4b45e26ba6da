"""Names found in raw text, side by side with other matchers over the same names; then linking end to end.

Every contestant is to find the longest names from left to right on word boundaries, in their own case. Beside its rate
stands how many it found in a sample, and how many of the reference's it missed or has beyond it: the reference tries
every run of tokens against a set, in plain Python. Aliases and text are real where `../shared/data` (or
`KGPT_SHARED_DATA`) is there, else those of the embedded sample with made-up names beside them.

`KGPT_BENCH_ALIASES` (200,000) says how many names, `KGPT_BENCH_GRAPH` which graph store documents are linked to.
"""

import gc
import os
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.util import find_spec
from itertools import chain, cycle, islice
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.shared_data import shared_data
from benchmarks.timing import rates, rows
from kgpt.kg import KnowledgeGraph, build_graph, open_graph_store
from kgpt.linking import Linker
from kgpt.linking.alias_index import AliasIndex
from kgpt.linking.matching import longest_spans
from kgpt.linking.tokenizing import tokenize
from kgpt.records import Document, EntityRecord, Triple
from kgpt.sources import open_documents, open_graph

Span = tuple[int, int]
Finder = Callable[[Sequence[str]], Any]

_BATCH_CHARS = 8_000_000
_SAMPLE_CHARS = 200_000
_SHARE = {"kgpt, a batch": 1.0, "kgpt, a document": 1.0, "spaCy PhraseMatcher, raw text": 0.02}
_USUAL_SHARE = 0.1
_SENTENCES = 10
_NEEDED = {
    "spaCy PhraseMatcher, ready docs": "spacy",
    "spaCy PhraseMatcher, raw text": "spacy",
    "flashtext2": "flashtext2",
    "flashtext": "flashtext",
    "pyahocorasick + boundaries + greedy": "ahocorasick",
}


def run() -> list[list[str]]:
    """Matchers first, linkers after, each with their ratio to the first of their kind."""
    texts = _texts()
    names = _aliases(int(os.environ.get("KGPT_BENCH_ALIASES", "200_000")), texts)
    return _matchers(names, texts) + _linkers(texts)


def _matchers(names: Sequence[str], texts: Sequence[str]) -> list[list[str]]:
    sample = _first(texts, _SAMPLE_CHARS)
    finders = _finders(names)
    gc.collect()
    gc.freeze()  # what is built stays, and nobody's loop pays for looking it through
    reference = _greedy_reference(names)(sample)
    told = {name: _compare(find(sample), reference) for name, find in finders.items()}
    work = {}
    for name, find in finders.items():
        given = _prepared(name, _first(texts, int(_BATCH_CHARS * _SHARE.get(name, _USUAL_SHARE))))
        work[name] = _timed(find, *given)
    out = rows(rates(work), unit="kB/s")
    out = [[f"{name}: {told[name]}", figure, ratio] for (name, figure, ratio) in out]
    missing = [[f"{name}: not installed", "pip install -e '.[bench]'", "-"] for name in _NEEDED if name not in finders]
    num_bytes = sum(len(text.encode()) for text in _first(texts, _BATCH_CHARS))
    return [[f"{len(names):,} names, {num_bytes / 1e6:.1f} MB", "", ""], *out, *missing]


def _timed(find: Finder, texts: Sequence[str], num_bytes: int) -> Callable[[], float]:
    def work() -> float:
        find(texts)
        return num_bytes / 1000

    return work


def _prepared(name: str, texts: list[str]) -> tuple[Sequence[str], int]:
    """What a contestant is given: texts, or documents that spaCy has tokenised already."""
    num_bytes = sum(len(text.encode()) for text in texts)
    if not name.endswith("ready docs"):
        return texts, num_bytes
    import spacy

    return list(spacy.blank("en").pipe(texts)), num_bytes


def _compare(found: Any, reference: list[list[Span]]) -> str:
    if isinstance(found, np.ndarray):
        found = _by_text(found.tolist(), len(reference))
    ours = {(number, *span) for number, spans in enumerate(found) for span in spans}
    wanted = {(number, *span) for number, spans in enumerate(reference) for span in spans}
    return f"{len(ours):,} matches, {len(wanted - ours):,} missed, {len(ours - wanted):,} beyond"


def _finders(names: Sequence[str]) -> dict[str, Finder]:
    index = _index(names)
    finders: dict[str, Finder] = {
        "kgpt, a batch": lambda texts: longest_spans(texts, index),
        "kgpt, a document": lambda texts: [longest_spans([text], index)[:, 1:].tolist() for text in texts],
        "runs of tokens in a set (reference)": _greedy_reference(names),
    }
    others = {"spacy": _spacy, "flashtext2": _flashtext2, "flashtext": _flashtext, "ahocorasick": _ahocorasick}
    made = {package: build(names) for package, build in others.items() if find_spec(package)}
    return finders | {name: made[package] for name, package in _NEEDED.items() if package in made}


def _by_text(found: Iterable[list[int]], num_texts: int) -> list[list[Span]]:
    out: list[list[Span]] = [[] for _ in range(num_texts)]
    for number, start, end in found:
        out[number].append((start, end))
    return out


def _index(names: Sequence[str]) -> AliasIndex:
    records = [EntityRecord(f"Q{number}", name) for number, name in enumerate(names)]
    graph, _ = build_graph([*records, Triple("Q0", "P1", "Q1")])
    return AliasIndex.of(graph, fold_case=False, partial_names=False)


def _greedy_reference(names: Sequence[str]) -> Finder:
    """The longest run of tokens that is a name, from left to right."""
    known = {tuple(words for words, _ in _tokens(name)) for name in names}
    most = max(map(len, known))

    def find(texts: Sequence[str]) -> list[list[Span]]:
        return [list(_greedy_runs(list(_tokens(text)), known, most)) for text in texts]

    return find


def _tokens(text: str) -> Iterator[tuple[str, Span]]:
    tokens = tokenize(text, fold_case=False)
    for start, stop in zip(tokens.starts.tolist(), tokens.stops.tolist(), strict=True):
        yield text[start:stop].translate(_SAME), (start, stop)


_SAME = str.maketrans("’‘ʼ–‐‑“”", "'''---\"\"")


def _greedy_runs(tokens: list[tuple[str, Span]], known: set[tuple[str, ...]], most: int) -> Iterator[Span]:
    words, place = [word for word, _ in tokens], 0
    while place < len(words):
        longest = min(most, len(words) - place)
        size = next((n for n in range(longest, 0, -1) if tuple(words[place : place + n]) in known), 0)
        if size:
            yield tokens[place][1][0], tokens[place + size - 1][1][1]
        place += size or 1


def _longest(spans: Iterable[Span]) -> list[Span]:
    kept: list[Span] = []
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept


def _spacy(names: Sequence[str]) -> Finder:
    import spacy
    from spacy.matcher import PhraseMatcher

    pipeline = spacy.blank("en")
    matcher = PhraseMatcher(pipeline.vocab)
    matcher.add("NAME", list(pipeline.tokenizer.pipe(names)))

    def find(texts: Sequence[str]) -> list[list[Span]]:
        docs = (pipeline.make_doc(text) if isinstance(text, str) else text for text in texts)
        return [
            _longest((doc[first].idx, doc[last - 1].idx + len(doc[last - 1])) for _, first, last in matcher(doc))
            for doc in docs
        ]

    return find


def _flashtext2(names: Sequence[str]) -> Finder:
    from flashtext2 import KeywordProcessor

    processor = KeywordProcessor(case_sensitive=True)
    processor.add_keywords_from_iter(iter(names))
    return lambda texts: [[span[1:] for span in processor.extract_keywords_with_span(text)] for text in texts]


def _flashtext(names: Sequence[str]) -> Finder:
    from flashtext import KeywordProcessor

    processor = KeywordProcessor(case_sensitive=True)
    processor.add_keywords_from_list(list(names))
    return lambda texts: [[span[1:] for span in processor.extract_keywords(text, span_info=True)] for text in texts]


def _ahocorasick(names: Sequence[str]) -> Finder:
    from ahocorasick import Automaton

    automaton = Automaton()
    for name in names:
        automaton.add_word(name, len(name))
    automaton.make_automaton()

    def find(texts: Sequence[str]) -> list[list[Span]]:
        found = []
        for text in texts:
            ends = ((last + 1 - size, last + 1) for last, size in automaton.iter(text))
            found.append(_longest(span for span in ends if _on_boundaries(text, *span)))
        return found

    return find


def _on_boundaries(text: str, start: int, end: int) -> bool:
    inside = start > 0 and text[start].isalnum() and text[start - 1].isalnum()
    return not inside and not (end < len(text) and text[end].isalnum() and text[end - 1].isalnum())


def _linkers(texts: Sequence[str]) -> list[list[str]]:
    store = os.environ.get("KGPT_BENCH_GRAPH")
    linker = Linker.of(open_graph_store(Path(store)) if store else _embedded())
    sentences = _first(texts, _BATCH_CHARS // 20)
    joined = [" ".join(sentences[first : first + _SENTENCES]) for first in range(0, len(sentences), _SENTENCES)]
    short, long = ([Document(str(n), text) for n, text in enumerate(given)] for given in (sentences, joined))
    num_bytes = sum(len(text.encode()) for text in sentences)

    def over(link: Callable[[Document], Document], documents: Sequence[Document]) -> Callable[[], float]:
        def work() -> float:
            for document in documents:
                link(document)
            return num_bytes / 1000

        return work

    work = {
        f"kgpt link, documents of {num_bytes / 1000 / len(long):.1f} kB": over(linker.link, long),
        f"kgpt link, documents of {num_bytes / 1000 / len(short):.1f} kB": over(linker.link, short),
        "prior baseline, the latter": over(linker.prior, short),
    }
    title = f"{linker.graph.num_entities:,} entities, {len(long):,} and {len(short):,} documents"
    return [[title, "", ""], *rows(rates(work), unit="kB/s")]


def _embedded() -> KnowledgeGraph:
    return build_graph(open_graph("embedded:atlas").read())[0]


def _texts() -> list[str]:
    """Texts of 8 MB or more, repeated where there are fewer."""
    path = shared_data() / "text" / "trex_sentences.jsonl.gz"
    source = str(path) if path.is_file() else "embedded:atlas"
    texts = [one.text for one in open_documents(source).read() if isinstance(one, Document)]
    return list(_first(cycle(texts), _BATCH_CHARS))


def _first(texts: Iterable[str], num_chars: int) -> list[str]:
    out: list[str] = []
    for text in texts:
        if num_chars <= 0:
            break
        out.append(text)
        num_chars -= len(text)
    return out


def _aliases(count: int, texts: Sequence[str]) -> list[str]:
    """Distinct names of two characters or more: real ones, and runs of the texts' words where these do not suffice."""
    names = dict.fromkeys(islice(_real_names(), count))
    rng, words = random.Random(0), " ".join(_first(texts, _SAMPLE_CHARS)).split()
    while len(names) < count:
        picked = " ".join(rng.choice(words) for _ in range(rng.randint(2, 4))).strip(",.;:()\"'")
        names[picked] = None
    return [name for name in names if name]


def _real_names() -> Iterator[str]:
    folder = shared_data() / "kg"
    items = open_graph(str(folder) if folder.is_dir() else "embedded:atlas").read()
    records = (item for item in items if isinstance(item, EntityRecord))
    for name in chain.from_iterable((record.label, *record.aliases) for record in records):
        if len(name) > 1 and name == " ".join(name.split()):
            yield name
