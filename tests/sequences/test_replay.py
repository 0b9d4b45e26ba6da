import numpy as np
import pytest

from kgpt.errors import ConfigError
from kgpt.recipes import recipes
from kgpt.records import Question
from kgpt.sequences import MaskedTextStream, Mixture, QuestionStream, WeightedStream
from kgpt.sequences.replay import NEVER_READ, Replay

NUM = 40


def run(replay, num_steps, *, first=0, per_step=5, ahead=1):
    """Read and observe as a loader that is a step ahead does; record i has the loss i. Gives what each step read."""
    read, drawn = {}, {}
    for step in range(first, first + num_steps):
        for early in range(step, step + ahead + 1):
            if early not in drawn:
                drawn[early] = [replay.record(place)[1] for place in range(early * per_step, (early + 1) * per_step)]
        read[step] = drawn[step]
        replay.observe(step, np.array(read[step], np.float32), num_sequences=per_step)
    return read


def test_a_pass_reads_its_share_and_no_record_twice():
    replay = Replay(NUM, 0.5, 0, "triples")

    read = run(replay, 4)

    seen = [record for step in range(4) for record in read[step]]
    assert len(seen) == len(set(seen)) == 20


def test_what_was_never_read_comes_first():
    replay = Replay(NUM, 0.5, 0, "triples")

    read = run(replay, 8)

    first, second = ({r for s in steps for r in read[s]} for steps in (range(4), range(4, 8)))
    assert len(second - first) >= 15  # the draw of the second pass is settled before the first is read to its end


def test_hard_records_are_read_more_often():
    replay = Replay(NUM, 0.25, 0, "triples")

    read = run(replay, 1200)

    times = np.bincount([record for records in read.values() for record in records], minlength=NUM)
    assert times[30:].mean() > 3 * times[1:8].mean()
    assert times[0] < 10  # a record that is known by heart is hardly read again
    assert (replay.losses < NEVER_READ).all()


def test_a_loader_that_reads_ahead_gets_the_same_records_as_one_that_does_not():
    assert run(Replay(NUM, 0.3, 0, "triples"), 60, ahead=0) == run(Replay(NUM, 0.3, 0, "triples"), 60, ahead=1)


@pytest.mark.parametrize("stop", [1, 3, 7, 20])
def test_a_replay_goes_on_from_its_state(stop):
    whole = run(Replay(NUM, 0.3, 0, "triples"), 40)
    before, after = Replay(NUM, 0.3, 0, "triples"), Replay(NUM, 0.3, 0, "triples")

    first = run(before, stop)
    after.load({name: value.copy() for name, value in before.state().items()})

    assert first | run(after, 40 - stop, first=stop) == whole


def test_a_sequence_that_asked_nothing_keeps_its_loss():
    replay = Replay(4, 1.0, 0, "triples")
    records = [replay.record(place)[1] for place in range(4)]

    replay.observe(0, np.array([1.0, np.nan, 2.0, 3.0], np.float32), num_sequences=4)

    assert replay.losses[records[1]] == NEVER_READ
    assert sorted(replay.losses)[:3] == [1.0, 2.0, 3.0]


def questions(vocabulary):
    asked = tuple(Question(f"q{i}", f"What is {i}?", (str(i),)) for i in range(NUM))
    return {"questions": WeightedStream(QuestionStream(questions=asked, vocabulary=vocabulary), 1.0)}


def test_a_mixture_replays_the_streams_it_is_told_to(writing_words):
    mixture = Mixture(
        questions(writing_words), tokens_per_step=60, seed=0, pad_id=writing_words.pad, replayed={"questions": 0.5}
    )
    count = mixture.num_sequences["questions"]

    (batch,) = mixture.batches(0)
    mixture.observe(0, {"questions": np.arange(count, dtype=np.float32)})

    assert len(batch.ids) == count
    assert (mixture.replays["questions"].losses < NEVER_READ).sum() == count
    assert set(mixture.state()) >= {"questions.losses"}


@pytest.mark.parametrize(("name", "share"), [("question", 0.5), ("questions", 0.0), ("questions", 1.5)])
def test_a_wrong_replay_is_told_with_its_place(name, share, writing_words):
    with pytest.raises(ConfigError, match=rf"mixture\.replay.*{name}"):
        Mixture(questions(writing_words), tokens_per_step=60, seed=0, pad_id=0, replayed={name: share})


def test_streams_that_all_weigh_nothing_are_told(writing_words):
    silent = {name: WeightedStream(one.stream, 0.0) for name, one in questions(writing_words).items()}

    with pytest.raises(ConfigError, match=r"streams \(questions\) have no weight above 0"):
        Mixture(silent, tokens_per_step=60, seed=0, pad_id=0)


def test_a_replayed_stream_is_not_packed_so_that_every_record_has_a_row(masked_passages, masked_words):
    streams = {
        name: WeightedStream(MaskedTextStream(passages=masked_passages, vocabulary=masked_words, max_tokens=32), 1.0)
        for name in ("text", "more")
    }
    mixture = Mixture(streams, tokens_per_step=400, seed=0, pad_id=0, pack_to=96, replayed={"text": 0.5})

    batches = dict(zip(mixture.stream_names(0), mixture.batches(0), strict=True))

    assert len(batches["text"].ids) == mixture.num_sequences["text"]
    assert len(batches["more"].ids) < mixture.num_sequences["more"]


def test_records_without_a_loss_of_their_own_are_not_replayed(training_data):
    triples = recipes.build("kepler").streams(training_data("encoder"), "encoder")["triples"]

    with pytest.raises(ConfigError, match=r"mixture\.replay\.triples: its records share their texts"):
        Mixture({"triples": triples}, tokens_per_step=60, seed=0, pad_id=0, replayed={"triples": 0.5})
