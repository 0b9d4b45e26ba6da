"""Text whose bytes were once read in the wrong encoding, restored by ftfy (Speer, 2019)."""


def repair(text: str) -> tuple[str, bool]:
    """`text` restored where ftfy sees the signs of a wrong encoding, and whether it saw any.

    >>> repair("VolapÃ¼k"), repair("Per Åhlin")
    (('Volapük', True), ('Per Åhlin', False))
    """
    if text.isascii():
        return text, False
    import ftfy
    from ftfy.badness import is_bad

    return (ftfy.fix_encoding(text), True) if is_bad(text) else (text, False)
