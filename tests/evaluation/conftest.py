import pytest
import torch

from kgpt.evaluation.answering import PROMPT_KEY, SENTINEL_PROMPT
from kgpt.model import LoadedModel, build_model


def _lively(model):
    """Weights large enough that an untrained model prefers some words."""
    torch.manual_seed(0)
    for parameter in model.parameters():
        if parameter.ndim > 1:
            torch.nn.init.normal_(parameter, std=0.3)
    return model.eval()


@pytest.fixture(scope="session")
def writer(tiny, writing_words):
    """A tiny encoder-decoder that was never trained."""
    model = _lively(build_model(tiny("t5"), writing_words, None))
    return LoadedModel(model, writing_words, "encoder_decoder", {PROMPT_KEY: SENTINEL_PROMPT})


@pytest.fixture(scope="session")
def reader(tiny, masked_words):
    """A tiny encoder that was never trained."""
    model = _lively(build_model(tiny("roberta"), masked_words, None))
    return LoadedModel(model, masked_words, "encoder", {})


@pytest.fixture(scope="session")
def speaker(tiny, masked_words):
    """A tiny decoder that was never trained."""
    model = _lively(build_model(tiny("llama", architecture="decoder"), masked_words))
    return LoadedModel(model, masked_words, "decoder", {})
