import runpy
from pathlib import Path

import pytest

from kgpt.io import read_json_lines

ROOT = Path(__file__).resolve().parents[1]
RECOUNT = runpy.run_path(str(ROOT / "graphs" / "recount.py"))
SAMPLES = sorted(folder.name for folder in (ROOT / "graphs").iterdir() if (folder / "README.md").is_file())


@pytest.mark.parametrize("name", SAMPLES)
def test_every_card_says_what_its_files_hold(name):
    for card, told in RECOUNT["cards"](name).items():
        front, _ = RECOUNT["read_card"](card)
        assert {key: front[key] for key in told} == told, f"run `python graphs/recount.py {name}`"
        assert {"name", "version", "licence", "made_by"} <= front.keys()


def test_the_sample_is_as_large_and_as_mixed_as_promised():
    graph, corpus = (told["counts"] for told in RECOUNT["cards"]("atlas").values())

    assert graph["entities"] >= 600 and graph["triples"] >= 3_000 and graph["relations"] >= 20
    assert graph["literals"] >= 100 and graph["shared_labels"] >= 10
    assert corpus["documents"] >= 250
    assert 0.4 <= corpus["triples_stated"] / graph["triples"] <= 0.6
    assert sum(graph[f"questions_{split}"] for split in ("train", "dev", "test")) >= 300


def test_no_test_question_shares_its_entities_with_a_train_or_dev_question():
    pairs = {"train": set(), "dev": set(), "test": set()}
    for _, question in read_json_lines(ROOT / "graphs" / "atlas" / "questions.jsonl"):
        for answer in question["answer_entities"]:
            pairs[question["split"]].add(frozenset((question["entity"], answer)))

    assert not pairs["test"] & (pairs["train"] | pairs["dev"])
