import pytest

from kgpt.corpus.gopher_quality import GopherQuality
from kgpt.records import Document

PROSE = "the old house of the family stands by the river and has a garden " * 5


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (PROSE, None),
        ("", "too_few_words"),
        (" - " * 60, "too_few_words"),
        ("the house of " * 16, "too_few_words"),
        ("the " * 100_001, "too_many_words"),
        ("to be " * 40, "short_words"),
        ("incomprehensibilities " * 60, "long_words"),
        (PROSE + "# " * 20, "too_many_hashes"),
        (PROSE + "... " * 20, "too_many_ellipses"),
        (PROSE + "… " * 20, "too_many_ellipses"),
        ("\n".join([f"• {PROSE}"] * 10), "too_many_bullets"),
        ("\n".join([f"{PROSE}..."] * 4 + [PROSE] * 6), "too_many_ellipsis_lines"),
        (PROSE + "1234 " * 20, "too_few_letters"),
        ("house river garden family " * 20, "too_few_stop_words"),
        ("the house river garden family " * 20, "too_few_stop_words"),
        ("The house river garden family and " * 20, None),
    ],
)
def test_the_first_broken_rule_is_told(text, rule):
    assert GopherQuality().broken_rule(Document("d", text)) == rule


def test_thresholds_are_settings():
    text = "Das Haus der Familie und der Garten. " * 10

    assert GopherQuality(stop_words=("der", "und")).broken_rule(Document("d", text)) is None
    assert GopherQuality(min_words=100).broken_rule(Document("d", text)) == "too_few_words"


@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_empty_lines_are_no_lines(gap):
    told = "The river runs by the old house of the family and that is all there is to be said of it"
    bullets = gap.join(f"- {told}" for _ in range(12))
    trailing = gap.join(f"{told}..." for _ in range(12))

    broken = [GopherQuality().broken_rule(Document("d", one)) for one in (bullets, trailing)]

    assert broken == ["too_many_bullets", "too_many_ellipsis_lines"]
