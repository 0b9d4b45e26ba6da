"""Configs: YAML 1.2 with `extends` and dotted overrides, checked strictly against a typed model.

Enters: a file (or a mapping) and overrides like `training.steps=200`. Leaves: a frozen pydantic model, or a
`ConfigError` that names the dotted place, what was found and what is allowed.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_args

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainSerializer,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic import WithJsonSchema as JsonSchema
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from kgpt.errors import ConfigError, did_you_mean
from kgpt.registry import Registry, lax_kinds
from kgpt.shipped import EMBEDDED, embedded_root, shipped_configs

ConfigModel = TypeVar("ConfigModel", bound=BaseModel)
MAX_CONFIG_BYTES = 2**20


class Settings(BaseModel):
    """Base of every settings group: frozen, no unknown keys, no silent conversions of strings."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    @field_validator("*", mode="before")
    @classmethod
    def _as_written(cls, value: object, info: ValidationInfo) -> object:
        if wanted := lax_kinds(value, cls.model_fields[str(info.field_name)].annotation):
            raise ValueError(f"expected {wanted}, found {value!r}")
        return value


def part_of(registry: Registry[Any]) -> Any:
    """The pydantic type of a setting that holds a registered part: built from YAML, written back as YAML."""

    def build(settings: object) -> object:
        try:
            return registry.build(settings)
        except ConfigError as error:
            raise ValueError(str(error)) from error

    schema = {"type": ["object", "string"], "description": f"a {registry.kind}: its name or its settings"}
    return Annotated[Any, BeforeValidator(build), PlainSerializer(registry.settings), JsonSchema(schema)]


def load_config(path: Path, model: type[ConfigModel], *, overrides: Sequence[str] = ()) -> ConfigModel:
    """The config in `path`, its `extends` merged below it, the overrides above it.

    Raises:
        ConfigError: unreadable, unknown keys, wrong types or values.
    """
    values = read_config(path)
    for override in overrides:
        _apply_override(values, override)
    return check_config(values, model, place=str(path))


def check_config(values: Mapping[str, Any], model: type[ConfigModel], *, place: str) -> ConfigModel:
    """`values` as a `model`; `place` leads the error message.

    Raises:
        ConfigError: unknown keys, wrong types or values.
    """
    try:
        return model.model_validate(dict(values))
    except ValidationError as error:
        raise ConfigError(f"{place}: " + "; ".join(_messages(error, model))) from error


def read_config(path: Path, *, seen: tuple[Path, ...] = ()) -> dict[str, Any]:
    """The mapping in a YAML file with its `extends` (relative to the file, or `embedded:NAME`) merged below it.

    Raises:
        ConfigError: missing, not YAML, not a mapping, or extending in a circle.
    """
    path = path.resolve()
    if path in seen:
        raise ConfigError(f"{path}: extends itself: {' -> '.join(p.name for p in (*seen, path))}")
    values = _parse(path)
    base = values.pop("extends", None)
    if base is None:
        return values
    return merge(read_config(_base_path(path, str(base)), seen=(*seen, path)), values)


def _base_path(path: Path, base: str) -> Path:
    name = base.removeprefix(EMBEDDED)
    if name == base:
        found = path.parent / base
        hint = f"; to extend the one that ships write {EMBEDDED}{base}" if base in shipped_configs() else ""
    else:
        found = embedded_root("configs") / f"{name}.yaml"
        hint = f"; {no_such_config(name, before=EMBEDDED)}"
    if not found.is_file():
        raise ConfigError(f"{path}: extends: {base!r}: no such config{hint}")
    return found


def no_such_config(name: str, *, before: str = "") -> str:
    """What to write instead of a name that no config that ships bears.

    >>> no_such_config("kg_t5")
    "did you mean 'recipes/kg_t5'? `kgpt recipes` lists the recipes"
    """
    names = shipped_configs()
    within = [one for one in names if one.rpartition("/")[2] == name]
    near = did_you_mean(within[0] if within else name, names)
    near = near.replace("'", f"'{before}", 1)
    return f"{near}{'' if near.endswith('?') else ';'} `kgpt recipes` lists the recipes"


def merge(base: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """`base` with `above` laid over it, mapping by mapping; null takes a key of the base away.

    >>> merge({"a": {"b": 1, "c": 2}}, {"a": {"b": 3, "c": None}})
    {'a': {'b': 3}}
    """
    merged = dict(base)
    for key, value in above.items():
        if value is None:
            merged.pop(key, None)
        elif isinstance(value, Mapping) and isinstance(merged.get(key), Mapping) and "type" not in value:
            merged[key] = merge(merged[key], value)
        else:
            merged[key] = value
    return merged


def _parse(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise ConfigError(f"{path}: no such config; `kgpt recipes` lists those that ship with kgpt")
    if path.stat().st_size > MAX_CONFIG_BYTES:
        raise ConfigError(f"{path}: larger than {MAX_CONFIG_BYTES:,} bytes; is it a config?")
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not YAML: {error}") from error
    values = parse_value(text, place=str(path))
    if not isinstance(values, dict):
        raise ConfigError(f"{path}: expected a mapping of settings, found {type(values).__name__}")
    return values


def _apply_override(values: dict[str, Any], override: str) -> None:
    place, equals, text = override.partition("=")
    if not equals or not place:
        raise ConfigError(f"--set {override}: expected KEY=VALUE, say training.steps=200")
    *outer, last = place.split(".")
    target = values
    for key in outer:
        if not isinstance(target.setdefault(key, {}), dict):
            raise ConfigError(f"--set {override}: {key} is not a group of settings")
        target = target[key]
    target[last] = parse_value(text, place=f"--set {override}")


def parse_value(text: str, *, place: str) -> object:
    """The value that a text in YAML 1.2 says; `place` leads the error message.

    Raises:
        ConfigError: it is no YAML.
    """
    try:
        return YAML(typ="safe", pure=True).load(text)
    except (YAMLError, ValueError, RecursionError) as error:  # `-_` passes for a number, and is none
        raise ConfigError(f"{place}: not YAML: {' '.join(str(error).split())}") from error


def _messages(error: ValidationError, model: type[BaseModel]) -> Iterable[str]:
    for item in error.errors():
        place = ".".join(str(key) for key in item["loc"])
        if item["type"] == "extra_forbidden":
            *outer, name = item["loc"]
            yield f"{place}: no such setting; {did_you_mean(str(name), _allowed(model, outer))}"
        elif item["type"] == "missing":
            yield f"{place}: missing; it has no default"
        else:
            found = "" if item["type"] == "value_error" else f", found {item['input']!r}"
            said = item["msg"].removeprefix("Value error, ").replace("a valid tuple", "a list")
            yield f"{place}: {said}{found}" if place else said  # what concerns several settings names them itself


def _allowed(model: type[BaseModel], place: Sequence[str | int]) -> list[str]:
    """The settings at a dotted place of `model`."""
    current: Any = model
    for key in place:
        fields = getattr(current, "model_fields", None)
        annotation = fields[key].annotation if fields and key in fields else current
        current = _group_in(annotation) or current
    return list(current.model_fields)


def _group_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = (_group_in(inner) for inner in get_args(annotation))
    return next((group for group in found if group is not None), None)
