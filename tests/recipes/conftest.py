from collections.abc import Callable

import pytest

from kgpt.recipes import TrainingData


@pytest.fixture
def training_data(
    capitals, writing_passages, masked_passages, writing_words, masked_words, capital_questions
) -> Callable[[str], TrainingData]:
    """What a recipe may read, by the architecture it is read for."""

    def data(architecture: str) -> TrainingData:
        if architecture == "encoder":
            return TrainingData(capitals, masked_passages, masked_words, capital_questions)
        return TrainingData(capitals, writing_passages, writing_words, capital_questions)

    return data
