from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from kgpt.config import MAX_CONFIG_BYTES, Settings, load_config, merge, part_of, read_config
from kgpt.errors import ConfigError
from kgpt.registry import Registry

shapes: Registry[object] = Registry("shape")


@shapes.register("circle")
@dataclass(frozen=True)
class Circle:
    radius: float = 1.0


ShapePart = part_of(shapes)


class Training(Settings):
    max_steps: int = Field(default=10, ge=1)
    rate: float = 1e-3
    resume: bool = False


class Experiment(Settings):
    name: str
    training: Training = Training()
    arms: dict[str, Training] = Field(default_factory=dict)
    shapes: tuple[ShapePart, ...] = ()


def write(folder, text, name="my.yaml"):
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def message_of(folder, text, overrides=()):
    path = write(folder, text)
    with pytest.raises(ConfigError) as caught:
        load_config(path, Experiment, overrides=overrides)
    return str(caught.value)


def test_yaml_1_2_reads_no_as_text_and_1e_4_as_a_number(tmp_path):
    path = write(tmp_path, "name: no\ntraining: {rate: 1e-4}")

    config = load_config(path, Experiment)

    assert (config.name, config.training.rate) == ("no", 1e-4)


def test_an_unknown_setting_is_named_with_file_place_and_the_nearest_name(tmp_path):
    message = message_of(tmp_path, "name: x\ntraining: {max_step: 3}")

    assert message == f"{tmp_path}/my.yaml: training.max_step: no such setting; did you mean 'max_steps'?"


def test_the_nearest_name_is_looked_for_in_the_right_group_below_a_mapping(tmp_path):
    message = message_of(tmp_path, "name: x\narms: {mine: {max_step: 3}}")

    assert "arms.mine.max_step: no such setting; did you mean 'max_steps'?" in message


def test_a_missing_setting_is_named(tmp_path):
    assert "name: missing; it has no default" in message_of(tmp_path, "training: {}")


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("max_steps: soon", "training.max_steps: expected int, found 'soon'"),
        ("max_steps: '20'", "training.max_steps: expected int, found '20'"),
        ("max_steps: true", "training.max_steps: expected int, found True"),
        ("resume: 'no'", "training.resume: expected bool, found 'no'"),
        ("max_steps: 0", "training.max_steps: Input should be greater than or equal to 1, found 0"),
        ("max_steps: [1]", "training.max_steps: Input should be a valid integer, found [1]"),
    ],
)
def test_a_wrong_value_is_named_with_what_was_found(tmp_path, setting, told):
    assert told in message_of(tmp_path, f"name: x\ntraining: {{{setting}}}")


def test_all_mistakes_are_told_at_once(tmp_path):
    message = message_of(tmp_path, "nam: x\ntraining: {rate: fast}")

    assert "nam: no such setting" in message
    assert "training.rate: expected float, found 'fast'" in message


def test_a_wrong_part_is_named_with_its_place_in_the_list(tmp_path):
    message = message_of(tmp_path, "name: x\nshapes: [circle, cirle]")

    assert "shapes.1: type: no shape is called 'cirle'; did you mean 'circle'?" in message


def test_parts_are_built_and_written_back(tmp_path):
    config = load_config(write(tmp_path, "name: x\nshapes: [{type: circle, radius: 2}]"), Experiment)

    assert config.shapes == (Circle(2.0),)
    assert config.model_dump(mode="json")["shapes"] == [{"type": "circle", "radius": 2.0}]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name: [", "not YAML"),
        ("name: -_", "not YAML"),
        (f"name: {'[' * 5000}", "not YAML"),
        ("name: x\nname: y", "not YAML"),
        ("- a\n- b", "expected a mapping of settings, found list"),
        ("", "expected a mapping of settings, found NoneType"),
        ("a: " + "x" * MAX_CONFIG_BYTES, "larger than 1,048,576 bytes"),
    ],
)
def test_a_file_that_is_no_config_is_refused_with_its_path(tmp_path, text, told):
    message = message_of(tmp_path, text)

    assert message.startswith(f"{tmp_path}/my.yaml: ")
    assert told in message


def test_a_config_that_is_not_utf8_is_refused(tmp_path):
    path = tmp_path / "my.yaml"
    path.write_bytes(b"name: \xff")

    with pytest.raises(ConfigError, match=r"my\.yaml: not YAML"):
        load_config(path, Experiment)


def test_a_missing_config_is_told_with_where_to_find_others(tmp_path):
    with pytest.raises(ConfigError, match=r"none\.yaml: no such config; `kgpt recipes` lists"):
        load_config(tmp_path / "none.yaml", Experiment)


def test_extends_lies_below_the_file_and_null_takes_a_key_away(tmp_path):
    write(tmp_path, "name: base\ntraining: {max_steps: 5, rate: 0.5}", "base.yaml")
    path = write(tmp_path, "extends: base.yaml\nname: mine\ntraining: {rate: null}")

    config = load_config(path, Experiment)

    assert config == Experiment(name="mine", training=Training(max_steps=5))


def test_extending_in_a_circle_is_told_with_the_way_round(tmp_path):
    write(tmp_path, "extends: b.yaml", "a.yaml")
    write(tmp_path, "extends: a.yaml", "b.yaml")

    with pytest.raises(ConfigError, match=r"extends itself: a\.yaml -> b\.yaml -> a\.yaml"):
        read_config(tmp_path / "a.yaml")


def test_an_override_wins_over_the_file(tmp_path):
    path = write(tmp_path, "name: x\ntraining: {max_steps: 5, rate: 0.5}")

    config = load_config(path, Experiment, overrides=["training.max_steps=200"])

    assert config.training == Training(max_steps=200, rate=0.5)


@pytest.mark.parametrize(
    ("override", "told"),
    [
        ("training.max_steps", "--set training.max_steps: expected KEY=VALUE, say training.steps=200"),
        ("=3", "--set =3: expected KEY=VALUE"),
        ("name.first=3", "--set name.first=3: name is not a group of settings"),
        ("name=[", "--set name=[: not YAML"),
        ("training.max_step=3", "training.max_step: no such setting; did you mean 'max_steps'?"),
    ],
)
def test_a_wrong_override_is_told_as_it_was_given(tmp_path, override, told):
    assert told in message_of(tmp_path, "name: x", [override])


def test_a_part_in_a_mapping_is_replaced_whole_not_mixed():
    base, above = {"step": {"type": "length", "min": 3}}, {"step": {"type": "circle"}}

    assert merge(base, above) == {"step": {"type": "circle"}}


trees = st.recursive(
    st.integers(), lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=3), max_leaves=8
)


@given(st.dictionaries(st.sampled_from("abc"), trees))
def test_merging_a_mapping_over_itself_changes_nothing(tree):
    assert merge(tree, tree) == tree


def test_a_config_of_the_users_can_extend_one_that_ships(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("extends: embedded:recipes/kg_t5\nname: mine\n")

    values = read_config(path)

    assert values["name"] == "mine"
    assert {"text_only", "kg_t5", "kg_t5_shuffled"} <= values["arms"].keys()
