import json

import pytest

from kgpt import engine
from kgpt.corpus import Curation, corpus_steps
from kgpt.corpus.decontamination import Decontamination
from kgpt.corpus.evaluation_sets import EvaluationSets
from kgpt.corpus.passes import curate
from kgpt.engine import Processes
from kgpt.errors import ConfigError, DataError
from kgpt.records import Document, Link
from kgpt.sources.documents import write_documents

ASKED = "In which town by the wide grey river was the painter of the seven lost portraits of Ann born?"
SHORT = "Who founded the city of Berlin?"


@pytest.fixture
def build(tmp_path):
    """Builds the step beside a set of two questions and one of two texts."""
    rows = [{"question": one, "answers": ["x"]} for one in (ASKED, SHORT)]
    rows.append({"question": "What may every reader of this book learn from it?", "answers": ["x"], "split": "train"})
    (tmp_path / "qa.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    texts = [" ".join(f"t{number}" for number in range(first, first + 30)) for first in (0, 100)]
    (tmp_path / "held.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    sets = {"questions": {"qa": str(tmp_path / "qa.jsonl")}, "documents": {"held": str(tmp_path / "held.jsonl")}}
    return lambda **settings: Decontamination(**sets | settings)


def outcome(step, text, links=()):
    """The document as it stays, or the reason for which it goes."""
    told = []
    kept = list(Curation([step], told.append).documents([Document("a", text, links)]))
    return kept[0] if kept else told[0].reason


def numbered(first, last):
    return " ".join(f"T{number}," for number in range(first, last))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f"They ask: {ASKED.upper()} Nobody knows.", "qa"),
        ("So who founded a CITY of Berlin, then?", "qa"),
        ("Who founded the city of Bonn? Berlin is another.", None),
        ("Somebody founded the city of Berlin long ago, in the town by the wide grey river.", None),
        ("What may every reader of this book learn from it?", None),
        (f"x {numbered(3, 16)} y", "held"),
        (f"x {numbered(3, 15)} y", None),
        (f"x {numbered(0, 3)} gap {numbered(3, 15)} y {numbered(16, 28)} z", None),
        (f"{numbered(120, 130)} {numbered(0, 5)}", None),
    ],
)
def test_a_text_goes_where_it_shares_enough_in_a_row(build, text, reason):
    found = outcome(build(), text)

    assert found == (f"decontamination:{reason}" if reason else Document("a", text, metadata=found.metadata))


def test_most_of_the_8_grams_of_an_item_are_enough(build):
    half = f"{numbered(0, 12)} x {numbered(12, 24)} y {numbered(18, 30)}"

    assert isinstance(outcome(build(), half), Document)
    assert outcome(build(min_short_frac=0.5), half) == "decontamination:held"


def test_the_passage_is_cut_out_and_links_follow(build):
    before, after = "Berlin has many houses. ", " And Bonn is on the Rhine."
    text = f"{before}{ASKED}{after}"
    links = (Link(0, 6, "Q64"), Link(len(before) + 9, len(before) + 13, "Q1"), Link(len(text) - 6, len(text) - 1, "Q2"))

    kept = outcome(build(action="cut", margin_chars=0), text, links)

    assert kept.text == f"{before}{after}"
    assert [kept.surface(link) for link in kept.links] == ["Berlin", "Rhine"]
    assert kept.metadata.extra["changes"] == {"decontamination:qa": 1, "decontamination:link": 1}


def test_the_margin_goes_with_it_up_to_the_next_blank(build):
    kept = outcome(build(action="cut", margin_chars=4), f"one twenty three {SHORT} fourteen five six")

    assert kept.text == "one twenty  five six"


def test_too_many_cuts_or_nothing_left_is_a_drop(build):
    assert outcome(build(action="cut"), SHORT) == "decontamination:qa"
    text = f" {'x ' * 300}".join([SHORT] * 4)
    assert outcome(build(action="cut", max_cuts=3), text) == "decontamination:qa"
    assert isinstance(outcome(build(action="cut", max_cuts=4), text), Document)


def test_its_files_are_inputs_of_the_stage_and_its_sets_are_rules(build):
    assert [path.name for path in build().files()] == ["qa.jsonl", "held.jsonl"]
    assert build().rules() == ("qa", "held")


def test_without_sets_or_with_an_empty_one_it_says_so(tmp_path):
    with pytest.raises(ConfigError, match="give `questions` or `documents`"):
        corpus_steps.build("decontamination")
    (tmp_path / "none.jsonl").write_text("")
    with pytest.raises(DataError, match=r"none\.jsonl: nothing to look for"):
        Decontamination(questions={"qa": str(tmp_path / "none.jsonl")}).begin()


def test_a_set_of_which_every_item_is_too_short_to_look_for_is_told(tmp_path):
    (tmp_path / "qa.jsonl").write_text('{"question": "Who was Ann?", "answers": ["x"]}\n')
    (tmp_path / "texts.jsonl").write_text('{"text": "a text of seven words, no more"}\n')

    with pytest.raises(DataError, match=r"qa\.jsonl: nothing to look for in it, no text of 5 words"):
        Decontamination(questions={"qa": str(tmp_path / "qa.jsonl")}).begin()
    with pytest.raises(DataError, match=r"texts\.jsonl: nothing to look for in it, no text of 8 words"):
        Decontamination(documents={"held": str(tmp_path / "texts.jsonl")}).begin()


def test_the_sets_are_read_once_for_all_shards_and_again_when_they_change(build, tmp_path, monkeypatch):
    reads = []
    read = EvaluationSets.read
    monkeypatch.setattr(EvaluationSets, "read", lambda *given: reads.append(1) or read(*given))
    write_documents(tmp_path / "read.jsonl", [Document(str(n), f"x {SHORT}") for n in range(4)])
    monkeypatch.setattr(engine.cut, "__kwdefaults__", {"num_lines": 1})

    def dropped(folder):
        told = curate([build()], tmp_path / "read.jsonl", tmp_path / folder, engine=Processes(num_workers=1))
        return told.tally.dropped

    assert dropped("one") == {"decontamination:qa": 4}
    assert len(reads) == 1
    (tmp_path / "qa.jsonl").write_text('{"question": "Is it another question, of more words?", "answers": ["x"]}\n')
    assert dropped("two") == {}
