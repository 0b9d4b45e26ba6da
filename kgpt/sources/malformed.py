"""What a reader raises at values of another form than its own."""

from collections.abc import Iterator
from contextlib import contextmanager

from kgpt.errors import DataError


@contextmanager
def told_as_malformed(place: str, *, what: str) -> Iterator[None]:
    """Whatever taking a value apart raises becomes an error that names the place and what was expected there.

    Raises:
        DataError: the block failed.
    """
    try:
        yield
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise DataError(f"{place}: {what}: {type(error).__name__}: {error}") from error
    except DataError as error:
        raise DataError(f"{place}: {error}") from error
