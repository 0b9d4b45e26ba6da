"""What an arm's model answers, each answer held against the graph's; models are loaded when first asked, once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import torch

from kgpt.errors import CheckpointError
from kgpt.evaluation import Answer, answer, exact_match
from kgpt.evaluation.contradiction import CheckedFact, contradicted_items, names_of
from kgpt.evaluation.question_answering import TASK
from kgpt.kg import KnowledgeGraph
from kgpt.model import LoadedModel, load_checkpoint
from kgpt.pipeline.arm import MODEL
from kgpt.pipeline.measuring import MAJORITY
from kgpt.progress import say
from kgpt.records import Outcome
from kgpt.report.graph_answer import GraphAnswer
from kgpt.report.run_record import RunRecord
from kgpt.sequences import Vocabulary

MASK = "[MASK]"
NUM_ANSWERS = 5
RIGHT, CONTRADICTED, WRONG, UNJUDGED = "right", "contradicted", "wrong", ""
_MAX_TOKENS = 256


@dataclass(frozen=True, slots=True)
class JudgedAnswer:
    """What a model says, its probability, and how that fares against the graph."""

    text: str
    probability: float
    verdict: str


@dataclass(frozen=True, slots=True)
class ArmAnswers:
    """What one arm says.

    Args:
        answers: the likeliest first; none of an encoder, which cannot write.
        completions: of an encoder, of each mask in the text, the likeliest words.
        is_encoder: whether it is one.
    """

    answers: tuple[JudgedAnswer, ...] = ()
    completions: tuple[tuple[JudgedAnswer, ...], ...] = ()
    is_encoder: bool = False


@dataclass(frozen=True)
class ArmModels:
    """The models of a run by arm and seed, each loaded when it is first asked; one thread at a time.

    Args:
        folders: where each checkpoint lies; only what is named here is ever opened.
    """

    folders: Mapping[tuple[str, int], Path]
    _loaded: dict[tuple[str, int], LoadedModel] = field(default_factory=dict)

    @classmethod
    def of(cls, run: RunRecord) -> "ArmModels":
        """The models that answer: fine-tuned on the train questions where the run has such, else as pre-trained."""
        found = dict[tuple[str, int], Path]()
        for arm in run.arms:
            for seed in run.seeds:
                places = [run.folder / room / arm / str(seed) / MODEL for room in ("7-results", "6-arms")]
                if arm != MAJORITY and (there := [place for place in places if place.is_dir()]):
                    found[arm, seed] = there[0]
        return cls(found)

    def ask(self, arm: str, seed: int, question: str, told: GraphAnswer, graph: KnowledgeGraph) -> ArmAnswers:
        """What the arm says to `question`; an encoder completes its masks."""
        loaded = self.model(arm, seed)
        if loaded.architecture == "encoder":
            return ArmAnswers(completions=complete_masks(loaded, question), is_encoder=True)
        return ArmAnswers(judged(answer(loaded, [question], num_answers=NUM_ANSWERS)[0], told, graph))

    def model(self, arm: str, seed: int) -> LoadedModel:
        """The arm's model.

        Raises:
            CheckpointError: the run has no such model, or it cannot be opened.
        """
        if (arm, seed) not in self.folders:
            raise CheckpointError("the run has no model of this arm and seed; choose another")
        if (arm, seed) not in self._loaded:
            say(f"loading the model of arm {arm}, seed {seed}")
            self._loaded[arm, seed] = load_checkpoint(str(self.folders[arm, seed]))
            self._loaded[arm, seed].model.eval()
        return self._loaded[arm, seed]


def judged(answers: Sequence[Answer], told: GraphAnswer, graph: KnowledgeGraph) -> tuple[JudgedAnswer, ...]:
    """Answers with their verdicts; all unjudged where the graph was not asked. Equal ones are told once."""
    first = {one.text: one for one in reversed(answers)}
    answers = [one for one in answers if first[one.text] is one]
    if not told.was_asked:
        return tuple(JudgedAnswer(one.text, one.probability, UNJUDGED) for one in answers)
    outcomes = [
        Outcome(TASK, one.text, "exact_match", exact_match(one.text, told.accepted), (), one.text) for one in answers
    ]
    facts = [CheckedFact(one.text, frozenset(told.tails)) for one in answers]
    against = contradicted_items(outcomes, facts, names_of([one.text for one in answers], graph))
    verdicts = [RIGHT if one.value else CONTRADICTED if one.item in against else WRONG for one in outcomes]
    return tuple(JudgedAnswer(one.text, one.probability, it) for one, it in zip(answers, verdicts, strict=True))


@torch.inference_mode()
def complete_masks(
    loaded: LoadedModel, text: str, *, num_words: int = NUM_ANSWERS
) -> tuple[tuple[JudgedAnswer, ...], ...]:
    """Of every `[MASK]` in `text` the likeliest words of an encoder's vocabulary, read with words alone."""
    vocabulary, model = loaded.vocabulary, loaded.model
    words = vocabulary.encode_wrapped(text.replace(MASK, vocabulary.tokenizer.mask_token), max_tokens=_MAX_TOKENS)
    ids = torch.from_numpy(words.copy())[None].to(model.device)
    logits = model.backbone(input_ids=ids, attention_mask=torch.ones_like(ids)).logits[0]
    best = torch.softmax(logits[ids[0] == vocabulary.mask].float(), dim=-1).topk(num_words)
    pairs = zip(best.indices.tolist(), best.values.tolist(), strict=True)
    return tuple(tuple(_piece(vocabulary, *one) for one in zip(*pair, strict=True)) for pair in pairs)


def _piece(vocabulary: Vocabulary, word: int, chance: float) -> JudgedAnswer:
    return JudgedAnswer(vocabulary.words([word])[0].strip(), chance, UNJUDGED)
