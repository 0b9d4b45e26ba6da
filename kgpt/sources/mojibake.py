"""Text whose bytes were once read in the wrong encoding, restored by ftfy (Speer, 2019)."""

from collections.abc import Callable


def repair(text: str) -> tuple[str, bool]:
    """`text` restored where ftfy sees the signs of a wrong encoding, and whether it saw any.

    >>> repair("VolapÃ¼k"), repair("Per Åhlin")
    (('Volapük', True), ('Per Åhlin', False))
    """
    if not _is_bad(text):
        return text, False
    import ftfy

    return ftfy.fix_encoding(text), True


def repairer(text: str) -> Callable[[str], str] | None:
    """What restores the stretches of `text` as the whole would be restored; None where it shows no sign of a fault.

    A stretch that is cut in the middle of a broken letter stays as it is.

    >>> repairer("Per Åhlin") is None, repairer("VolapÃ¼k")("pÃ¼k")
    (True, 'pük')
    """
    if not _is_bad(text):
        return None
    import ftfy

    plan = [(step.action, step.parameter) for step in ftfy.fix_encoding_and_explain(text).explanation or ()]

    def restore(stretch: str) -> str:
        if stretch.isascii():
            return stretch
        try:
            return ftfy.apply_plan(stretch, plan)
        except UnicodeError:
            return stretch

    return restore


def _is_bad(text: str) -> bool:
    if text.isascii():
        return False
    from ftfy.badness import is_bad

    return bool(is_bad(text))
