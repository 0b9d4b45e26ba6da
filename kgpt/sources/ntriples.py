"""N-Triples in bulk: plain lines go to the graph builder as spans of bytes, all others through pyoxigraph.

A line is plain where it is written as canonical N-Triples are (single blanks, no escapes), its IRIs are absolute and
none of Wikidata's own nodes, and it says a triple, a name in clean text, or a bare string. What becomes of it is what
`kgpt.sources.rdf` makes of the same line; only that of two labels of one entity in a block of some MiB, one plain and
one not, the plain one counts as the first. The next block is scanned while the last is worked upon.

Shapes: n lines of a block.
"""

import unicodedata
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BufferedIOBase
from pathlib import Path

import numpy as np
import pyoxigraph
from numpy.typing import NDArray

from kgpt.errors import DataError
from kgpt.io import MAX_LINE_BYTES, TORN_ERRORS, open_bytes
from kgpt.kernel import compiled
from kgpt.records import Dropped, GraphItem
from kgpt.sources.block import Block, DroppedBlock, LiteralBlock, NameBlock, NameField, TripleBlock
from kgpt.sources.language import record_language
from kgpt.sources.rdf_record import FIELDS, RdfRecords
from kgpt.sources.wikidata_rdf import DIRECT, ENTITY, RDF_TYPE, SAME_AS, needless

BLOCK_BYTES = 8 << 20
OTHER, LINKED, TEXT = 0, 1, 2
_ENTITY = np.frombuffer(ENTITY.encode(), np.uint8)
_DIRECT = np.frombuffer(DIRECT.encode(), np.uint8)
_STATEMENT = np.frombuffer(b"statement/", np.uint8)
_WIKI = np.frombuffer(b"wiki", np.uint8)
_NAME_FIELDS: dict[str, NameField] = {"label": "label", "aliases": "alias", "description": "description"}
_FORBIDDEN = np.zeros(256, np.bool_)
_FORBIDDEN[:0x21] = True
_FORBIDDEN[[ord(character) for character in '<>"{}|^`\\']] = True


@dataclass(frozen=True, eq=False, slots=True)
class _Lines:
    """The lines of a block, taken apart.

    Args:
        content: bytes of the block, which ends with a line.
        kinds: `LINKED`, `TEXT` or `OTHER`, uint8 [n].
        spans: head, relation, value and language, `[start, stop)` each, ids as kgpt writes them, int64 [n, 4, 2].
        bounds: where each line begins, and the end, int64 [n + 1].
        keys: hashes of relation and language, uint64 [n, 2].
        first_line: number of the first line in the file, from 0.
    """

    content: NDArray[np.uint8]
    kinds: NDArray[np.uint8]
    spans: NDArray[np.int64]
    bounds: NDArray[np.int64]
    keys: NDArray[np.uint64]
    first_line: int


def read_blocks(path: Path, records: RdfRecords, *, lenient: bool) -> Iterator[GraphItem | Dropped | Block]:
    """What the file says, most of it in blocks.

    Args:
        path: the file, plain or compressed.
        records: makes records of what is not plain; knows the languages.
        lenient: accept IRIs that are none.

    Raises:
        DataError: malformed, with file and line, or torn.
    """
    try:
        with open_bytes(path) as file, ThreadPoolExecutor(1) as ahead:
            for lines in _scanned(file, path, ahead):
                yield from _said(lines, records, path, lenient)
        yield from records.rest()
    except TORN_ERRORS as error:
        raise DataError(f"{path}: torn or not what its suffix says: {error}") from error


def _scanned(file: BufferedIOBase, path: Path, ahead: ThreadPoolExecutor) -> Iterator[_Lines]:
    """The blocks of a file, each read and scanned while the one before is worked upon."""
    scanner = _Scanner(file, path)
    task = ahead.submit(scanner.next_block)
    while (lines := task.result()) is not None:
        task = ahead.submit(scanner.next_block)
        yield lines


