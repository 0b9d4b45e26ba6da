"""A triple as a "head, relation, tail" string (SKILL, Moiseev et al., 2022, section 3)."""

SEPARATOR = ", "


def linearize(head: str, relation: str, tail: str) -> str:
    """The three names with commas between.

    >>> linearize("Pulp Fiction", "award received", "Palme d'Or")
    "Pulp Fiction, award received, Palme d'Or"
    """
    return SEPARATOR.join((head, relation, tail))


def linearize_inverse(head: str, relation: str, tail: str) -> str:
    """The triple read from its tail: "tail, inverse of relation, head" (ours; SKILL has no inverse).

    >>> linearize_inverse("Pulp Fiction", "director", "Quentin Tarantino")
    'Quentin Tarantino, inverse of director, Pulp Fiction'
    """
    return SEPARATOR.join((tail, f"inverse of {relation}", head))
