"""A real small run, explored: links with candidates, the drawing, the graph's answer, the arms' answers."""

import hashlib
import re

import pytest

from kgpt.errors import CheckpointError, DataError
from kgpt.evaluation import Answer
from kgpt.report.arm_answer import complete_masks, judged
from kgpt.report.exploring import Explorer
from kgpt.report.graph_answer import GraphAnswer
from kgpt.report.linked_sentence import linked_sentence
from kgpt.verbalization.template import fill, shipped_templates

HOSTILE = "<script>alert('x')</script> Citytown1 & \"q\""


@pytest.fixture(scope="module")
def explorer(finished_run):
    return Explorer.open(finished_run)


def hashes(folder):
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path: (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns) for path in files}


def test_exploring_leaves_the_run_as_it_was(finished_run):
    before = hashes(finished_run)
    explorer = Explorer.open(finished_run)

    explorer.page()
    explorer.read("Citytown1 is the capital of Landia1.")
    explorer.ask_graph("What is the capital of Landia1?")
    explorer.ask_arm("What is the capital of Landia1?", "kg_t5", 0)

    assert hashes(finished_run) == before


def test_a_folder_without_results_is_refused(tmp_path):
    with pytest.raises(DataError, match="without results"):
        Explorer.open(tmp_path)


def test_candidates_and_nil_share_the_probability(explorer):
    sentence = linked_sentence("Citytown1 is the capital of Landia1, not of Elsewhere.", explorer.linker)

    assert [mention.surface for mention in sentence.linked] == ["Citytown1", "Landia1"]
    for mention in sentence.linked:
        assert {one.id for one in mention.candidates} >= {mention.entity, "NIL"}
        assert sum(one.score for one in mention.candidates) == pytest.approx(1.0, abs=0.01)
    assert "".join(text for text, _ in sentence.pieces) == sentence.document.text


def test_a_name_judged_nil_is_told(explorer):
    linker = explorer.linker
    strict = type(linker)(
        linker.graph, linker.index, linker.profiles, linker.settings.model_copy(update={"nil_threshold": 0.9999})
    )

    sentence = linked_sentence("Citytown1 has bridges.", strict)

    assert sentence.linked == ()
    assert [(one.surface, one.entity, one.chosen.id) for one in sentence.unlinked] == [("Citytown1", "NIL", "NIL")]


def test_whatever_was_typed_comes_back_escaped(explorer):
    pages = [explorer.read(HOSTILE), explorer.ask_graph(HOSTILE), explorer.ask_arm(HOSTILE, "kg_t5", 0)]

    for page in pages:
        assert b"<script" not in page
    assert b"&lt;script&gt;" in pages[0]
    assert b'class="node"' in pages[0]


def test_a_text_without_names_is_drawn_too(explorer):
    page = explorer.read("Nothing here is known.").decode()

    assert "No entity of the graph was found" in page
    assert "(0 triples)" in page


def test_the_graph_answers_the_runs_own_questions(explorer):
    told = explorer.asker.ask(" what is the capital of  LANDIA3")

    assert told.tails == {"Q3": "Citytown3"}
    assert told.why.startswith("This is question qQ103 of the run (")
    assert "from Landia3 (Q103) along capital (P36)" in told.why


def test_the_graph_answers_by_a_template(explorer):
    question = shipped_templates().of("P1376", "capital of").questions[0]

    told = explorer.asker.ask(fill(question, head="Citytown7"))

    assert told.tails == {"Q107": "Landia7"}
    assert told.why.startswith("Linked was Citytown7 (Q7), and “")


def test_the_graph_says_why_it_was_not_asked(explorer):
    assert explorer.asker.ask("Who is there?").why == (
        "The graph was not asked: the linker found no entity in the question."
    )
    assert "no relation’s question template" in explorer.asker.ask("How old is Landia1?").why


def test_answers_are_right_contradicted_or_neither(capitals):
    told = GraphAnswer("", {"Q0": "Berlin"}, frozenset({"Berlin"}))
    answers = [Answer(text, 0.2) for text in ("the berlin", "Paris", "Atlantis", "Paris")]

    assert [one.verdict for one in judged(answers, told, capitals)] == ["right", "contradicted", "wrong"]
    assert {one.verdict for one in judged(answers, GraphAnswer("", {}), capitals)} == {""}


def test_an_arm_gives_several_answers(explorer):
    page = explorer.ask_arm("What is the capital of Landia1?", "text_only", 1).decode()

    assert 1 <= len(re.findall(r"<li", page)) <= 5
    assert "control" in page
    assert "Seed 1." in page


def test_a_model_is_loaded_once(explorer):
    assert explorer.models.model("kg_t5", 0) is explorer.models.model("kg_t5", 0)


@pytest.mark.parametrize(("arm", "seed"), [("nobody", 0), ("kg_t5", 7), ("../kg_t5", 0)])
def test_an_arm_that_the_run_lacks_is_refused(explorer, arm, seed):
    with pytest.raises(CheckpointError, match="no model of this arm and seed"):
        explorer.ask_arm("x?", arm, seed)


def test_an_encoder_fills_masks(tiny, masked_words, capitals):
    from kgpt.model import build_model
    from kgpt.model.checkpoint import LoadedModel

    loaded = LoadedModel(build_model(tiny("roberta"), masked_words, capitals), masked_words, "encoder", {})
    loaded.model.eval()

    first, second = complete_masks(loaded, "[MASK] is the capital of [MASK].", num_words=3)

    assert len(first) == len(second) == 3
    assert first[0].probability >= first[1].probability > 0
    assert complete_masks(loaded, "Berlin is a city.") == ()
