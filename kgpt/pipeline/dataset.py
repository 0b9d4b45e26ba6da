"""A corpus or a run as a dataset folder: Parquet files and a card, which `datasets.load_dataset(FOLDER)` opens.

Enters: a curated corpus, or a run with its stages 2, 4 and 5. Leaves: a configuration each for the documents
(`corpus`), the tokenised passages (`sequences`) and the questions with their splits. Given up: masks, neighbours and
corruptions, which are made when a step is read and depend on the recipe.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, get_args

import pyarrow as pa
from pyarrow import parquet

from kgpt.alignment.passages import read_passages
from kgpt.atomic import atomic_folder
from kgpt.errors import DataError, did_you_mean
from kgpt.io import write_json
from kgpt.manifest import versions
from kgpt.pipeline.chain import require_chain
from kgpt.pipeline.data_stages import DOCUMENTS, PASSAGES, QUESTIONS, read_documents
from kgpt.pipeline.dataset_card import Part, write_dataset_card
from kgpt.pipeline.dataset_schema import CORPUS, SEQUENCES, document_row, question_row, sequence_row
from kgpt.pipeline.dataset_schema import QUESTIONS as QUESTION_SCHEMA
from kgpt.pipeline.slices import SliceCounts
from kgpt.progress import say
from kgpt.records import Question, QuestionSplit
from kgpt.sequences import open_passage_store
from kgpt.sources.questions import QuestionsFile

MARK = "kgpt-dataset.json"
"""Lies in every folder that is written here: no other is ever replaced."""
FILE_ROWS = 100_000
"""A Parquet file has so many rows at most."""
_BATCH_ROWS = 1_000
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Table:
    """One configuration: its rows by split, made anew at each call."""

    schema: pa.Schema
    rows: Mapping[str, Callable[[], Iterator[Row]]]
    stage: Path


def write_dataset(source: Path, out: Path, *, parts: Sequence[str] = (), title: str = "") -> dict[str, int]:
    """Write the dataset folder of a curated corpus or a run; gives the rows of each part.

    Args:
        source: a folder that `kgpt corpus build` wrote, or a run.
        out: the new folder; an earlier one of kgpt's is replaced.
        parts: those wanted; none named are all that there are.
        title: of the card; the source's name where nobody says.

    Raises:
        DataError: neither corpus nor run, a run with stages of another one, or a part that it has not.
    """
    tables = _tables(source)
    for name in parts:
        if name not in tables:
            raise DataError(f"{source}: has no part {name!r}; {did_you_mean(name, tables)}")
    chosen = {name: table for name, table in tables.items() if not parts or name in parts}
    empty = {name for name, table in chosen.items() if all(next(read(), None) is None for read in table.rows.values())}
    if empty and (parts or empty == chosen.keys()):
        raise DataError(f"{source}: its part {min(empty)!r} is empty, which `datasets` cannot open")
    for name in empty:
        say(f"{source}: its part {name!r} is empty and left out")
        del chosen[name]
    require_chain(source, until="corpus" if set(chosen) <= {"corpus"} else "sequences")
    with atomic_folder(out, mark=MARK) as folder:
        told = [_write_part(name, table, folder) for name, table in chosen.items()]
        write_dataset_card(folder, title or source.resolve().name, told)
        rows = {part.name: dict(part.rows) for part in told}
        write_json(folder / MARK, {"rows": rows, "versions": versions()})
    return {name: sum(splits.values()) for name, splits in rows.items()}


def _tables(source: Path) -> dict[str, _Table]:
    corpus = source / "2-corpus" if (source / "2-corpus").is_dir() else source
    if not (corpus / DOCUMENTS).is_file():
        raise DataError(f"{source}: neither a curated corpus nor a run with one; make one with `kgpt corpus build`")
    tables = {"corpus": _Table(CORPUS, {"train": lambda: map(document_row, read_documents(corpus))}, corpus)}
    sequences = source / "5-sequences"
    if corpus != source and sequences.is_dir():
        tables["sequences"] = _Table(SEQUENCES, {"train": lambda: _sequence_rows(source)}, sequences)
        questions = list(QuestionsFile(sequences / QUESTIONS).read())
        found = {one.split for one in questions}
        splits: dict[str, Callable[[], Iterator[Row]]] = {
            split: _of_split(questions, split) for split in get_args(QuestionSplit) if split in found
        }
        if splits:
            tables["questions"] = _Table(QUESTION_SCHEMA, splits, sequences)
    return tables


def _of_split(questions: Iterable[Question], split: str) -> Callable[[], Iterator[Row]]:
    return lambda: (question_row(one) for one in questions if one.split == split)


def _sequence_rows(run: Path) -> Iterator[Row]:
    store = open_passage_store(run / "5-sequences")
    for number, passage in enumerate(read_passages(run / "4-aligned" / PASSAGES)):
        if number >= len(store) or store.ids[number] != passage.id:
            raise DataError(f"{run}: stages 4 and 5 are not of one run; `kgpt run` makes them again")
        yield sequence_row(passage, store.word_ids(number).tolist())


def _write_part(name: str, table: _Table, folder: Path) -> Part:
    """The files of a configuration, and what its card says."""
    (folder / name).mkdir()
    rows: dict[str, int] = {}
    counts = SliceCounts()
    for split, read in table.rows.items():
        rows[split] = _write_split((_counted(row, counts) for row in read()), table.schema, folder / name / split)
    return Part(name=name, rows=rows, slices=counts.found(), stage=table.stage)


def _write_split(rows: Iterator[Row], schema: pa.Schema, stem: Path) -> int:
    count = 0
    for number in range(10**5):
        file_rows = islice(rows, FILE_ROWS)
        first = list(islice(file_rows, _BATCH_ROWS))
        if not first and number:
            break
        path = stem.with_name(f"{stem.name}-{number:05}.parquet")
        with ExitStack() as stack:
            writer = stack.enter_context(parquet.ParquetWriter(path, schema, write_page_checksum=True))
            while first:
                writer.write_batch(pa.RecordBatch.from_pylist(first, schema=schema))
                count += len(first)
                first = list(islice(file_rows, _BATCH_ROWS))
    return count


def _counted(row: Row, counts: SliceCounts) -> Row:
    """`row`, counted."""
    counts.add(
        row.get("text") or row.get("question") or "",
        source=row["source"],
        license=row.get("license") or "",
        language=row.get("language") or "",
    )
    return row
