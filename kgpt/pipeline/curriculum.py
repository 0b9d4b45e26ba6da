"""From a run's settings to what an arm reads: its streams with their repetition and replay, phase by phase."""

from collections.abc import Mapping

from kgpt.model import Architecture
from kgpt.pipeline.config import ArmSettings, MixtureSettings, PhaseSettings, RunConfig
from kgpt.progress import say
from kgpt.randomness import stable_hash
from kgpt.recipes import Recipe, TrainingData
from kgpt.sequences import Mixture, Phase, Phases, WeightedStream
from kgpt.sequences.repetition import LongTexts, factors_of_shares, repeated


def arm_mixture(config: RunConfig, arm: str, data: TrainingData, *, seed: int) -> Mixture | Phases:
    """What an arm reads at every step.

    Raises:
        ConfigError: a slice or a stream that there is not, or a stream without records.
    """
    settings, architecture = config.arms[arm], config.backbone_of(arm).architecture
    if not config.curriculum:
        return _mixture(config, settings, PhaseSettings(steps=config.training.steps), data, architecture, seed=seed)
    phases = []
    for number, phase in enumerate(config.curriculum):
        own = seed if number == 0 else stable_hash(seed, "phase", number)
        phases.append(Phase(_mixture(config, settings, phase, data, architecture, seed=own), phase.steps))
    return Phases(phases)


def _mixture(
    config: RunConfig,
    settings: ArmSettings,
    phase: PhaseSettings,
    data: TrainingData,
    architecture: Architecture,
    *,
    seed: int,
) -> Mixture:
    told = phase.mixture or settings.mixture or config.mixture
    streams = _streams(settings.recipe_in(phase), data, architecture, told)
    return Mixture(
        streams=streams,
        tokens_per_step=phase.tokens_per_step or config.training.tokens_per_step,
        seed=seed,
        pad_id=data.vocabulary.pad,
        pack_to=config.training.pack_to,
        replayed=_replayed(told.replay, streams, alone=len(config.arms) == 1),
    )


def _streams(
    recipe: Recipe, data: TrainingData, architecture: Architecture, told: MixtureSettings
) -> Mapping[str, WeightedStream]:
    factors = factors_of_shares(data.passages, told.shares) if told.shares else told.repetition
    long_texts = LongTexts(min_words=told.long_words, factor=told.long_texts) if told.long_texts != 1 else None
    streams = recipe.streams(data, architecture)
    return {
        name: WeightedStream(repeated(one.stream, factors, long_texts), one.weight) for name, one in streams.items()
    }


def _replayed(
    replay: Mapping[str, float], streams: Mapping[str, WeightedStream], *, alone: bool
) -> Mapping[str, float]:
    """The streams to replay; where several arms share the settings, one may lack a stream that another replays."""
    lacking = [name for name in replay if name not in streams]
    if lacking and not alone:
        say(f"mixture.replay: this arm has no stream {', '.join(lacking)}; it has {', '.join(streams)}")
    return {name: share for name, share in replay.items() if alone or name in streams}
