import numpy as np
import pytest
import torch

from kgpt.evaluation.label_scoring import score_labels

LABELS = ["Germany", "Norway", "Bryn Mawr", "a long winter", "Rome"]
BEFORE, AFTER = "Berlin is the capital of ", ", a city of bridges."


def written(loaded, before, after, label):
    """Log-probability of sentinel, label, end; the stock model asked word by word."""
    words = loaded.vocabulary
    source = torch.from_numpy(words.encode_wrapped(f"{before}<extra_id_0>{after}", max_tokens=128))[None]
    targets = [words.sentinel(0), *words.encode(label).tolist(), words.end]
    logits = loaded.model.backbone(source, decoder_input_ids=torch.tensor([[0, *targets[:-1]]])).logits[0]
    return sum(float(row.log_softmax(0)[target]) for row, target in zip(logits, targets, strict=True))


def masked(loaded, before, after, label):
    """Mean log-probability of the label's words at as many masks."""
    words, targets = loaded.vocabulary, loaded.vocabulary.encode(label).tolist()
    ids = torch.from_numpy(words.encode_wrapped(f"{before}{'<mask>' * len(targets)}{after}", max_tokens=128))
    chances = loaded.model.backbone(ids[None]).logits[0, ids == words.mask].log_softmax(dim=-1)
    return float(np.mean([float(row[target]) for row, target in zip(chances, targets, strict=True)]))


def continued(loaded, before, after, label):
    """Log-probability of label, the rest, end after what stands before."""
    words = loaded.vocabulary
    num_given = 1 + (len(words.encode(before.rstrip())) if before else 0)
    ids = words.encode_wrapped(f"{before}{label}{after}", max_tokens=128).tolist()
    logits = loaded.model.backbone(torch.tensor([ids])).logits[0].log_softmax(dim=-1)
    return sum(float(logits[place - 1, ids[place]]) for place in range(num_given, len(ids)))


@torch.inference_mode()
@pytest.mark.parametrize(("kind", "reference"), [("writer", written), ("reader", masked), ("speaker", continued)])
@pytest.mark.parametrize(("before", "after"), [(BEFORE, AFTER), ("", " is where Berlin is."), (BEFORE, "")])
def test_scores_are_the_stock_models_wherever_the_label_stands(kind, reference, before, after, request):
    loaded = request.getfixturevalue(kind)

    found = score_labels(loaded, f"{before}[Y]{after}", LABELS)

    assert found == pytest.approx([reference(loaded, before, after, label) for label in LABELS], rel=1e-4)


@pytest.mark.parametrize("kind", ["writer", "reader", "speaker"])
def test_without_a_place_the_label_goes_at_the_end(kind, request):
    loaded = request.getfixturevalue(kind)

    assert score_labels(loaded, "the capital of", LABELS).tolist() == pytest.approx(
        score_labels(loaded, "the capital of [Y]", LABELS).tolist()
    )


@pytest.mark.parametrize("kind", ["writer", "reader"])
def test_of_a_long_text_the_words_around_the_place_are_read(kind, request):
    loaded = request.getfixturevalue(kind)
    words = loaded.vocabulary
    assert len(words.encode(" Spain" * 7)) == 7
    room = 21 - len(words.prefix) - len(words.suffix)
    left, right = room // 2, room - room // 2 - 1

    whole = score_labels(loaded, "Spain " * left + "[Y]" + " Spain" * right, LABELS)
    cut = score_labels(loaded, "Rome " * 30 + "Spain " * left + "[Y]" + " Spain" * 40, LABELS, max_tokens=21)

    assert cut.tolist() == pytest.approx(whole.tolist())


def test_many_labels_are_scored_as_few_are(reader):
    labels = [f"{one} {number}" for number in range(40) for one in LABELS]

    found = score_labels(reader, f"{BEFORE}[Y].", labels)

    assert found[-5:].tolist() == pytest.approx(score_labels(reader, f"{BEFORE}[Y].", labels[-5:]).tolist())


@pytest.mark.parametrize("kind", ["writer", "reader", "speaker"])
def test_no_labels_have_no_scores(kind, request):
    assert score_labels(request.getfixturevalue(kind), f"{BEFORE}[Y].", []).shape == (0,)
