"""Our steps in datatrove's pipelines; run where it is installed (`pip install datatrove 'xxhash<4'`)."""

import importlib
import json
import sys

import pytest

from kgpt.corpus import Curation, corpus_steps
from kgpt.errors import ConfigError, DataError
from kgpt.records import Document, Link, Metadata, Triple
from kgpt.sources.documents import DocumentsFile, write_documents

TEXT = "The mill by the river was built in the year of the flood and it stands there to this day for all to see"
STEPS = ["normalize", {"type": "length", "min_words": 5}]


def test_without_datatrove_the_remedy_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "datatrove", None)
    monkeypatch.delitem(sys.modules, "kgpt.corpus.datatrove", raising=False)

    with pytest.raises(ConfigError, match=r"datatrove is not installed.*pip install datatrove 'xxhash<4'"):
        importlib.import_module("kgpt.corpus.datatrove")


@pytest.fixture
def adapter():
    """The module, beside the real datatrove."""
    pytest.importorskip("datatrove")
    return importlib.import_module("kgpt.corpus.datatrove")


@pytest.fixture
def files(tmp_path):
    """Two files of documents."""
    for part in range(2):
        documents = [
            Document(
                f"{part}-{number}",
                f"{TEXT}  {'abcdefgh'[number % 8] * 5}" if number % 9 else "too short",
                (Link(4, 8, "Q1"),),
                Metadata(source="web", extra={"own": number}),
            )
            for number in range(40)
        ]
        write_documents(tmp_path / "in" / f"{part}.jsonl", documents)
    return tmp_path


def ran(pipeline, folder, *, tasks):
    from datatrove.executor import LocalPipelineExecutor

    executor = LocalPipelineExecutor(pipeline, tasks=tasks, workers=1, logging_dir=str(folder), skip_completed=False)
    return executor.run()


def kept(folder):
    return [one for path in sorted(folder.glob("*.jsonl")) for one in DocumentsFile(path).read()]


def writer(adapter, folder):
    from datatrove.pipeline.writers import JsonlWriter

    return JsonlWriter(str(folder), compression=None, adapter=adapter.document_adapter)


def reader(files):
    from datatrove.pipeline.readers import JsonlReader

    return JsonlReader(str(files / "in"), glob_pattern="*.jsonl")


def test_documents_go_to_datatrove_and_back(adapter):
    told = {"source": "web", "url": "https://a.example/b", "extra": {"quality": 0.5, "cluster": {"id": "a", "size": 2}}}
    document = Document("a", TEXT, (Link(4, 8, "Q1", 0.5),), Metadata(**told), (Triple("Q1", "P1", "Q2"),), ("P1",))

    assert adapter.from_datatrove(adapter.to_datatrove(document)) == document
    plain = Document("b", TEXT)
    assert adapter.from_datatrove(adapter.to_datatrove(plain)) == plain


def test_steps_that_look_at_documents_alone_run_in_its_executor(adapter, files):
    dropped = files / "dropped"
    blocks = [adapter.StepBlock(one, folder=dropped if one != "normalize" else "") for one in STEPS]

    stats = ran([reader(files), *blocks, writer(adapter, files / "out")], files / "logs", tasks=2)

    ours = Curation([corpus_steps.build(one) for one in STEPS])
    source = [one for path in sorted((files / "in").glob("*")) for one in DocumentsFile(path).read()]
    expected = list(ours.documents(source))
    found = {one.id: one for one in kept(files / "out")}
    assert set(found) == {one.id for one in expected}
    assert all(found[one.id].text == one.text and found[one.id].links == one.links for one in expected)
    lists = [json.loads(line) for path in dropped.glob("*.dropped") for line in path.read_text().splitlines()]
    assert {one["reason"] for one in lists} == {"too_short"}
    assert len(lists) == ours.dropped["too_short"] == 10
    assert "dropped_too_short" in str(stats.to_json())


def test_a_step_that_needs_the_whole_corpus_takes_three_pipelines(adapter, files):
    step, room = "near_duplicates", files / "sketches"

    ran([reader(files), adapter.SketchBlock(step, folder=room)], files / "logs1", tasks=2)
    ran([adapter.DecideBlock(step, folder=room)], files / "logs2", tasks=1)
    ran([reader(files), adapter.RuleBlock(step, folder=room), writer(adapter, files / "out")], files / "logs3", tasks=2)

    source = [one for path in sorted((files / "in").glob("*")) for one in DocumentsFile(path).read()]
    expected = [one.id for one in Curation([corpus_steps.build(step)]).documents(source)]
    assert sorted(one.id for one in kept(files / "out")) == sorted(expected)
    assert 0 < len(expected) < 20


def test_a_block_of_the_wrong_kind_says_which_to_use(adapter, tmp_path):
    with pytest.raises(ConfigError, match="use SketchBlock, DecideBlock and RuleBlock"):
        list(adapter.StepBlock("near_duplicates").run([]))
    with pytest.raises(ConfigError, match="use StepBlock"):
        list(adapter.SketchBlock("length", folder=tmp_path).run([]))
    with pytest.raises(ConfigError, match="no sketches there"):
        adapter.DecideBlock("near_duplicates", folder=tmp_path).run()
    with pytest.raises(ConfigError, match="no sketches of task 3"):
        list(adapter.RuleBlock("near_duplicates", folder=tmp_path).run([], rank=3))


def test_a_decision_is_made_again_over_other_documents(adapter, tmp_path):
    step, room = "exact_duplicates", tmp_path / "room"
    found = []
    for texts in (("one", "one", "two"), ("one", "two", "two")):
        told = [adapter.to_datatrove(Document(str(n), text)) for n, text in enumerate(texts)]
        list(adapter.SketchBlock(step, folder=room).run(told))
        adapter.DecideBlock(step, folder=room).run()
        found.append([one.id for one in adapter.RuleBlock(step, folder=room).run(told)])

    assert found == [["0", "2"], ["0", "1"]]


@pytest.mark.parametrize(("num_documents", "told_as"), [(1, "1"), (3, "more")])
def test_a_task_that_gets_other_documents_than_it_sketched_says_so(adapter, tmp_path, num_documents, told_as):
    step, told = "exact_duplicates", [adapter.to_datatrove(Document(str(n), f"text {n}")) for n in range(3)]
    for rank in range(2):
        list(adapter.SketchBlock(step, folder=tmp_path).run(told[:2], rank=rank, world_size=2))
    adapter.DecideBlock(step, folder=tmp_path).run()

    with pytest.raises(DataError, match=f"sketched 2 documents and now gets {told_as}"):
        list(adapter.RuleBlock(step, folder=tmp_path).run(told[:num_documents]))


def test_sketches_of_an_earlier_run_with_more_documents_are_gone(adapter, tmp_path):
    step, told = "exact_duplicates", [adapter.to_datatrove(Document(str(n), f"text {n}")) for n in range(1500)]
    list(adapter.SketchBlock(step, folder=tmp_path).run(told))

    list(adapter.SketchBlock(step, folder=tmp_path).run(told[:10]))

    assert len(list(tmp_path.glob("*.sketch"))) == 1
