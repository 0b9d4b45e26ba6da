import pytest

from kgpt.errors import ConfigError
from kgpt.io import read_json
from kgpt.manifest import read_manifest
from kgpt.pipeline import load_run_config, open_run
from kgpt.pipeline.data_stages import read_documents
from kgpt.pipeline.fate import fates


def linked(project, folder, *overrides):
    with open_run(load_run_config(str(project / "tiny.yaml"), overrides), folder) as run:
        run.sequences(until="linked")
    return folder / "3-linked"


def test_linked_steps_see_the_links_that_the_run_made(project, tmp_path):
    steps = "corpus.linked_steps=[{type: select, max_documents: 5}]"

    folder = linked(project, tmp_path / "run", steps)

    kept = list(read_documents(folder))
    assert len(kept) == 5 and all(one.links for one in kept)
    assert kept[0].metadata.extra["steps"] == ["normalize", "exact_duplicates", "select"]
    manifest = read_manifest(folder)
    assert dict(manifest.dropped) == {"not_selected": 15}
    assert (manifest.num_in, manifest.num_out) == (20, sum(len(one.links) for one in kept))
    told = read_json(folder / "steps.json")
    assert told["facts"]["unit"] == "triples"
    assert told["steps"][0]["figures"]["facts_covered"] == pytest.approx(told["facts"]["num_kept"] / 40)
    became = [fates(folder, f"dQ{number}")[0] for number in range(0, 40, 2)]
    assert sum(one.kept for one in became) == 5
    assert {one.step for one in became if not one.kept} == {"select"}


def test_without_linked_steps_nothing_changes(project, tmp_path):
    folder = linked(project, tmp_path / "run")

    assert len(list(read_documents(folder))) == 20
    assert not (folder / "steps.json").exists()
    assert (tmp_path / "run" / "2-corpus" / "steps.json").is_file()


def test_a_linked_step_that_needs_the_data_folder_says_so(project, tmp_path):
    step = "corpus.linked_steps=[{type: decontamination, questions: {qa: '{data_dir}/questions.jsonl'}}]"

    with pytest.raises(ConfigError, match=r"corpus\.linked_steps.*needs the data folder; add --set data_dir=PATH"):
        linked(project, tmp_path / "run", step)

    folder = linked(project, tmp_path / "run2", step, f"data_dir={project}")
    assert any(name.endswith("questions.jsonl") for name in read_manifest(folder).inputs)
