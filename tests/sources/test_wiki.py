import pytest

from kgpt.sources.wiki import Wiki


@pytest.mark.parametrize(
    ("target", "namespace"),
    [
        ("Mars", 0),
        ("Alien: Resurrection", 0),
        ("File:Mars.jpg", 6),
        ("image : Mars.jpg", 6),
        ("Category:Planets", 14),
        ("user_talk:Ada", 3),
        ("de:Mars", None),
        ("zh-min-nan:Mars", None),
        ("wikt:mars", None),
        (":de:Mars", 0),
    ],
)
def test_the_prefix_of_a_target_tells_its_namespace(target, namespace):
    assert Wiki().namespace(target) == namespace


@pytest.mark.parametrize(
    ("target", "title"),
    [
        ("mars", "Mars"),
        ("red_planet#Water", "Red planet"),
        ("  Red   planet ", "Red planet"),
        ("#Water", ""),
        ("Caf%C3%A9", "Café"),
        ("ßeta", "ßeta"),
    ],
)
def test_a_target_means_a_title(target, title):
    assert Wiki().title(target) == title


def test_a_wiki_may_tell_small_letters_from_capitals():
    assert Wiki(first_letter=False).title("mars") == "mars"
