import pytest

from kgpt.sources.language import record_language


@pytest.mark.parametrize(
    ("tag", "told"),
    [
        ("", ""),
        ("en", ""),
        ("en-GB", ""),
        ("EN", ""),
        ("mul", ""),
        ("de", "de"),
        ("de-AT", "de"),
        ("pt-br", "pt-br"),
        ("pt", None),
        ("it", None),
    ],
)
def test_a_name_is_kept_in_the_languages_asked_for(tag, told):
    assert record_language(tag, ("en", "de", "pt-br")) == told
