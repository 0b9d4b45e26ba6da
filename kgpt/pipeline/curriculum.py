"""From a run's settings to what an arm reads: its streams with their repetition and replay, phase by phase."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from kgpt.errors import ConfigError, did_you_mean
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
        replayed=_replayed(told.replay, streams, config, data),
    )


def _streams(
    recipe: Recipe, data: TrainingData, architecture: Architecture, told: MixtureSettings
) -> Mapping[str, WeightedStream]:
    factors = factors_of_shares(data.passages, told.shares) if told.shares else told.repetition
    long_texts = LongTexts(min_words=told.long_words, factor=told.long_texts) if told.long_texts != 1 else None
    streams = recipe.streams(data, architecture)
    return {
        name: replace(one, stream=repeated(one.stream, factors, long_texts, text=data.passages))
        for name, one in streams.items()
    }


def _replayed(
    replay: Mapping[str, float], streams: Mapping[str, WeightedStream], config: RunConfig, data: TrainingData
) -> Mapping[str, float]:
    """The streams to replay; an arm may lack one that another arm has.

    Raises:
        ConfigError: no arm has a stream of that name.
    """
    lacking = [name for name in replay if name not in streams]
    if lacking:
        known = {name for arm in config.arms for name in _names(config, arm, data)}
        for name in lacking:
            if name not in known:
                raise ConfigError(f"mixture.replay: no arm has a stream {name!r}; {did_you_mean(name, known)}")
        say(f"mixture.replay: this arm has no stream {', '.join(lacking)}; it has {', '.join(streams)}")
    return {name: share for name, share in replay.items() if name in streams}


def _names(config: RunConfig, arm: str, data: TrainingData) -> Iterable[str]:
    return config.arms[arm].built_recipe().streams(data, config.backbone_of(arm).architecture)
