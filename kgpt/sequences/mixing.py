"""What each training step reads: so many sequences of every stream, by token share, replayable at any step.

Enters: streams with weights and a token budget a step. Leaves: for step t a tuple of batches, one a stream, that
depends on (seed, t) alone: nothing needs to be replayed to go on from any step. Streams are kept in batches of their
own because their lengths differ: padding a triple to a passage's length would waste most of the step.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from kgpt.errors import ConfigError, did_you_mean
from kgpt.randomness import generator
from kgpt.sequences.batch import Batch, collate
from kgpt.sequences.packing import can_be_packed, pack
from kgpt.sequences.replay import Replay
from kgpt.sequences.sequence import Sequence
from kgpt.sequences.stream import CandidateStream, CollatingStream, NeighborhoodStream, Row, Stream
from kgpt.wkgraph.graph import NodeKind

_PROBED = 256
_TRIES = 6


Shown = Literal["passages", "triples", "nothing"]


@dataclass(frozen=True, slots=True)
class WeightedStream:
    """A stream with its share of every step's tokens.

    Args:
        stream: what is read.
        weight: its share; weights need not sum to 1.
        shows: what facts a pass over it tells: those of the passages, the graph's triples, or none to be counted (the
            train questions).
    """

    stream: Stream
    weight: float
    shows: Shown = "passages"


@dataclass(frozen=True)
class Mixture:
    """Streams mixed by token share.

    Args:
        streams: by name; weights need not sum to 1.
        tokens_per_step: nodes read and words written a step, on average.
        seed: of everything random.
        pad_id: fills padded words.
        pack_to: sequences that allow it share rows of so many nodes; 0 packs none, nor does a replayed stream.
        replayed: streams of which a pass reads that share of the records, hard ones more often; see `replay`.
    """

    streams: Mapping[str, WeightedStream]
    tokens_per_step: int
    seed: int
    pad_id: int
    pack_to: int = 0
    replayed: Mapping[str, float] = field(default_factory=dict)
    replays: Mapping[str, Replay] = field(init=False)
    num_sequences: Mapping[str, int] = field(init=False)

    def __post_init__(self) -> None:
        for name, weighted in self.streams.items():
            if not len(weighted.stream):
                raise ConfigError(f"stream {name}: it has no record; give it data or the weight 0")
        total = sum(weighted.weight for weighted in self.streams.values())
        if total <= 0:
            named = ", ".join(self.streams) or "none"
            raise ConfigError(f"the streams ({named}) have no weight above 0, so a step would read nothing; raise one")
        shares = {name: weighted.weight / total for name, weighted in self.streams.items()}
        counts = {name: self._count(name, shares[name]) for name in self.streams}
        object.__setattr__(self, "num_sequences", counts)
        object.__setattr__(self, "replays", {name: self._replay(name, share) for name, share in self.replayed.items()})

    def batches(self, step: int, *, rank: int = 0, world: int = 1) -> tuple[Batch, ...]:
        """The batches of one step, in the streams' order; of `world` processes each has its own part of every stream.

        A process that is given no sequence of a stream (there are fewer than processes) has no batch of it.
        """
        rows = {name: self._rows(name, step, rank, world) for name in self.streams}
        return tuple(self._collated(name, step, drawn) for name, drawn in rows.items() if drawn)

    def stream_names(self, step: int, *, rank: int = 0, world: int = 1) -> tuple[str, ...]:
        """The streams of `batches(step, rank=rank, world=world)`, in their order."""
        del step
        return tuple(name for name, count in self.num_sequences.items() if len(range(count)[rank::world]))

    def num_sequences_at(self, step: int) -> Mapping[str, int]:
        """Sequences of every stream that a step reads."""
        del step
        return self.num_sequences

    def observe(self, step: int, losses: Mapping[str, NDArray[np.float32]]) -> None:
        """Take in the losses of a step's sequences of every replayed stream, in order over all processes."""
        for name, replay in self.replays.items():
            replay.observe(step, losses[name], num_sequences=self.num_sequences[name])

    def state(self) -> dict[str, NDArray[np.generic]]:
        """What a checkpoint must keep to go on exactly; nothing where no stream is replayed."""
        return {name: value for replay in self.replays.values() for name, value in replay.state().items()}

    def load_state(self, state: Mapping[str, NDArray[np.generic]]) -> None:
        """Go on from what a checkpoint kept."""
        for replay in self.replays.values():
            replay.load(state)

    def passes(self, num_steps: int) -> dict[str, float]:
        """How often each stream's records are seen in `num_steps` steps."""
        return {name: num_steps * count / len(self.streams[name].stream) for name, count in self.num_sequences.items()}

    @property
    def most_sequences(self) -> int:
        """Sequences a step of the largest stream."""
        return max(self.num_sequences.values())

    @property
    def shows(self) -> Mapping[str, Shown]:
        """What facts a pass over each stream tells."""
        return {name: one.shows for name, one in self.streams.items()}

    def _rows(self, name: str, step: int, rank: int, world: int) -> list[Row]:
        count = self.num_sequences[name]
        return [self._row(name, place) for place in range(step * count, (step + 1) * count)[rank::world]]

    def _collated(self, name: str, step: int, rows: list[Any]) -> Batch:
        stream = self.streams[name].stream
        if isinstance(stream, CollatingStream):
            return stream.collate(rows, pad_id=self.pad_id)
        if self.pack_to and name not in self.replays and all(map(can_be_packed, rows)):
            rows = pack(rows, max_tokens=self.pack_to)
        if not isinstance(stream, CandidateStream):
            return collate(rows, pad_id=self.pad_id)
        candidates = _with_gold(stream.draw_candidates(generator(self.seed, name, "candidates", step)), rows)
        batch = collate(rows, pad_id=self.pad_id, candidates=candidates)
        if (log_q := stream.log_expected(candidates)) is not None:
            batch = batch.with_log_q(log_q)
        if not isinstance(stream, NeighborhoodStream):
            return batch
        around = stream.neighborhood(_entities(rows), candidates, generator(self.seed, name, "neighbors", step))
        return batch if around is None else batch.with_subgraph(around)

    def _row(self, name: str, place: int) -> Row:
        stream = self.streams[name].stream
        if name in self.replays:
            epoch, index = self.replays[name].record(place)
        else:
            epoch, rank = divmod(place, len(stream))
            index = int(_order(self.seed, name, epoch, len(stream))[rank])
        row: Row = stream.draw(index, generator(self.seed, name, epoch, index))
        return row

    def _replay(self, name: str, share: float) -> Replay:
        if name not in self.streams:
            raise ConfigError(f"mixture.replay: no stream is called {name!r}; {did_you_mean(name, list(self.streams))}")
        if not 0 < share <= 1:
            raise ConfigError(f"mixture.replay.{name}: expected more than 0 and at most 1, found {share:g}")
        if isinstance(self.streams[name].stream, CollatingStream):
            raise ConfigError(f"mixture.replay.{name}: its records share their texts and have no loss of their own")
        return Replay(len(self.streams[name].stream), share, self.seed, name)

    def _count(self, name: str, share: float) -> int:
        """Sequences a step that make up the stream's share, by the mean length of a few hundred draws."""
        stream = self.streams[name].stream
        indices = np.linspace(0, len(stream) - 1, min(_PROBED, len(stream))).astype(int)
        lengths = [stream.draw(i, generator(self.seed, name, "probe", i)).num_tokens for i in indices.tolist()]
        count = max(1, round(share * self.tokens_per_step / float(np.mean(lengths))))
        return self._collated_count(name, share, count) if isinstance(stream, CollatingStream) else count

    def _collated_count(self, name: str, share: float, count: int) -> int:
        """The same where records share what they read: the more of them, the less each costs; a pass a step at most."""
        stream = self.streams[name].stream
        assert isinstance(stream, CollatingStream)
        order, most = _order(self.seed, name, 0, len(stream)), max(count, len(stream))
        for _ in range(_TRIES):
            places = order[np.arange(count) % len(stream)].tolist()
            rows = [stream.draw(i, generator(self.seed, name, "probe", i)) for i in places]
            read = stream.collate(rows, pad_id=self.pad_id).num_tokens
            count = min(max(1, round(count * share * self.tokens_per_step / read)), most)
        return count


@lru_cache(maxsize=8)
def _order(seed: int, name: str, epoch: int, length: int) -> NDArray[np.int64]:
    """The order of a stream's records in one pass."""
    return generator(seed, name, "order", epoch).permutation(length)


def _entities(sequences: list[Sequence]) -> NDArray[np.int64]:
    """The entities that sequences read or ask for, sorted, without repeats; a mask's number may be among them."""
    of_kind = [sequence.kinds == NodeKind.ENTITY for sequence in sequences]
    nodes = [np.concatenate([s.ids[k], s.targets[k]]) for s, k in zip(sequences, of_kind, strict=True)]
    entities = np.unique(np.concatenate(nodes))
    return entities[entities >= 0]


def _with_gold(negatives: NDArray[np.int64], sequences: list[Sequence]) -> NDArray[np.int64]:
    """The entities asked for in the batch and the negatives, sorted, without repeats (CoLAKE)."""
    gold = [s.targets[(s.kinds == NodeKind.ENTITY) & (s.targets >= 0)] for s in sequences]
    return np.unique(np.concatenate([*gold, negatives]))
