from kgpt.verbalization.linearization import linearize, linearize_inverse


def test_a_triple_is_read_forwards_and_backwards():
    assert linearize("a", "b", "c") == "a, b, c"
    assert linearize_inverse("a", "b", "c") == "c, inverse of b, a"
