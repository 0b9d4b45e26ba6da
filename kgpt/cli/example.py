"""The examples that end a command's help: whole command lines, which a test parses one by one."""

_TITLE = "Examples:"
_AS_WRITTEN = "\b"
"""Click's mark of a paragraph whose lines stay as they are."""


def examples(*lines: str) -> str:
    """The epilog of a command: its examples, one a line.

    >>> print(examples("kgpt recipes", "kgpt recipes kg_t5 > mine.yaml").removeprefix(_AS_WRITTEN).strip())

    Examples:
      kgpt recipes
      kgpt recipes kg_t5 > mine.yaml
    """
    return "\n".join([_AS_WRITTEN, _TITLE, *(f"  {line}" for line in lines)])


def example_lines(epilog: str) -> list[str]:
    """The examples of an epilog that `examples` made; none of any other."""
    head, _, rest = epilog.partition(f"{_TITLE}\n")
    return [line.strip() for line in rest.splitlines()] if head.strip() in ("", _AS_WRITTEN) else []
