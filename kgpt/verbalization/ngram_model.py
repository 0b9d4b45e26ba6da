"""A count-based language model that ranks sentences: add-k towards the shorter context (MacKay and Peto, 1995).

P(w | h) = (c(h w) + k P(w | h')) / (c(h) + k), with h' the history less its oldest word and 1 / V at the bottom.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence

START, END = "<s>", "</s>"


class NgramModel:
    """Counts of stretches of words up to `order`.

    Args:
        sentences: what to count, as words.
        order: longest stretch.
        k: weight of the shorter context.
    """

    def __init__(self, sentences: Iterable[Sequence[str]], *, order: int = 3, k: float = 0.5) -> None:
        self.order, self.k = order, k
        self._counts: Counter[tuple[str, ...]] = Counter()
        self._histories: Counter[tuple[str, ...]] = Counter()
        vocabulary = {END}
        for sentence in sentences:
            vocabulary.update(sentence)
            for history, word in self._steps(sentence):
                for length in range(len(history) + 1):
                    context = history[len(history) - length :]
                    self._counts[(*context, word)] += 1
                    self._histories[context] += 1
        self.num_words = len(vocabulary) + 1  # one for all that was never seen

    def probability(self, word: str, history: Sequence[str]) -> float:
        """Of a word after a history of at most `order - 1` words."""
        chance = 1 / self.num_words
        for length in range(len(history) + 1):
            context = tuple(history[len(history) - length :])
            chance = (self._counts[(*context, word)] + self.k * chance) / (self._histories[context] + self.k)
        return chance

    def score(self, sentence: Sequence[str]) -> float:
        """The mean log-probability (base 2) of a sentence's words and its end; higher is more usual."""
        chances = [math.log2(self.probability(word, history)) for history, word in self._steps(sentence)]
        return sum(chances) / len(chances)

    def _steps(self, sentence: Sequence[str]) -> Iterable[tuple[tuple[str, ...], str]]:
        padded = (*[START] * (self.order - 1), *sentence, END)
        for place in range(self.order - 1, len(padded)):
            yield padded[place - self.order + 1 : place], padded[place]
