"""Near duplicates: recall, precision and documents a second beside datasketch and datatrove; stubs wrongly dropped.

Three corpora from `../shared/data` (or `KGPT_SHARED_DATA`): the gold pairs of articles_100 and articles_1000; planted
copies of 1,500 real texts, words of which are replaced, left out and put in until a stated Jaccard similarity of 5-word
shingles is reached; stubs about the labelled graph's entities that lie in an administrative territory, with a few
copies. Every contestant reads the same texts in one run, in one process; seconds are of its processor.

datasketch and datatrove run in the interpreter that `KGPT_RIVALS_PYTHON` names (datatrove wants an older xxhash), or in
this one; what is not installed there says so.
"""

import gzip
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

import numpy as np

from benchmarks import curation_contestants
from benchmarks.shared_data import shared_data
from kgpt.corpus import corpus_steps
from kgpt.corpus.near_duplicates import NearDuplicates
from kgpt.records import Document

HEADER = ("corpus and contestant", "documents/s", "recall J>=.8", "recall J>=.65", "precision", "wrong")
_RIVALS = ("datasketch", "datatrove")
_SMALLEST_TRUE = 0.5
_NUM_STUBS = 5000
_WORD = re.compile(r"\w+")
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})")


@dataclass(frozen=True)
class Corpus:
    """Texts and what is known of them.

    Args:
        name: for the table.
        texts: to look for duplicates in.
        pairs: rows that are duplicates, and how similar they are.
        subjects: what each text is about, where texts about different things must stay apart.
    """

    name: str
    texts: Sequence[str]
    pairs: Mapping[tuple[int, int], float]
    subjects: Sequence[str] = field(default=())


def run() -> list[list[str]]:
    """A row a corpus and contestant, then Gopher's rules beside datatrove's."""
    data = shared_data()
    if not (data / "curation").is_dir():
        return [[f"skipped: {data} is not there", *[""] * 5]]
    stubs = [_stubs(data, with_figures=is_told) for is_told in (False, True)]
    corpora = [_gold(data, 100), _gold(data, 1000), _planted(data), *stubs]
    return [row for corpus in corpora for row in _compared(corpus)] + _rules(data)


def _compared(corpus: Corpus) -> Iterator[list[str]]:
    ours, blind = NearDuplicates(), NearDuplicates(entities=False)
    _clusters(ours, corpus.texts[:20])
    for name, step in (("kgpt", ours), ("kgpt, entities: false", blind)):
        yield _row(f"{corpus.name}: {name}", corpus, *_clusters(step, corpus.texts))
    for name in _RIVALS:
        told = _rival(name, corpus.texts)
        label = f"{corpus.name}: {name}"
        yield [label, told, *[""] * 4] if isinstance(told, str) else _row(label, corpus, *told)


def _row(label: str, corpus: Corpus, clusters: Sequence[int], seconds: float) -> list[str]:
    rate = f"{len(corpus.texts) / seconds:,.0f}"
    members = defaultdict(list)
    for row, cluster in enumerate(clusters):
        members[cluster].append(row)
    if corpus.subjects:
        return [label, rate, *_recalls(corpus, clusters), "", f"{_wrong_frac(corpus, members):.2%}"]
    found = [pair for rows in members.values() for pair in combinations(rows, 2)]
    known = [pair for pair in found if pair in corpus.pairs or _jaccard(corpus.texts, pair) >= _SMALLEST_TRUE]
    true = curation_contestants.joined([*corpus.pairs, *known], len(corpus.texts))
    right = sum(true[left] == true[right] for left, right in found)
    precision = f"{right / len(found):.4f}" if found else "-"
    return [label, rate, *_recalls(corpus, clusters), precision, f"{len(found) - right} of {len(found)} pairs"]


def _recalls(corpus: Corpus, clusters: Sequence[int]) -> list[str]:
    told = []
    for least in (0.8, 0.65):
        wanted = [pair for pair, similar in corpus.pairs.items() if similar >= least]
        found = sum(clusters[left] == clusters[right] for left, right in wanted)
        told.append(f"{found / len(wanted):.3f} of {len(wanted)}" if wanted else "-")
    return told


