import json
from itertools import combinations

import pytest

from kgpt.kg.splitting import pair_key
from kgpt.records import Question
from kgpt.sources import open_questions


def test_an_exam_is_written_with_splits_that_share_no_fact(kgpt, graph_store, tmp_path):
    told = kgpt("questions", "--graph", graph_store, "--out", tmp_path / "exam.jsonl", "--json")

    questions = [one for one in open_questions(str(tmp_path / "exam.jsonl")).read() if isinstance(one, Question)]
    assert told.status == 0 and questions
    assert sum(sum(row.values()) for row in told.json["questions"].values()) == len(questions)
    asked = {
        split: {pair_key(fact) for one in questions if one.split == split for fact in one.facts()}
        for split in ("train", "dev", "test")
    }
    assert all(asked.values())
    assert not asked["test"] & (asked["train"] | asked["dev"])
    assert len(list(combinations(asked, 2))) == 3


def test_only_the_hops_that_are_asked_for(kgpt, graph_store, tmp_path):
    told = kgpt("questions", "--graph", graph_store, "--out", tmp_path / "exam.jsonl", "--hops", "2")

    rows = [json.loads(line) for line in (tmp_path / "exam.jsonl").read_text().splitlines()]
    assert {len(row["path"]) for row in rows} == {2}
    assert told.out.splitlines()[1].split()[0] == "hop_2"


@pytest.mark.parametrize("hops", ["0", "x", "", "1,9"])
def test_impossible_hops_are_told(kgpt, graph_store, tmp_path, hops):
    told = kgpt("questions", "--graph", graph_store, "--out", tmp_path / "exam.jsonl", "--hops", hops)

    assert told.status == 2 and "expected numbers from 1 to 4" in told.err
    assert not (tmp_path / "exam.jsonl").exists()


def test_nameless_ends_are_asked_about_only_on_demand(kgpt, tmp_path):
    (tmp_path / "g.ttl").write_text(
        "@prefix e: <http://e.org/> . @prefix l: <http://www.w3.org/2000/01/rdf-schema#> .\n"
        'e:a e:near e:b . e:a e:far e:c . e:a l:label "Alt"@en . e:b l:label "Bern"@en .'
    )
    kgpt("graph", "build", tmp_path / "g.ttl", "--out", tmp_path / "g")
    ask = ("questions", "--graph", tmp_path / "g", "--hops", "1", "--out", tmp_path / "exam.jsonl")

    told = kgpt(*ask)
    rows = [json.loads(line) for line in (tmp_path / "exam.jsonl").read_text().splitlines()]
    kgpt(*ask, "--nameless")
    more = [json.loads(line) for line in (tmp_path / "exam.jsonl").read_text().splitlines()]

    assert "triples left out: 1 end without label (--nameless asks about them)" in told.err
    assert {row["entity"] for row in rows} == {"http://e.org/a", "http://e.org/b"}
    assert "http://e.org/c" in {row["entity"] for row in more}


def test_any_share_of_training_leaves_splits_that_sum_to_one(kgpt, graph_store, tmp_path):
    assert kgpt("questions", "--graph", graph_store, "--train-frac", 0.95, "--out", tmp_path / "exam.jsonl").status == 0

    told = kgpt("questions", "--graph", graph_store, "--train-frac", 1.5, "--out", tmp_path / "more.jsonl")
    assert told.status == 2 and "'--train-frac': 1.5 is not in the range" in told.err
