"""Words of a language that are no names by themselves: function words, months and days.

Function words are spaCy's lists (its `stop_words` files, read without loading spaCy), months and days are the Unicode
CLDR's, through Babel. A language that neither knows has none.
"""

from functools import lru_cache
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kgpt.linking.tokenizing import tokenize

_FORMS_OF_ADDRESS = {"en": ("mr", "mrs", "ms", "miss", "dr", "sir", "prof"), "de": ("herr", "frau", "dr", "prof")}
_ARTICLES = {
    "en": ("the", "a", "an"),
    "de": ("der", "die", "das", "ein", "eine"),
    "fr": ("le", "la", "les", "un", "une"),
}


@lru_cache(maxsize=8)
def function_words(language: str) -> frozenset[str]:
    """The function words of a language, in lower case."""
    package = find_spec("spacy")
    assert package is not None
    assert package.submodule_search_locations
    path = Path(package.submodule_search_locations[0]) / "lang" / language / "stop_words.py"
    spec = spec_from_file_location(f"stop_words_{language}", path) if path.is_file() else None
    if spec is None or spec.loader is None:
        return frozenset()
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    words: frozenset[str] = frozenset(module.STOP_WORDS)
    return words | frozenset(_ARTICLES.get(language, ()))


def forms_of_address(language: str) -> tuple[str, ...]:
    """What stands before a name; none where kgpt does not know."""
    return _FORMS_OF_ADDRESS.get(language, ())


def articles(language: str) -> tuple[str, ...]:
    """The articles of a language; none where kgpt does not know."""
    return _ARTICLES.get(language, ())


@lru_cache(maxsize=8)
def calendar_words(language: str) -> frozenset[str]:
    """Months and days of the week, in lower case, in full and short."""
    from babel import UnknownLocaleError
    from babel.dates import get_day_names, get_month_names

    if not language:
        return frozenset()  # Babel would take the machine's own
    try:
        tables = [
            get(width, locale=language.replace("-", "_"))
            for get in (get_month_names, get_day_names)
            for width in ("wide", "abbreviated")
        ]
    except (UnknownLocaleError, ValueError):
        return frozenset()
    return frozenset(str(name).lower().rstrip(".") for names in tables for name in names.values())


def keys_of(words: frozenset[str] | tuple[str, ...]) -> NDArray[np.uint64]:
    """The sorted keys of those words that are one token, in lower case."""
    tokens = [tokenize(word, fold_case=True) for word in words]
    return np.unique(np.array([one.keys[0] for one in tokens if len(one) == 1], np.uint64))
