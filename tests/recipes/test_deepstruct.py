import numpy as np
import pytest
import torch

from kgpt.recipes import recipes
from kgpt.sequences.outputs import HeadOutput


@pytest.fixture
def stream(training_data):
    recipe = recipes.build({"type": "deepstruct", "tasks": ["triple"], "dataset": "capitals"})
    return recipe.streams(training_data("encoder_decoder"), "encoder_decoder")["structures"].stream


def test_sources_and_targets_are_the_papers(stream, capital_passages, writing_words):
    for index, passage in enumerate(capital_passages):
        row = stream.draw(index, np.random.default_rng(0))
        (triple,) = [item.triple for item in passage.alignments]
        surface = {link.entity: passage.text[link.start : link.end] for link in passage.links}
        target = f"( {surface[triple.head]} ; capital ; {surface[triple.tail]} )"
        source = f"capitals : triple sentence: {passage.text}"
        assert writing_words.decode(row.decoder_targets) == writing_words.decode(writing_words.encode(target))
        assert row.ids.tolist() == writing_words.encode_wrapped(source, max_tokens=512).tolist()


def test_the_loss_is_smoothed_by_a_tenth():
    (objective,) = recipes.build("deepstruct").objectives("encoder_decoder")
    logits, targets = torch.randn(4, 7), torch.tensor([0, 3, 6, 1])

    loss, count = objective.loss([{"decoder": HeadOutput(logits, targets)}])

    chances = logits.log_softmax(dim=1)
    right, uniform = chances[torch.arange(4), targets], chances.mean(dim=1)
    assert float(loss) == pytest.approx(float(-(0.9 * right + 0.1 * uniform).sum()), rel=1e-5)
    assert count == 4
