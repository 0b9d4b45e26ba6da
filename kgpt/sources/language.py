"""Which languages' names a graph keeps, and how a record says its own."""

from collections.abc import Sequence


def record_language(tag: str, languages: Sequence[str]) -> str | None:
    """What a record says for a name in the language `tag`, or None where nobody asked for it.

    The first of `languages` is the graph's main one, which a record says as the empty string; names without a
    language are in it, and a regional form (`en-GB`) is in its language.

    >>> record_language("en-GB", ("en", "de")), record_language("de", ("en", "de")), record_language("it", ("en",))
    ('', 'de', None)
    """
    if not tag or tag == "mul" or tag == languages[0]:
        return ""
    found = tag.lower()
    for language in (found, found.split("-")[0]):
        if language in languages:
            return "" if language == languages[0] else language
    return None
