"""Answers of several hops told step by step: "Kismet | 1944" names what lies on the way (ours).

A model that knows single facts can chain them as it writes, where one that must say the end at once has to know every
chain by heart (the idea of Wei et al., 2022, chain-of-thought prompting, on a graph's own paths).
"""

from collections.abc import Sequence

_MARK = "|"
STEP = f" {_MARK} "


def in_steps(names: Sequence[str]) -> str:
    """Names from the first hop's end to the last one's, as one answer.

    >>> in_steps(["Kismet", "1944"])
    'Kismet | 1944'
    """
    return STEP.join(names)


def last_step(text: str) -> str:
    """What an answer in steps arrives at; an answer without steps is itself.

    >>> last_step("Kismet | 1944")
    '1944'
    """
    return text.rsplit(_MARK, maxsplit=1)[-1].strip()
