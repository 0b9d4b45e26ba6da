"""A linker that learnt from the corpus' own links is not measured on them."""

import pytest

from kgpt.pipeline import load_run_config, open_run
from kgpt.pipeline.results import _linking

GOLD = (
    '{"id": "d1", "text": "Citytown1 is the capital of Landia1, and it has many wide parks.", '
    '"links": [{"start": 0, "end": 9, "entity": "Q1"}, {"start": 28, "end": 35, "entity": "Q101"}]}\n'
)


@pytest.mark.parametrize(
    ("setting", "is_measured"),
    [
        ("linking.nil_threshold=0.1", True),
        ("linking.existing=keep", False),
        ("linking.anchors=true", False),
        ("linking.train=all", False),
        ("linking.train=some", False),
    ],
)
def test_gold_that_the_linker_has_had_measures_nothing(project, tmp_path, setting, is_measured):
    (tmp_path / "gold.jsonl").write_text(GOLD)
    told = [f'corpus.sources=["{tmp_path / "gold.jsonl"}"]', setting]
    config = load_run_config(str(project / "tiny.yaml"), told)

    with open_run(config, tmp_path / "run") as run:
        run.sequences(until="linked")

    assert bool(_linking(config, tmp_path / "run")) == is_measured
