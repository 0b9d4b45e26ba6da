import pytest

from kgpt.linking.unscored import unscored
from kgpt.records import Document, Metadata


@pytest.mark.parametrize(("told", "spans"), [([[0, 4]], [(0, 4)]), ((), []), (None, []), ("x", [])])
def test_spans_without_a_verdict_stand_in_the_metadata(told, spans):
    assert unscored(Document("d", "1936 text", metadata=Metadata(extra={"unscored": told}))) == spans
