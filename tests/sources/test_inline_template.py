import pytest

from kgpt.sources.inline_template import expand


@pytest.mark.parametrize(
    ("name", "arguments", "shown"),
    [
        ("lang", ["de", "Schnee"], "Schnee"),
        ("Nowrap", ["12 km "], "12 km"),
        ("convert", ["5", "km", "mi", "abbr=on"], "5 km"),
        ("convert", ["5", "to", "7", "km"], "5 to 7 km"),
        ("convert", ["6", "ft", "4", "in", "cm", "0"], "6 ft 4 in"),
        ("convert", ["10", "km", "mi", "0"], "10 km"),
        ("frac", ["2"], "½"),
        ("frac", ["5", "7"], "5/7"),
        ("frac", ["3", "1", "2"], "3½"),
        ("frac", ["3", "5", "7"], "3 5/7"),
        ("frac", [], ""),
        ("tooltip", ["POS", "Position"], "POS"),
        ("nowrap", ["1=a = b"], "a = b"),
        ("as_of", ["2010"], "As of 2010"),
        ("circa", ["1450", "1460"], "c. 1450 – c. 1460"),
        ("snd", [], " – "),
        ("lang", ["de"], ""),
        ("Infobox person", ["name=Ada"], ""),
    ],
)
def test_a_template_shows_its_words(name, arguments, shown):
    assert expand(name, arguments) == shown
