"""Fine-tuning for classes of spans: the last layer's states at a text's spans, side by side, and a linear head.

A copy of the model is trained, so what is asked next finds the model as it was; with `is_frozen` a linear probe is all
that learns. The head begins at zero and learns ten times as fast as the model; the rate falls to zero over the steps
(AdamW). Shapes: B texts, K spans a text, D hidden, C classes.
"""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import nn

from kgpt.evaluation.linear_probe import Part, fit_probe
from kgpt.evaluation.span_states import ReadText, SpanText, layer_features, layer_means, read_text
from kgpt.model import LoadedModel
from kgpt.progress import track
from kgpt.randomness import generator

HEAD_RATE = 10.0
_NUM_AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class SpanItem:
    """A text with spans and the class that they have.

    Args:
        id: unique.
        read: the text and its spans.
        label: the right class.
        part: where it belongs.
        holds: kinds of things that are in it, and which: what train and test share of them is told.
    """

    id: str
    read: SpanText
    label: str
    part: Part
    holds: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class FineTuning:
    """How a classifier is trained.

    Args:
        steps: of the optimizer.
        learning_rate: of the model, at first; the head's is ten times as high.
        batch_size: texts a step.
        max_tokens: longer texts are cut around the spans.
        is_frozen: learn a linear probe on the frozen states instead.
        seed: of the order of the texts.
    """

    steps: int
    learning_rate: float
    batch_size: int = 16
    max_tokens: int = 128
    is_frozen: bool = False
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Classified:
    """What a classifier says of the test items, and what it was trained on.

    Args:
        train: the items trained on.
        test: the items asked.
        said: their classes.
        num_unread: items in no part, see `read_text`.
    """

    train: Sequence[SpanItem]
    test: Sequence[SpanItem]
    said: Sequence[str]
    num_unread: int


def classify(loaded: LoadedModel, items: Sequence[SpanItem], settings: FineTuning) -> Classified | None:
    """A classifier trained on the train items, asked for the test items; dev serves a frozen model's probe alone.

    None where a part is empty or train has one class.
    """
    own = _with_all_words(loaded)
    pairs = [(item, read_text(own, item.read, max_tokens=settings.max_tokens)) for item in items]
    read = [(item, text) for item, text in pairs if text is not None]
    parts = {part: [item for item, _ in read if item.part == part] for part in ("train", "dev", "test")}
    if not all(parts.values()) or len({item.label for item in parts["train"]}) < 2:
        return None
    texts = {item.id: text for item, text in read}
    said = (_probed if settings.is_frozen else _fine_tuned)(own, parts, texts, settings)
    return Classified(parts["train"], parts["test"], said, len(items) - len(read))


def _with_all_words(loaded: LoadedModel) -> LoadedModel:
    """A copy to train, with a row for every word: another's checkpoint may lack those for the marks of entities."""
    model = copy.deepcopy(loaded.model)
    if model.words.num_embeddings < loaded.vocabulary.size:
        model.backbone.resize_token_embeddings(loaded.vocabulary.size, mean_resizing=False)
    return replace(loaded, model=model)


def _probed(
    own: LoadedModel,
    parts: Mapping[str, Sequence[SpanItem]],
    texts: Mapping[str, ReadText],
    settings: FineTuning,
) -> list[str]:
    """The test items' classes by a linear probe on the frozen states."""
    del settings
    features = {part: layer_features(own, [texts[one.id] for one in some])[-1] for part, some in parts.items()}
    labels = {part: np.array([one.label for one in some]) for part, some in parts.items()}
    probe = fit_probe(features["train"], labels["train"], features["dev"], labels["dev"])
    return [str(one) for one in probe.predict(features["test"])]


def _fine_tuned(
    own: LoadedModel,
    parts: Mapping[str, Sequence[SpanItem]],
    texts: Mapping[str, ReadText],
    settings: FineTuning,
) -> list[str]:
    """The test items' classes by the model itself, trained, and its head."""
    train, labels = parts["train"], sorted({one.label for one in parts["train"]})
    width = own.model.words.embedding_dim * len(train[0].read.spans)
    head = nn.Linear(width, len(labels)).to(own.model.device)
    nn.init.zeros_(head.weight)
    _train(own, head, [(texts[one.id], labels.index(one.label)) for one in train], settings)
    own.model.eval()
    said: list[str] = []
    with torch.inference_mode():
        for start in range(0, len(parts["test"]), _NUM_AT_ONCE):
            some = [texts[one.id] for one in parts["test"][start : start + _NUM_AT_ONCE]]
            said += [labels[place] for place in _logits(own, head, some).argmax(dim=1).tolist()]
    return said


def _train(own: LoadedModel, head: nn.Linear, rows: Sequence[tuple[ReadText, int]], settings: FineTuning) -> None:
    """Train model and head in place; rows are drawn pass by pass."""
    own.model.train()
    rate = settings.learning_rate
    optimizer = torch.optim.AdamW(
        [{"params": own.model.parameters(), "lr": rate}, {"params": head.parameters(), "lr": HEAD_RATE * rate}],
        weight_decay=0.0,
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 1 - step / settings.steps)
    order: list[int] = []
    with torch.random.fork_rng():
        torch.manual_seed(settings.seed)  # dropout draws from it
        for step in track(range(settings.steps), what="fine-tuning on spans", total=settings.steps):
            while len(order) < settings.batch_size:
                order += generator(settings.seed, "spans", step, len(order)).permutation(len(rows)).tolist()
            some, order = [rows[place] for place in order[: settings.batch_size]], order[settings.batch_size :]
            targets = torch.tensor([label for _, label in some], device=own.model.device)
            loss = nn.functional.cross_entropy(_logits(own, head, [text for text, _ in some]), targets)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_([*own.model.parameters(), *head.parameters()], 1.0)
            optimizer.step()
            schedule.step()


def _logits(own: LoadedModel, head: nn.Linear, texts: Sequence[ReadText]) -> torch.Tensor:
    """[B, C]."""
    logits: torch.Tensor = head(layer_means(own.model, texts, pad=own.vocabulary.pad)[-1])
    return logits
