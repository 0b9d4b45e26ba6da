from dataclasses import dataclass

import pytest

from kgpt.errors import ConfigError
from kgpt.registry import Registry

shapes: Registry[object] = Registry("shape")


@shapes.register("circle")
@dataclass(frozen=True, kw_only=True, slots=True)
class Circle:
    radius: float = 1.0
    sides: tuple[int, ...] = ()
    filled: bool = False


def test_a_name_alone_builds_the_part_with_its_defaults():
    assert shapes.build("circle") == Circle()


def test_a_mapping_builds_the_part_with_its_settings():
    assert shapes.build({"type": "circle", "radius": 2, "sides": [1, 2]}) == Circle(radius=2.0, sides=(1, 2))


def test_a_part_goes_through_its_settings_and_back():
    circle = Circle(radius=3.5, sides=(4,), filled=True)

    assert shapes.build(shapes.settings(circle)) == circle


def test_a_part_that_is_already_built_stays_itself():
    circle = Circle()

    assert shapes.build(circle) is circle


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("cirle", "type: no shape is called 'cirle'; did you mean 'circle'?"),
        ({"radius": 1}, "type: missing; a shape needs one; allowed: circle"),
        (7, "type: missing; a shape needs one; allowed: circle"),
        ({"type": "circle", None: 1}, "None: no such setting; allowed: filled, radius, sides"),
        ({"type": "circle", "radios": 1}, "radios: no such setting; did you mean 'radius'?"),
        ({"type": "circle", "radius": "2"}, "radius: expected float, found '2'"),
        ({"type": "circle", "radius": True}, "radius: expected float, found True"),
        ({"type": "circle", "filled": "no"}, "filled: expected bool, found 'no'"),
        ({"type": "circle", "sides": [1, "x"]}, "sides.1: Input should be a valid integer"),
    ],
)
def test_a_wrong_setting_is_refused_with_place_value_and_remedy(settings, message):
    with pytest.raises(ConfigError) as caught:
        shapes.build(settings)

    assert message in str(caught.value)


def test_two_parts_of_one_name_are_a_programming_error():
    with pytest.raises(AssertionError, match="two shape parts are called 'circle'"):
        shapes.register("circle")(Circle)
