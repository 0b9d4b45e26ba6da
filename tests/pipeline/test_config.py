import pytest

from kgpt.errors import ConfigError
from kgpt.pipeline import load_run_config
from kgpt.recipes.text_only import TextOnly

CASES = [
    ("training.max_step=3", r"training\.max_step: no such setting"),
    ("training.steps=0", r"training\.steps: .*found 0"),
    ("seeds=[]", r"seeds: "),
    ("evaluation.tasks=[qa, cloze, {type: cloze}]", r"evaluation: tasks: 'cloze' stands there twice"),
    ("arms.kg_t5.recipe=kg_t6", r"arms\.kg_t5\.recipe: .*did you mean 'kg_t5'\?"),
    ("arms.kg_t5.knowledge=wrong", r"arms\.kg_t5\.knowledge: "),
    ("control=text", r"tiny\.yaml: control: no arm is called 'text'; did you mean 'text_only'\?"),
    ("backbone.architecture=encoder", r"recipe 'kg_t5' cannot train an encoder backbone"),
    ("name=../up", r"name: "),
    ("evaluation.tasks=[quiz]", r"evaluation\.tasks\.0: "),
    ("questions.train_frac=2", r"questions\.train_frac: .*found 2"),
]


@pytest.mark.parametrize(("override", "told"), CASES)
def test_a_wrong_setting_is_told_with_its_place(override, told, project):
    with pytest.raises(ConfigError, match=told):
        load_run_config(str(project / "tiny.yaml"), [override])


def test_shares_of_a_split_that_leave_no_test_are_told(project):
    with pytest.raises(ConfigError, match=r"questions: train_frac and dev_frac sum to 1\.5"):
        load_run_config(str(project / "tiny.yaml"), ["questions.train_frac=0.9", "questions.dev_frac=0.6"])


def test_a_config_that_ships_is_found_by_its_name():
    assert load_run_config("demo").name == load_run_config("configs/demo.yaml").name == "demo"


def test_a_source_that_needs_the_data_folder_says_so():
    config = load_run_config("experiments/trex")

    with pytest.raises(ConfigError, match=r"graph\.sources: '{data_dir}/kg' needs the data folder; add --set data_dir"):
        config.resolve(config.graph.sources, "graph.sources")


@pytest.mark.parametrize(("written", "read"), [("true", "true"), ("shuffled", "shuffled"), ("'true'", "true")])
def test_knowledge_may_be_written_as_a_truth_value(written, read, project):
    config = load_run_config(str(project / "tiny.yaml"), [f"arms.kg_t5.knowledge={written}"])

    assert config.arms["kg_t5"].knowledge == read


def test_controls_give_every_true_arm_its_twins_but_the_control():
    config = load_run_config("demo", ["controls=[off, type_consistent]"])

    assert {name: arm.knowledge for name, arm in config.arms.items()} == {
        "text_only": "true",
        "kg_t5": "true",
        "kg_t5_shuffled": "shuffled",
        "kg_t5_off": "off",
        "kg_t5_type_consistent": "type_consistent",
    }


def test_knowledge_off_reads_no_graph_and_keeps_the_share_of_questions():
    off = load_run_config("demo", ["arms.kg_t5.knowledge=off", "arms.kg_t5.recipe={type: kg_t5, path_weight: 1}"])

    recipe = off.arms["kg_t5"].built_recipe()

    assert isinstance(recipe, TextOnly)
    assert recipe.question_weight == pytest.approx(0.1 / 2.0)
    assert recipe.text_weight == pytest.approx(1 - 0.05)
