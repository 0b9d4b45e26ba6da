import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgpt.kg.heap import TextHeap

strings = st.lists(st.text(alphabet=st.characters(codec="utf-8")), max_size=20)


@given(strings)
def test_a_heap_holds_the_strings_it_was_given(written):
    heap = TextHeap.of(written)

    assert list(heap) == written
    assert heap[:] == written


@given(st.sets(st.text(alphabet=st.characters(codec="utf-8"))), st.text(alphabet=st.characters(codec="utf-8")))
def test_a_sorted_heap_finds_what_it_holds_and_nothing_else(written, other):
    ordered = sorted(written)
    heap = TextHeap.of(ordered)

    assert [heap.find(string) for string in ordered] == list(range(len(ordered)))
    assert heap.find(other) == (ordered.index(other) if other in written else None)


@pytest.mark.parametrize("index", [-1, 2])
def test_a_place_out_of_the_heap_is_an_index_error(index):
    with pytest.raises(IndexError):
        TextHeap.of(["a", "b"])[index]