class _Scanner:
    """Reads whole lines of a file block by block, and takes them apart."""

    def __init__(self, file: BufferedIOBase, path: Path) -> None:
        self._file, self._path = file, path
        self._rest, self._first_line = b"", 0

    def next_block(self) -> _Lines | None:
        """The next lines; None behind the last.

        Raises:
            DataError: a line is too long, or not UTF-8.
        """
        block = self._whole_lines()
        if not block:
            return None
        try:
            block.decode("utf-8")
        except UnicodeDecodeError as error:
            number = self._first_line + block[: error.start].count(b"\n") + 1
            raise DataError(f"{self._path}:{number}: not UTF-8 ({error.reason} at byte {error.start})") from error
        content = np.frombuffer(block, np.uint8)
        bounds = np.concatenate([[0], np.flatnonzero(content == ord("\n")) + 1])
        kinds, spans, keys = _scan(content, bounds, _FORBIDDEN, _ENTITY, _DIRECT, _STATEMENT, _WIKI)
        lines = _Lines(content, kinds, spans, bounds, keys, self._first_line)
        self._first_line += len(kinds)
        return lines

    def _whole_lines(self) -> bytes:
        block = b""
        while not block:
            chunk = self._file.read(BLOCK_BYTES)
            whole = self._rest + chunk if chunk else self._rest + b"\n" * bool(self._rest)
            cut = whole.rfind(b"\n") + 1
            block, self._rest = whole[:cut], whole[cut:]
            if len(self._rest) > MAX_LINE_BYTES:
                raise DataError(
                    f"{self._path}: a line of more than {MAX_LINE_BYTES:,} bytes; no N-Triples, or split it"
                )
            if not chunk:
                break
        return block


def _said(lines: _Lines, records: RdfRecords, path: Path, lenient: bool) -> Iterator[GraphItem | Dropped | Block]:
    kinds = lines.kinds.copy()
    yield from _plain(lines, kinds, records)
    rest = np.flatnonzero(kinds == OTHER)
    if len(rest):
        yield from _through_pyoxigraph(lines, rest, records, path, lenient)


def _plain(lines: _Lines, kinds: NDArray[np.uint8], records: RdfRecords) -> Iterator[Block]:
    """What the plain lines say; lines that turn out otherwise are marked `OTHER` in `kinds`."""
    told = np.flatnonzero(kinds != OTHER)
    _, first, groups = np.unique(lines.keys[told, 0], return_index=True, return_inverse=True)
    predicates = [_predicate(lines, int(place)) for place in told[first]]
    odd = np.array([one in (RDF_TYPE, SAME_AS) or one.startswith(ENTITY) or "%" in one for one in predicates], bool)
    reasons = ["" if is_odd else needless(one) for one, is_odd in zip(predicates, odd, strict=True)]
    for reason in sorted(set(reasons) - {""}):
        yield DroppedBlock(reason, int(np.array([one == reason for one in reasons])[groups].sum()))
    kinds[told[odd[groups]]] = OTHER
    wanted = (~odd & np.array([not reason for reason in reasons], bool))[groups]
    linked = wanted & (kinds[told] == LINKED)
    for group in np.unique(groups[linked]):
        records.note(predicates[group])
    yield TripleBlock(lines.content, lines.spans[told[linked], :3])
    texts = wanted & (kinds[told] == TEXT)
    for group in np.unique(groups[texts]):
        yield from _texts(lines, told[texts & (groups == group)], predicates[group], records, kinds)


def _predicate(lines: _Lines, row: int) -> str:
    """The predicate of a line; the scan cuts Wikidata's own to `P36`."""
    text = _text(lines, lines.spans[row, 1])
    return DIRECT + text if ":" not in text else text


def _texts(
    lines: _Lines, rows: NDArray[np.int64], predicate: str, records: RdfRecords, kinds: NDArray[np.uint8]
) -> Iterator[Block]:
    field = FIELDS.get(predicate)
    if field is not None:
        of_relation = _has_head(lines, rows, records.relations)
        kinds[rows[of_relation]] = OTHER
        rows = rows[~of_relation]
    if not unicodedata.is_normalized("NFC", _joined(lines, rows)):
        kinds[rows] = OTHER
    elif field is None:
        yield from _strings(lines, rows, predicate, records, kinds)
    else:
        yield from _names(lines, rows, _NAME_FIELDS[field], records)


def _strings(
    lines: _Lines, rows: NDArray[np.int64], predicate: str, records: RdfRecords, kinds: NDArray[np.uint8]
) -> Iterator[Block]:
    bare = lines.spans[rows, 3, 0] == lines.spans[rows, 3, 1]
    kinds[rows[~bare]] = OTHER
    if bare.any():
        records.note(predicate)
        yield LiteralBlock(lines.content, lines.spans[rows[bare], :3])


def _names(lines: _Lines, rows: NDArray[np.int64], field: NameField, records: RdfRecords) -> Iterator[Block]:
    _, first, groups = np.unique(lines.keys[rows, 1], return_index=True, return_inverse=True)
    for group, place in enumerate(rows[first]):
        chosen = rows[groups == group]
        language = record_language(_text(lines, lines.spans[place, 3]), records.languages)
        if language is None:
            yield DroppedBlock("other_language", len(chosen))
        else:
            yield NameBlock(lines.content, lines.spans[chosen][:, [0, 2]], field, language)