def _wrong_frac(corpus: Corpus, members: Mapping[int, Sequence[int]]) -> float:
    """The share of subjects of which no text is kept, one text of each cluster staying."""
    kept = {corpus.subjects[min(rows)] for rows in members.values()}
    return 1 - len(kept) / len(set(corpus.subjects))


def _clusters(step: NearDuplicates, texts: Sequence[str]) -> tuple[list[int], float]:
    documents = [Document(str(row), text) for row, text in enumerate(texts)]
    started = time.process_time()
    sketches = [step.sketch(documents[first : first + 1000], None) for first in range(0, len(documents), 1000)]
    whole = {name: np.concatenate([one[name] for one in sketches]) for name in sketches[0]}
    step.decide(whole)
    seconds = time.process_time() - started
    return step.clusters(whole).tolist(), seconds


def _rival(name: str, texts: Sequence[str]) -> tuple[list[int], float] | str:
    """What a contestant in another interpreter found, and its seconds; or that it is not there."""
    python = os.environ.get("KGPT_RIVALS_PYTHON", sys.executable)
    package = name.split(maxsplit=1)[0]
    if subprocess.run([python, "-c", f"import {package}"], capture_output=True, check=False).returncode:
        return "not installed"
    with tempfile.TemporaryDirectory() as room:
        path = Path(room, "texts.jsonl")
        path.write_text("".join(json.dumps(text) + "\n" for text in texts), "utf-8")
        command = [python, curation_contestants.__file__, name, str(path)]
        alone = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        told = subprocess.run(command, capture_output=True, text=True, check=False, env=alone)
    if told.returncode:
        return f"failed: {told.stderr.strip().splitlines()[-1][:60]}"
    found = json.loads(told.stdout.splitlines()[-1])
    return found["found"], found["seconds"]


def _gold(data: Path, size: int) -> Corpus:
    with gzip.open(data / "curation" / f"articles_{size}.train.gz", "rt", encoding="utf-8") as file:
        rows = dict(line.rstrip("\n").split(" ", 1) for line in file)
    places = {name: row for row, name in enumerate(rows)}
    truth = (data / "curation" / f"articles_{size}.truth").read_text("utf-8").splitlines()
    pairs = [tuple(sorted(places[name] for name in line.split())) for line in truth]
    return Corpus(f"articles_{size}", [*rows.values()], dict.fromkeys(pairs, 1.0))


def _planted(data: Path) -> Corpus:
    """Real texts, each with a copy of a similarity between 0.4 and 1."""
    with gzip.open(data / "curation" / "dclm_quality_a.jsonl.gz") as file:
        bases = [json.loads(line)["text"] for line in file]
    with gzip.open(data / "text" / "rebel_docs.jsonl.gz") as file:
        bases += [json.loads(line)["text"] for line in file]
    bases = [text for text in (*bases, *_gold(data, 1000).texts) if len(text.split()) >= 40][:1500]
    rng, words = random.Random(0), [word for text in bases for word in text.split()]
    texts, pairs = [], {}
    for base in bases:
        copy = " ".join(_edited(base.split(), rng.uniform(0, 0.1), words, rng))
        texts += [base, copy]
        pairs[len(texts) - 2, len(texts) - 1] = _similarity(base, copy)
    return Corpus("planted copies", texts, pairs)


def _edited(words: Sequence[str], share: float, others: Sequence[str], rng: random.Random) -> Iterator[str]:
    """`words` with a share of them replaced by words of any text, left out, or followed by one more."""
    for word in words:
        act = rng.choice(("replace", "leave out", "put in")) if rng.random() < share else "keep"
        if act in ("keep", "put in"):
            yield word
        if act in ("replace", "put in"):
            yield rng.choice(others)


