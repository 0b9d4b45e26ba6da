"""Several short sequences in one row, so that less of a step is padding (best fit, decreasing).

Each keeps its own positions and sees itself alone: `segments` tells the rows' parts apart.
"""

from bisect import bisect_left, insort
from collections.abc import Sequence as SequenceOf

import numpy as np

from kgpt.sequences.sequence import Sequence


def can_be_packed(sequence: Sequence) -> bool:
    """Whether a sequence may share its row: words and graph nodes that all see each other, read by one stack."""
    own = (sequence.visibility, sequence.relative_positions, sequence.subgraph, sequence.segments)
    return not len(sequence.decoder_targets) and not len(sequence.mentions) and all(one is None for one in own)


def pack(sequences: SequenceOf[Sequence], *, max_tokens: int) -> list[Sequence]:
    """Rows of at most `max_tokens` nodes (a longer sequence has a row to itself), every sequence in one of them.

    Differs from packing by arrival (first fit): best fit by falling length fills nearly all of every row but the last.
    """
    rows: list[list[Sequence]] = []
    room: list[tuple[int, int]] = []
    for place in sorted(range(len(sequences)), key=lambda one: -len(sequences[one].ids)):
        size = len(sequences[place].ids)
        tightest = bisect_left(room, (size, 0))
        left, row = room.pop(tightest) if tightest < len(room) else (max_tokens, len(rows))
        if row == len(rows):
            rows.append([])
        rows[row].append(sequences[place])
        insort(room, (left - size, row))
    return [_joined(row) for row in rows]


def _joined(parts: SequenceOf[Sequence]) -> Sequence:
    sizes = [len(one.ids) for one in parts]
    return Sequence(
        ids=np.concatenate([one.ids for one in parts]),
        kinds=np.concatenate([one.kinds for one in parts]),
        positions=np.concatenate([one.positions for one in parts]),
        targets=np.concatenate([one.targets for one in parts]),
        segments=np.repeat(np.arange(len(parts)), sizes),
    )