def _has_head(lines: _Lines, rows: NDArray[np.int64], iris: set[str]) -> NDArray[np.bool_]:
    """Which lines are about one of `iris`."""
    encoded = [np.frombuffer(iri.encode(), np.uint8) for iri in iris]
    known = np.array([_hash(iri, 0, len(iri)) for iri in encoded], np.uint64)
    return np.isin(_hash_all(lines.content, lines.spans[rows, 0]), known)


def _text(lines: _Lines, span: NDArray[np.int64]) -> str:
    return lines.content[span[0] : span[1]].tobytes().decode("utf-8")


def _joined(lines: _Lines, rows: NDArray[np.int64]) -> str:
    """The texts of lines one after the other, with line breaks between, if any of them is not ASCII."""
    spans = lines.spans[rows, 2]
    return _gather(lines.content, spans).tobytes().decode("utf-8")


def _through_pyoxigraph(
    lines: _Lines, rows: NDArray[np.int64], records: RdfRecords, path: Path, lenient: bool
) -> Iterator[GraphItem | Dropped]:
    content, bounds = lines.content, lines.bounds
    text = b"".join(content[bounds[row] : bounds[row + 1]].tobytes() for row in rows)
    try:
        for statement in pyoxigraph.parse(text, format=pyoxigraph.RdfFormat.N_TRIPLES, lenient=lenient):
            yield from records.records(statement)
    except SyntaxError as error:
        line = lines.first_line + int(rows[min(len(rows), error.lineno or 1) - 1]) + 1
        raise DataError(f"{path}:{line}: not N-Triples: {error.msg}") from error


@compiled
def _scan(  # noqa: C901 - the parts of a line, one after the other
    content: NDArray[np.uint8],
    bounds: NDArray[np.int64],
    forbidden: NDArray[np.bool_],
    entity: NDArray[np.uint8],
    direct: NDArray[np.uint8],
    statement: NDArray[np.uint8],
    wiki: NDArray[np.uint8],
) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.uint64]]:
    num_lines = len(bounds) - 1
    kinds = np.zeros(num_lines, np.uint8)
    spans = np.zeros((num_lines, 4, 2), np.int64)
    keys = np.zeros((num_lines, 2), np.uint64)
    for i in range(num_lines):
        last = bounds[i + 1] - 1
        head = _iri_end(content, bounds[i], last, forbidden)
        if head < 0 or head + 1 >= last or content[head] != 32:
            continue
        relation = _iri_end(content, head + 1, last, forbidden)
        if relation < 0 or relation + 1 >= last or content[relation] != 32:
            continue
        if not _ends(content, last):
            continue
        start, value = relation + 1, last - 2
        spans[i, 0, 0], spans[i, 0, 1] = _local(content, bounds[i] + 1, head - 1, entity, statement, wiki)
        spans[i, 1, 0], spans[i, 1, 1] = head + 2, relation - 1
        if spans[i, 0, 0] < 0:
            continue
        if _begins(content, spans[i, 1, 0], spans[i, 1, 1], direct):
            spans[i, 1, 0] += len(direct)
        keys[i, 0] = _hash(content, spans[i, 1, 0], spans[i, 1, 1])
        if content[start] == 60:  # <
            if _iri_end(content, start, last, forbidden) != value:
                continue
            spans[i, 2, 0], spans[i, 2, 1] = _local(content, start + 1, value - 1, entity, statement, wiki)
            kinds[i] = LINKED if spans[i, 2, 0] >= 0 else OTHER
        elif content[start] == 34:  # "
            stop = _clean_text_end(content, start + 1, value)
            if stop < 0:
                continue
            spans[i, 2, 0], spans[i, 2, 1] = start + 1, stop
            if stop + 1 < value and content[stop + 1] == 64:  # @
                spans[i, 3, 0], spans[i, 3, 1] = stop + 2, value
                keys[i, 1] = _hash(content, stop + 2, value)
                kinds[i] = TEXT if _is_language(content, stop + 2, value) else OTHER
            elif stop + 1 == value:
                kinds[i] = TEXT
    return kinds, spans, keys


@compiled
def _ends(content: NDArray[np.uint8], last: int) -> bool:
    """Whether a line closes with a blank and a full stop."""
    return bool(content[last - 1] == 46 and content[last - 2] == 32)


