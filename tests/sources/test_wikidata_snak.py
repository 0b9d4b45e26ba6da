import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgpt.sources.wikidata_snak import Snak, snak_value, why_valueless


def snak(kind, value, snaktype="value"):
    told = {"property": "P1", "snaktype": snaktype, "datavalue": {"type": kind, "value": value}}
    return msgspec.convert(told, Snak)


@pytest.mark.parametrize(
    ("kind", "value", "found"),
    [
        ("wikibase-entityid", {"id": "Q5"}, ("entity", "Q5", "", "")),
        ("wikibase-entityid", {"entity-type": "item", "numeric-id": 5}, ("entity", "Q5", "", "")),
        ("time", {"time": "+1952-00-00T00:00:00Z", "precision": 9}, ("date", "1952", "", "")),
        ("quantity", {"amount": "+1.5", "unit": "1"}, ("quantity", "1.5", "", "")),
        ("monolingualtext", {"text": "a  b", "language": "de"}, ("string", "a b", "", "de")),
        ("globecoordinate", {"latitude": 1, "longitude": -0.5}, ("string", "1,-0.5", "", "")),
        ("string", "a", ("string", "a", "", "")),
    ],
)
def test_a_value_is_said_by_kind_text_unit_and_language(kind, value, found):
    assert snak_value(snak(kind, value)) == found


@pytest.mark.parametrize(
    ("kind", "value", "snaktype", "reason"),
    [
        ("string", "a", "novalue", "novalue"),
        ("string", " ", "value", "malformed_string"),
        ("time", {"time": "+1952-00-00T00:00:00Z", "precision": 2}, "value", "vague_date"),
        ("time", {}, "value", "malformed_time"),
        ("tensor", [1], "value", "unknown_value_type"),
    ],
)
def test_what_has_no_value_says_why(kind, value, snaktype, reason):
    found = snak(kind, value, snaktype)

    assert snak_value(found) is None
    assert why_valueless(found) == reason


@given(
    st.sampled_from(["string", "time", "quantity", "globecoordinate", "monolingualtext", "wikibase-entityid", "bad"]),
    st.text() | st.floats(allow_nan=False) | st.lists(st.integers()) | st.just({}) | st.none(),
)
def test_every_value_is_said_or_has_a_reason(kind, value):
    found = snak(kind, value)

    assert (snak_value(found) or [why_valueless(found)])[0]
