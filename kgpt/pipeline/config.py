"""The config of a run: which graph and text, which arms under which budget, what is measured."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator, Field, model_validator

from kgpt.alignment import AlignmentSettings
from kgpt.config import Settings, load_config, no_such_config, part_of
from kgpt.corpus import CorpusStep
from kgpt.engine import Engine, Processes, engines
from kgpt.errors import ConfigError, did_you_mean
from kgpt.evaluation.task import Task, labelled, tasks
from kgpt.kg.selection import GraphSelection
from kgpt.linking import LinkingSettings
from kgpt.model import BackboneSettings
from kgpt.pipeline.corpus_config import CorpusSettings, built_steps, config_json, filled
from kgpt.pipeline.questions import QuestionSettings
from kgpt.recipes import Recipe, recipes
from kgpt.recipes.text_only import without_graph
from kgpt.shipped import embedded_root, shipped_configs
from kgpt.training.settings import TrainingSettings

__all__ = [
    "TOLD_KNOWLEDGE",
    "WRONG",
    "ArmSettings",
    "CorpusSettings",
    "EvaluationSettings",
    "GraphSettings",
    "Knowledge",
    "MixtureSettings",
    "PhaseSettings",
    "RunConfig",
    "VocabularySettings",
    "config_json",
    "find_config",
    "load_run_config",
]


def _knowledge(value: object) -> object:
    """YAML reads `knowledge: true` as a truth value."""
    return {True: "true", False: "off"}[value] if isinstance(value, bool) else value


Knowledge = Annotated[Literal["true", "off", "shuffled", "type_consistent"], BeforeValidator(_knowledge)]
WRONG: tuple[str, ...] = ("shuffled", "type_consistent")
"""The kinds of knowledge whose facts are wrong."""
TOLD_KNOWLEDGE: Mapping[str, str] = {
    "true": "true graph",
    "off": "no graph",
    "shuffled": "shuffled graph",
    "type_consistent": "graph with tails swapped within types",
}
"""What people are told of each kind."""
EnginePart: TypeAlias = part_of(engines)  # type: ignore[valid-type]
RecipePart: TypeAlias = part_of(recipes)  # type: ignore[valid-type]
TaskPart: TypeAlias = part_of(tasks)  # type: ignore[valid-type]


class GraphSettings(Settings):
    """The graph: its sources, and which part of it.

    Args:
        sources: files, folders or `embedded:NAME`, or one finished store; `{data_dir}` stands for the config's
            `data_dir`.
        languages: whose names are kept, the main one first; a finished store keeps its own.
        select: the rule that picks the part.
    """

    sources: tuple[str, ...] = Field(min_length=1)
    languages: tuple[str, ...] = Field(default=("en",), min_length=1)
    select: GraphSelection = GraphSelection()


class VocabularySettings(Settings):
    """The words; ignored where the backbone continues a checkpoint, which brings its own."""

    size: int = Field(default=6000, ge=100)


class MixtureSettings(Settings):
    """How often what is read.

    Args:
        repetition: times a pass reads each slice of the text (its sources' names); 0 leaves one out.
        shares: of the text's words by slice, in place of `repetition`; slices that are not named are left out.
        replay: streams of which a pass reads that share of the records, those with the highest last loss more often.
        long_texts: passages of at least `long_words` words of the vocabulary are read so many times as often (to go on
            with a longer context; `alignment.max_words` must let them be so long).
        long_words: see `long_texts`.
    """

    repetition: dict[str, float] = Field(default_factory=dict)
    shares: dict[str, float] = Field(default_factory=dict)
    replay: dict[str, float] = Field(default_factory=dict)
    long_texts: float = Field(default=1.0, ge=0)
    long_words: int = Field(default=512, ge=1)

    @model_validator(mode="after")
    def _one_of_both(self) -> "MixtureSettings":
        if self.repetition and self.shares:
            raise ValueError("repetition and shares say the same thing in two ways; give one of them")
        return self


class PhaseSettings(Settings):
    """A stage of a curriculum.

    Args:
        steps: optimiser steps.
        recipe: settings of the recipe that this phase changes, say `{max_tokens: 512, triple_weight: 0.2}`.
        mixture: in place of the run's.
        tokens_per_step: in place of the training's.
        learning_rate: peak of the phase, which has its own warm-up and fall; null takes the training's.
    """

    steps: int = Field(ge=1)
    recipe: dict[str, Any] = Field(default_factory=dict)
    mixture: MixtureSettings | None = None
    tokens_per_step: int | None = Field(default=None, ge=16)
    learning_rate: float | None = Field(default=None, gt=0)


class ArmSettings(Settings):
    """One arm: a recipe, and whether the graph it sees is true.

    Args:
        recipe: a name or its settings.
        knowledge: `true`; `off` to train on text alone at equal tokens; `shuffled` to train on tails permuted inside
            each relation; `type_consistent` to permute them among tails of one type, so that wrong facts look right.
        mixture: in place of the run's, for an ablation.
        backbone: in place of the experiment's (an arm with another backbone is no fair comparison).
    """

    recipe: RecipePart
    knowledge: Knowledge = "true"
    backbone: BackboneSettings | None = None
    mixture: MixtureSettings | None = None

    def built_recipe(self) -> Recipe:
        """The recipe that is trained, as a part: with knowledge off it reads no graph."""
        found: Recipe = self.recipe
        return without_graph(found) if self.knowledge == "off" else found

    def recipe_in(self, phase: PhaseSettings) -> Recipe:
        """The recipe with those of a phase's changes that it has a setting for.

        Raises:
            ConfigError: the recipe refuses a value.
        """
        own = recipes.settings(self.built_recipe())
        return recipes.build(own | {name: value for name, value in phase.recipe.items() if name in own})


class EvaluationSettings(Settings):
    """What is measured.

    Args:
        tasks: names or settings of what every arm is asked (`kgpt.evaluation.tasks`); an arm whose model a task refuses
            is passed over.
        linking: whether the linker is measured on the corpus' own links.
        max_facts: facts asked by a task that asks for facts.
        documents: sources of texts that no arm trains on, for tasks that read some.
        max_documents: taken of each source, by a hash of their ids, among the first hundred times as many.
        held_out_frac: share of the graph's entity pairs that no arm trains on (and no question asks about).
        fine_tuning: on the train questions, before `qa` and `coverage`; null to ask the model as it is.
    """

    tasks: tuple[TaskPart, ...] = Field(default=("qa", "cloze", "coverage", "graph_completion"), validate_default=True)
    linking: bool = True
    max_facts: int = Field(default=400, ge=1)
    documents: tuple[str, ...] = ()
    max_documents: int = Field(default=200, ge=1)
    held_out_frac: float = Field(default=0.05, ge=0, lt=1)
    fine_tuning: TrainingSettings | None = None

    @model_validator(mode="after")
    def _asks_each_once(self) -> "EvaluationSettings":
        labelled(self.tasks)
        return self

    def built_tasks(self) -> Sequence[tuple[str, Task]]:
        """The tasks as parts, each with the name of its results."""
        return labelled(self.tasks)


class RunConfig(Settings):
    """Everything a run needs, from graph to report.

    `control` is the arm that the others are compared with; `controls` are kinds of knowledge (`off`, `shuffled`,
    `type_consistent`) of which every other arm gets a twin.
    """

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    about: str = ""
    data_dir: str = ""
    graph: GraphSettings
    corpus: CorpusSettings
    linking: LinkingSettings = LinkingSettings()
    alignment: AlignmentSettings = AlignmentSettings()
    vocabulary: VocabularySettings = VocabularySettings()
    questions: QuestionSettings = QuestionSettings()
    backbone: BackboneSettings = BackboneSettings()
    training: TrainingSettings = TrainingSettings()
    curriculum: tuple[PhaseSettings, ...] = ()
    mixture: MixtureSettings = MixtureSettings()
    arms: dict[str, ArmSettings] = Field(min_length=1)
    control: str = "text_only"
    controls: tuple[Knowledge, ...] = ()
    seeds: tuple[int, ...] = Field(default=(0,), min_length=1)
    engine: EnginePart = Processes()
    evaluation: EvaluationSettings = EvaluationSettings()

    @model_validator(mode="before")
    @classmethod
    def _with_controls(cls, values: object) -> object:
        """`controls: [shuffled]` gives every arm on the true graph a twin, called `ARM_shuffled`."""
        if not isinstance(values, dict) or not isinstance(values.get("arms"), dict):
            return values
        arms, control = dict(values["arms"]), values.get("control", "text_only")
        for name, arm in values["arms"].items():
            is_true = isinstance(arm, dict) and _knowledge(arm.get("knowledge", "true")) == "true"
            for kind in map(_knowledge, values.get("controls") or ()):
                if name != control and is_true and kind != "true":
                    arms.setdefault(f"{name}_{kind}", arm | {"knowledge": kind})
        return values | {"arms": arms}

    @model_validator(mode="after")
    def _fits_together(self) -> "RunConfig":
        for name, arm in self.arms.items():
            architecture = self.backbone_of(name).architecture
            if architecture not in arm.built_recipe().architectures:
                allowed = ", ".join(arm.built_recipe().architectures)
                raise ValueError(
                    f"arms.{name}: recipe {recipes.name_of(arm.recipe)!r} cannot train an {architecture} backbone; "
                    f"set backbone.architecture to {allowed}"
                )
        total = sum(phase.steps for phase in self.curriculum)
        if self.curriculum and total != self.training.steps:
            raise ValueError(f"curriculum: its phases have {total} steps and training.steps is {self.training.steps}")
        self._check_phases()
        if len(self.arms) > 1 and self.control not in self.arms:
            raise ValueError(f"control: no arm is called {self.control!r}; {did_you_mean(self.control, self.arms)}")
        return self

    def _check_phases(self) -> None:
        """A phase may change what some arm's recipe has; what no arm's has is a mistake."""
        for number, phase in enumerate(self.curriculum):
            known = {name for arm in self.arms.values() for name in recipes.settings(arm.built_recipe())}
            for name in phase.recipe:
                if name not in known:
                    raise ValueError(f"curriculum.{number}.recipe.{name}: no such setting; {did_you_mean(name, known)}")
            for arm in self.arms.values():
                try:
                    arm.recipe_in(phase)
                except ConfigError as error:
                    raise ValueError(f"curriculum.{number}.recipe.{error}") from error

    def backbone_of(self, arm: str) -> BackboneSettings:
        """The backbone that an arm trains."""
        return self.arms[arm].backbone or self.backbone

    def built_engine(self) -> Engine:
        """The engine of the data stages as a part."""
        found: Engine = self.engine
        return found

    def resolve(self, sources: Sequence[str], place: str) -> tuple[str, ...]:
        """`sources` with the data folder put in.

        Raises:
            ConfigError: a source needs `data_dir` and none was given.
        """
        return filled(sources, self.data_dir, place)

    def corpus_steps(self, *, linked: bool = False) -> Sequence[CorpusStep]:
        """The steps before linking, or those after it, as parts with the data folder put in."""
        steps, name = (self.corpus.linked_steps, "linked_steps") if linked else (self.corpus.steps, "steps")
        return built_steps(steps, self.data_dir, place=f"corpus.{name}")


def load_run_config(source: str, overrides: Sequence[str] = ()) -> RunConfig:
    """The config in a file, or the one that ships with kgpt under that name (`demo`, `recipes/colake`).

    Raises:
        ConfigError: see `kgpt.config`.
    """
    return load_config(find_config(source), RunConfig, overrides=overrides)


def find_config(source: str) -> Path:
    """The path of a config: the user's, or one that ships with kgpt (`configs/demo.yaml`, `demo`).

    Raises:
        ConfigError: there is neither.
    """
    path = Path(source)
    if path.is_file():
        return path
    name = source.removeprefix("configs/").removesuffix(".yaml")
    if name not in shipped_configs():
        for near in (Path(f"{source}.yaml"), *([path.with_suffix(".yaml")] if path.name else [])):
            if near.is_file():
                raise ConfigError(f"{source}: no such config; did you mean {str(near)!r}?")
        raise ConfigError(f"{source}: no such config; {no_such_config(name)}")
    return embedded_root("configs") / f"{name}.yaml"