@compiled
def _iri_end(content: NDArray[np.uint8], start: int, stop: int, forbidden: NDArray[np.bool_]) -> int:
    """One past the `>` of an absolute IRI that begins at `start`, -1 where there is none."""
    if start >= stop or content[start] != 60:
        return -1
    scheme = False
    for place in range(start + 1, stop):
        byte = content[place]
        if byte == 62:
            return place + 1 if scheme else -1
        if forbidden[byte]:
            return -1
        scheme |= byte == 58 and place > start + 1
    return -1


@compiled
def _begins(content: NDArray[np.uint8], start: int, stop: int, prefix: NDArray[np.uint8]) -> bool:
    if stop - start <= len(prefix):
        return False
    for i in range(len(prefix)):  # noqa: SIM110 - numba compiles no generator
        if content[start + i] != prefix[i]:
            return False
    return True


@compiled
def _local(
    content: NDArray[np.uint8],
    start: int,
    stop: int,
    entity: NDArray[np.uint8],
    statement: NDArray[np.uint8],
    wiki: NDArray[np.uint8],
) -> tuple[int, int]:
    """The span of the id of an IRI; (-1, -1) where it is one of Wikidata's nodes, or escaped."""
    if _begins(content, start, stop, entity):
        first = start + len(entity)
        if _begins(content, first, stop, statement) or content[first] == 80:  # P: a property's names are a relation's
            return -1, -1
        for place in range(first, stop):
            if content[place] == 37:  # %
                return -1, -1
        return first, stop
    for place in range(start, stop - len(wiki)):
        if _begins(content, place, stop, wiki):
            return -1, -1
    return start, stop


@compiled
def _clean_text_end(content: NDArray[np.uint8], start: int, stop: int) -> int:
    """Where the quote closes a text without escapes, control characters or needless blanks; -1 elsewhere."""
    if start >= stop or content[start] == 34 or content[start] == 32:
        return -1
    for place in range(start, stop):
        byte = content[place]
        if byte == 34:
            return -1 if content[place - 1] == 32 else place
        if byte == 92 or byte < 32 or byte == 127 or (byte == 32 and content[place + 1] == 32):
            return -1
        if byte >= 0xC2 and _is_blank(content, place):
            return -1
    return -1


@compiled
def _is_blank(content: NDArray[np.uint8], place: int) -> bool:
    """Whether a character beyond ASCII is a blank, a control character or may be invisible."""
    byte, second = content[place], content[place + 1]
    if byte == 0xC2:
        return bool(second <= 0xA0 or second == 0xAD)
    if byte == 0xE1:
        return bool(second in (0x9A, 0xA0))
    if byte == 0xE2:
        third = content[place + 2]
        return bool((second == 0x80 and (third <= 0x8F or third >= 0xA8)) or (second == 0x81 and third <= 0xAF))
    return bool((byte == 0xE3 and second == 0x80 and content[place + 2] == 0x80) or byte == 0xEF)


@compiled
def _is_language(content: NDArray[np.uint8], start: int, stop: int) -> bool:
    for place in range(start, stop):
        byte = content[place]
        if not (97 <= byte <= 122 or 65 <= byte <= 90 or 48 <= byte <= 57 or byte == 45):
            return False
    return stop > start


@compiled
def _hash(content: NDArray[np.uint8], start: int, stop: int) -> np.uint64:
    value = np.uint64(0xCBF29CE484222325)
    for place in range(start, stop):
        value = (value ^ np.uint64(content[place])) * np.uint64(0x100000001B3)
    return value


@compiled
def _hash_all(content: NDArray[np.uint8], spans: NDArray[np.int64]) -> NDArray[np.uint64]:
    out = np.empty(len(spans), np.uint64)
    for i in range(len(spans)):
        out[i] = _hash(content, spans[i, 0], spans[i, 1])
    return out


@compiled
def _gather(content: NDArray[np.uint8], spans: NDArray[np.int64]) -> NDArray[np.uint8]:
    """The bytes of those spans that are not ASCII, a line break after each."""
    total = 0
    wide = np.zeros(len(spans), np.bool_)
    for i in range(len(spans)):
        for place in range(spans[i, 0], spans[i, 1]):
            if content[place] >= 128:
                wide[i] = True
                total += spans[i, 1] - spans[i, 0] + 1
                break
    out = np.empty(total, np.uint8)
    count = 0
    for i in range(len(spans)):
        if wide[i]:
            for place in range(spans[i, 0], spans[i, 1]):
                out[count] = content[place]
                count += 1
            out[count] = 10
            count += 1
    return out
