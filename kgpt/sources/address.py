"""What a source string says: `[FORM:]PATH[?OPTION=VALUE&...]`, such as `wikidata:dump.json.bz2?languages=en,de`.

A path that exists as it is written is taken as it is, whatever `:` or `?` it holds. Values are written as in an
address of the web: `%26` stands for `&`, `%2C` for a comma within a list.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints
from urllib.parse import unquote

from kgpt.errors import DataError, did_you_mean
from kgpt.shipped import EmbeddedKind
from kgpt.sources import embedded

Reader = TypeVar("Reader")
EMBEDDED_FORM = "embedded"
_FORM = re.compile(r"([a-z][a-z0-9_-]*):(?!//)(.+)", re.DOTALL)
_TRUTH = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Address:
    """A source string, taken apart.

    Args:
        source: the string as written, for messages.
        form: what stands before the colon; empty where the reader is told by the file itself.
        name: the path, or the name of what has none (`embedded:`, `hub:`).
        options: what stands behind the question mark, unquoted.
    """

    source: str
    form: str
    name: str
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def path(self) -> Path:
        """The path, with `~` written out."""
        return embedded.user_path(self.name)

    def resolve(self, kind: EmbeddedKind) -> Path:
        """The path, checked to exist; that of a shipped sample where the form is `embedded`.

        Raises:
            DataError: nothing lies there.
        """
        return embedded.resolve(f"{EMBEDDED_FORM}:{self.name}" if self.form == EMBEDDED_FORM else self.name, kind)


def parse_address(source: str, *, forms: Collection[str]) -> Address:
    """`source`, taken apart.

    Args:
        source: a path, `FORM:PATH`, either with `?OPTION=VALUE&...` behind it.
        forms: what may stand before the colon, besides `embedded`.

    Raises:
        DataError: another form, or options that are none.

    >>> parse_address("kgtk:claims.tsv?languages=en,de", forms=["kgtk"]).options
    {'languages': 'en,de'}
    """
    if embedded.lies(embedded.user_path(source)):
        return Address(source, "", source)
    found = _FORM.fullmatch(source)
    form, rest = found.groups() if found else ("", source)
    allowed = {*forms, EMBEDDED_FORM}
    if form and form not in allowed:
        raise DataError(f"{source}: no such file, and no form is called {form!r}; {did_you_mean(form, allowed)}")
    if "?" not in rest or embedded.lies(embedded.user_path(rest)):
        return Address(source, form, rest)
    name, _, options = rest.rpartition("?")
    return Address(source, form, name, _parse_options(source, options))


def _parse_options(source: str, text: str) -> dict[str, str]:
    options: dict[str, str] = {}
    for pair in text.split("&"):
        key, equals, value = pair.partition("=")
        if not (key and equals and value):
            raise DataError(f"{source}: expected OPTION=VALUE behind the '?', joined by '&'; found {pair!r}")
        if key in options:
            raise DataError(f"{source}: the option {key!r} stands there twice; keep one")
        options[key] = value
    return options


def open_reader(kind: Callable[..., Reader], address: Address, path: object) -> Reader:
    """The reader `kind`, a dataclass, with `path` as its first field and the address's options as the others.

    Raises:
        DataError: an option that the reader has not, or a value that it does not take.
    """
    make: Any = kind  # a dataclass, which no type can ask for
    settings = fields(make)[1:]
    allowed = [setting.name for setting in settings if setting.init]
    for key in address.options:
        if key not in allowed:
            hint = did_you_mean(key, allowed) if allowed else "this form has none"
            raise DataError(f"{address.source}: no such option: {key!r}; {hint}")
    missing = [s.name for s in settings if s.default is s.default_factory is MISSING and s.name not in address.options]
    if missing:
        raise DataError(f"{address.source}: the option {missing[0]!r} is needed; write `?{missing[0]}=VALUE` behind it")
    hints = get_type_hints(kind)
    told = {key: _value(address.source, key, value, hints[key]) for key, value in address.options.items()}
    return cast(Reader, make(path, **told))


def _value(source: str, key: str, text: str, annotation: Any) -> object:
    """An option's text as the type of the field that it sets."""
    kind = _without_none(annotation)
    if get_origin(kind) is tuple:
        return _parts(source, key, text)
    allowed = get_args(kind) if get_origin(kind) is Literal else tuple(_TRUTH) if kind is bool else ()
    value = unquote(text)
    if allowed:
        if value not in allowed:
            raise DataError(f"{source}: {key}: found {value!r}; {did_you_mean(value, allowed)}")
        return _TRUTH[value] if kind is bool else value
    assert kind in (str, int, float), f"{key}: a reader's setting of the type {kind} cannot be an option"
    try:
        return kind(value)
    except ValueError as error:
        raise DataError(f"{source}: {key}: expected {kind.__name__}, found {value!r}") from error


def _parts(source: str, key: str, text: str) -> tuple[str, ...]:
    parts = tuple(unquote(part) for part in text.split(","))
    if not all(parts):
        raise DataError(f"{source}: {key}: expected values separated by commas, found {text!r}")
    return parts


def _without_none(annotation: Any) -> Any:
    """`X` of `X | None`."""
    if get_origin(annotation) not in (Union, UnionType):
        return annotation
    (kind,) = [one for one in get_args(annotation) if one is not NoneType]
    return kind
