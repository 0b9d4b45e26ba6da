import pytest

from kgpt import errors


def test_the_hint_names_the_nearest_allowed_name():
    assert errors.did_you_mean("max_step", ["seed", "max_steps"]) == "did you mean 'max_steps'?"


def test_the_hint_lists_all_names_where_none_is_near():
    assert errors.did_you_mean("zzz", ["seed", "arms"]) == "allowed: arms, seed"


@pytest.mark.parametrize(
    ("child", "parent"),
    [
        (errors.UnknownEntityError, errors.DataError),
        (errors.CheckpointError, errors.StoreError),
        (errors.ConfigError, errors.KgptError),
        (errors.RunLockedError, errors.KgptError),
    ],
)
def test_the_tree_of_errors_stands(child, parent):
    assert issubclass(child, parent)