_STUB = (
    "{name} is a {kind} in {territory}, {country}. The {kind} is one of the places of {territory} and belongs to the "
    "territory of {country}. Like the other places there it has a town hall, a church and a school, and it is governed "
    "by a council that is elected every four years."
)
_FIGURES = " At the last census it had {people} inhabitants. It lies {height} metres above the sea."


def _stubs(data: Path, *, with_figures: bool) -> Corpus:
    """Stubs about entities in a territory by the graph, and light edits of one in ten; figures are made up."""
    with gzip.open(data / "kg" / "entities.tsv.gz", "rt", encoding="utf-8") as file:
        labels = {row[0]: _unescaped(row[1]) for row in (line.split("\t") for line in file)}
    facts: dict[str, dict[str, str]] = defaultdict(dict)
    with gzip.open(data / "kg" / "triples.tsv.gz", "rt", encoding="utf-8") as file:
        for line in file:
            head, relation, tail, _ = line.split("\t")
            if relation in ("P31", "P131", "P17") and labels.get(tail):
                facts[head].setdefault(relation, labels[tail])
    texts, subjects, pairs, rng = [], [], {}, random.Random(0)
    for entity in sorted(facts):
        told = facts[entity]
        if {"P131", "P17"} <= told.keys() and labels.get(entity) and len(subjects) < _NUM_STUBS:
            filled = {"kind": told.get("P31", "place"), "territory": told["P131"], "country": told["P17"]}
            figures = _FIGURES.format(people=rng.randrange(40, 90_000), height=rng.randrange(1, 900))
            texts.append(_STUB.format(name=labels[entity], **filled) + figures * with_figures)
            subjects.append(entity)
    for row in range(0, len(texts), 10):
        pairs[row, len(texts)] = 0.9
        texts.append(texts[row].replace("a town hall, a church", "a church, a town hall"))
        subjects.append(subjects[row])
    pairs = {pair: _similarity(texts[pair[0]], texts[pair[1]]) for pair in pairs}
    name = f"{len(set(subjects)):,} stubs{' with figures' * with_figures}"
    return Corpus(name, texts, pairs, subjects)


def _unescaped(label: str) -> str:
    """A label whose letters beyond ASCII the source wrote by their numbers."""
    return _ESCAPE.sub(lambda found: chr(int(found.group(1), 16)), label)


def _shingles(text: str) -> set[tuple[str, ...]]:
    words = _WORD.findall(text.lower())
    return {tuple(words[first : first + 5]) for first in range(max(1, len(words) - 4))}


def _similarity(left: str, right: str) -> float:
    one, other = _shingles(left), _shingles(right)
    return len(one & other) / len(one | other)


def _jaccard(texts: Sequence[str], pair: tuple[int, int]) -> float:
    return _similarity(texts[pair[0]], texts[pair[1]])


def _rules(data: Path) -> list[list[str]]:
    """Gopher's rules, ours and datatrove's, on the same texts."""
    with gzip.open(data / "curation" / "dclm_quality_a.jsonl.gz") as file:
        texts = [json.loads(line)["text"] for line in file]
    documents, rows = [Document(str(row), text) for row, text in enumerate(texts)], []
    for name in ("gopher_quality", "gopher_repetition"):
        verdict = corpus_steps.build(name).begin()  # type: ignore[union-attr]
        verdict(documents[0])
        started = time.process_time()
        ours = [int(isinstance(verdict(one), Document)) for one in documents]
        rate = len(texts) / (time.process_time() - started)
        rows.append([f"{name}: kgpt", f"{rate:,.0f}", *[""] * 3, f"{sum(ours)} stay"])
        told = _rival(f"datatrove {name}", texts)
        if isinstance(told, str):
            rows.append([f"{name}: datatrove", told, *[""] * 4])
            continue
        same = sum(a == b for a, b in zip(ours, told[0], strict=True)) / len(texts)
        rate = len(texts) / told[1]
        rows.append([f"{name}: datatrove", f"{rate:,.0f}", *[""] * 3, f"{sum(told[0])} stay, {same:.0%} as ours"])
    return rows
