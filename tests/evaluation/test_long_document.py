import math

import pytest
import torch

from kgpt.errors import CheckpointError
from kgpt.evaluation import evaluate_long_documents
from kgpt.records import Document


@pytest.fixture
def document():
    return Document("d1", " ".join(f"Berlin is the capital of Germany and Paris of France, {i}." for i in range(40)))


def test_the_figure_is_the_stock_models_loss_on_the_last_words(speaker, document):
    (short, long) = evaluate_long_documents(speaker, [document], lengths=[16, 60], num_asked=20)

    words = speaker.vocabulary.encode(document.text)[:80]
    for outcome, length in ((short, 16), (long, 60)):
        given = [speaker.vocabulary.tokenizer.bos_token_id, *words[-(length + 20) :].tolist()]
        with torch.no_grad():
            chances = speaker.model.backbone(torch.tensor([given])).logits[0].log_softmax(dim=-1)
        nats = -sum(float(chances[place - 1, given[place]]) for place in range(len(given) - 20, len(given)))
        num_bytes = len(speaker.vocabulary.decode(words[-20:]).encode())
        assert outcome.value == pytest.approx(nats / math.log(2) / num_bytes, rel=1e-4)
    assert [one.subsets for one in (short, long)] == [("length_16",), ("length_60",)]


def test_a_short_document_is_left_out(speaker):
    assert not evaluate_long_documents(speaker, [Document("d1", "Berlin.")], lengths=[60])


def test_an_encoder_is_refused(reader, document):
    with pytest.raises(CheckpointError, match="read by a decoder"):
        evaluate_long_documents(reader, [document], lengths=[16])
