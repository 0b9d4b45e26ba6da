"""Registered parts: a name in YAML (`type: length`) stands for a frozen class whose fields are its settings."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from dataclasses import fields as dataclass_fields
from importlib.metadata import entry_points
from types import NoneType
from typing import Any, Generic, TypeVar, cast, get_args, get_type_hints

from pydantic import ConfigDict, TypeAdapter, ValidationError

from kgpt.errors import ConfigError, did_you_mean

PLUGIN_GROUP = "kgpt.parts"
Part = TypeVar("Part")
PartClass = TypeVar("PartClass", bound=type)


class Registry(Generic[Part]):
    """The parts of one kind, by name; plugins add theirs through the entry-point group `kgpt.parts`."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._parts: dict[str, type[Part]] = {}

    def register(self, name: str) -> Callable[[PartClass], PartClass]:
        """Class decorator: `name` in a config now builds this frozen dataclass."""

        def add(part: PartClass) -> PartClass:
            assert name not in self._parts, f"two {self.kind} parts are called {name!r}"
            setattr(part, "__pydantic_config__", ConfigDict(extra="forbid"))  # noqa: B010 - mypy: no such attribute
            self._parts[name] = part
            return part

        return add

    def names(self) -> list[str]:
        """All registered names, sorted, plugins included."""
        self._load_plugins()
        return sorted(self._parts)

    def part(self, name: str) -> type[Part]:
        """The class registered as `name`.

        Raises:
            ConfigError: no part bears that name.
        """
        if name not in self._parts:
            self._load_plugins()
        if name not in self._parts:
            raise ConfigError(f"type: no {self.kind} is called {name!r}; {did_you_mean(name, self._parts)}")
        return self._parts[name]

    def name_of(self, part: Part) -> str:
        """The name that `part`'s class is registered under."""
        return next(name for name, known in self._parts.items() if type(part) is known)

    def build(self, settings: object) -> Part:
        """The part that `settings` describes: a name, or a mapping with `type` and the part's fields.

        Raises:
            ConfigError: unknown part or setting, or a value that the part refuses.
        """
        if type(settings) in self._parts.values():
            return cast(Part, settings)
        values = {"type": settings} if isinstance(settings, str) else settings
        if not isinstance(values, Mapping) or "type" not in values:
            raise ConfigError(f"type: missing; a {self.kind} needs one; allowed: {', '.join(self.names())}")
        part = self.part(str(values["type"]))
        return _validated(part, {key: value for key, value in values.items() if key != "type"})

    def settings(self, part: Part) -> dict[str, Any]:
        """What `build` would need to make `part` again."""
        return {"type": self.name_of(part)} | asdict(cast(Any, part))

    def _load_plugins(self) -> None:
        for entry in entry_points(group=PLUGIN_GROUP):
            entry.load()


def lax_kinds(value: object, annotation: Any) -> str:
    """What a setting should be, where pydantic would silently convert `value` (text to numbers, true to 1), or ''."""
    kinds = set(get_args(annotation) or (annotation,)) - {NoneType}
    if not kinds <= {bool, int, float}:
        return ""
    wrong = isinstance(value, str) or (isinstance(value, bool) and bool not in kinds)
    return " or ".join(sorted(kind.__name__ for kind in kinds)) if wrong else ""


def _validated(part: type[Part], values: Mapping[str, Any]) -> Part:
    names = [field.name for field in dataclass_fields(cast(Any, part))]
    unknown = [key for key in values if key not in names]
    if unknown:
        raise ConfigError(f"{unknown[0]}: no such setting; {did_you_mean(str(unknown[0]), names)}")
    hints = get_type_hints(part)
    for key, value in values.items():
        if wanted := lax_kinds(value, hints[key]):
            raise ConfigError(f"{key}: expected {wanted}, found {value!r}")
    try:
        return TypeAdapter(part).validate_python(dict(values))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(key) for key in first["loc"])
        raise ConfigError(f"{place}: {first['msg']}, found {first['input']!r}") from error
