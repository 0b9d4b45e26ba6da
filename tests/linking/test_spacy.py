import json
import pickle
import shutil
import subprocess
import sys
from dataclasses import replace

import pytest
import spacy
from spacy.tokens import Span

from kgpt.errors import ConfigError, DataError, StoreError
from kgpt.kg import build_graph, write_graph
from kgpt.linking.disambiguation import Weights
from kgpt.linking.spacy import FACTORY, ComponentSettings, LinkerComponent
from kgpt.records import Document, EntityRecord, Link, Triple

TEXT = "Berlin is in Germany."
FOUND = [("Berlin", "Q64"), ("Germany", "Q183")]


@pytest.fixture(scope="module")
def store(geography, tmp_path_factory):
    folder = tmp_path_factory.mktemp("spacy") / "graph"
    write_graph(geography, folder)
    return folder


@pytest.fixture
def pipeline(store):
    """A blank pipeline with the component, by its config."""

    def build(**config):
        nlp = spacy.blank("en")
        nlp.add_pipe(FACTORY, config={"graph": str(store)} | config)
        return nlp

    return build


def entities(doc):
    return [(ent.text, ent.kb_id_) for ent in doc.ents]


def test_the_entities_of_a_doc_are_linked(pipeline, linker):
    doc = pipeline()(TEXT)

    assert entities(doc) == FOUND
    assert {ent.label_ for ent in doc.ents} == {"ENTITY"}
    assert doc.ents[0]._.kgpt_score == linker.link(Document("d", TEXT)).links[0].score


def test_settings_of_the_linker_are_settings_of_the_component(pipeline):
    assert entities(pipeline(nil_threshold=0.999)(TEXT)) == []
    assert {ent.label_ for ent in pipeline(label="PLACE")(TEXT).ents} == {"PLACE"}


def test_entities_of_before_are_replaced_or_kept(pipeline):
    def linked(existing):
        nlp = pipeline(existing=existing)
        doc = nlp.make_doc(TEXT)
        doc.ents = [Span(doc, 0, 2, label="NAME", kb_id="own")]
        return entities(nlp.get_pipe(FACTORY)(doc))

    assert linked("replace") == FOUND
    assert linked("keep") == [("Berlin is", "own"), ("Germany", "Q183")]


def test_entities_of_before_are_linked_and_no_others_found(pipeline):
    nlp = pipeline(existing="link")
    doc = nlp.make_doc("Berlin and Germany and somebody.")
    doc.ents = [Span(doc, 0, 1, label="GPE"), Span(doc, 4, 5, label="PERSON")]

    linked = nlp.get_pipe(FACTORY)(doc)

    assert [(ent.label_, ent.kb_id_) for ent in linked.ents] == [("GPE", "Q64"), ("PERSON", "NIL")]


@pytest.mark.parametrize(
    ("alignment", "expected", "counts"),
    [("expand", [("xBerlin", "Q64")], {"aligned": 1, "linked": 1}), ("strict", [], {"aligned": 0, "unaligned": 1})],
)
def test_links_within_a_token_are_aligned_or_counted(pipeline, alignment, expected, counts):
    nlp = pipeline(alignment=alignment)
    component = nlp.get_pipe(FACTORY)
    doc = spacy.tokens.Doc(nlp.vocab, ["xBerlin"])
    component.__dict__["linker"] = _Stub([(1, 7, "Q64")])

    assert entities(component(doc)) == expected
    assert component.counts == counts


def test_links_that_meet_in_a_token_are_counted(pipeline):
    nlp = pipeline()
    component = nlp.get_pipe(FACTORY)
    component.__dict__["linker"] = _Stub([(0, 6, "Q64"), (6, 13, "Q183")])

    assert entities(component(spacy.tokens.Doc(nlp.vocab, ["BerlinGermany"]))) == [("BerlinGermany", "Q64")]
    assert component.counts == {"aligned": 2, "linked": 1, "overlapping": 1}


class _Stub:
    """A linker that says what it is told to."""

    def __init__(self, spans):
        self._spans = spans

    def link(self, document):
        return replace(document, links=tuple(Link(*span, 0.5) for span in self._spans))


def test_a_stream_goes_through_several_processes(pipeline, tmp_path):
    nlp = pipeline(index=str(tmp_path / "index"))

    docs = list(nlp.pipe([TEXT, "Paris"] * 3, n_process=2, batch_size=2))

    assert [entities(doc) for doc in docs] == [FOUND, [("Paris", "Q90")]] * 3
    assert all(0 < ent._.kgpt_score <= 1 for doc in docs for ent in doc.ents)


def test_a_process_gets_paths_and_no_arrays(pipeline):
    component = pipeline(nil_threshold=0.3).get_pipe(FACTORY)
    entities(pipeline()(TEXT))

    content = pickle.dumps(component)

    assert len(content) < 5_000
    assert pickle.loads(content).settings == component.settings


def test_an_index_is_built_once(pipeline, tmp_path):
    folder = tmp_path / "index"
    entities(pipeline(index=str(folder))(TEXT))
    built = (folder / "index.json").stat().st_mtime_ns

    assert entities(pipeline(index=str(folder), nil_threshold=0.1)(TEXT)) == FOUND
    assert (folder / "index.json").stat().st_mtime_ns == built


def test_an_index_of_other_settings_is_built_again(pipeline, tmp_path):
    folder = tmp_path / "index"
    entities(pipeline(index=str(folder))(TEXT))

    assert entities(pipeline(index=str(folder), min_chars=7)(TEXT)) == [("Germany", "Q183")]


def test_a_pipeline_is_saved_and_loaded(pipeline, tmp_path):
    nlp = pipeline(nil_threshold=0.1, label="PLACE")
    nlp.to_disk(tmp_path / "saved")

    loaded = spacy.load(tmp_path / "saved")

    assert entities(loaded(TEXT)) == FOUND
    assert loaded.get_pipe(FACTORY).settings == nlp.get_pipe(FACTORY).settings
    assert loaded.get_pipe(FACTORY).index == tmp_path / "saved" / FACTORY / "index"


def test_a_pipeline_goes_through_bytes(pipeline):
    nlp = pipeline(nil_threshold=0.1, label="PLACE")

    again = pipeline().from_bytes(nlp.to_bytes())

    assert again.get_pipe(FACTORY).settings == nlp.get_pipe(FACTORY).settings
    assert entities(again(TEXT)) == FOUND


def test_a_saved_pipeline_finds_its_graph_elsewhere(pipeline, store, tmp_path):
    pipeline().to_disk(tmp_path / "saved")
    moved = shutil.copytree(store, tmp_path / "moved")

    loaded = spacy.load(tmp_path / "saved", config={f"components.{FACTORY}.graph": str(moved)})

    assert entities(loaded(TEXT)) == FOUND


def test_another_graph_than_the_saved_one_is_refused(pipeline, tmp_path):
    pipeline().to_disk(tmp_path / "saved")
    write_graph(build_graph([EntityRecord("Q1", "Rome"), Triple("Q1", "P1", "Q2")])[0], tmp_path / "other")

    with pytest.raises(StoreError, match=r"saved with the graph .* and .*other is another one; load with config="):
        spacy.load(tmp_path / "saved", config={f"components.{FACTORY}.graph": str(tmp_path / "other")})


def test_a_saved_index_that_lost_its_list_is_refused(pipeline, tmp_path):
    pipeline().to_disk(tmp_path / "saved")
    (tmp_path / "saved" / FACTORY / "index" / "index.json").unlink()

    with pytest.raises(StoreError, match="save the pipeline again"):
        spacy.load(tmp_path / "saved")


def test_a_missing_graph_is_named_with_the_remedy(pipeline, tmp_path):
    with pytest.raises(DataError, match=r"nowhere: no such graph store; build one with `kgpt graph build"):
        pipeline(graph=str(tmp_path / "nowhere"))


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"existing": "drop"}, r"kgpt_linker: existing: .*'replace', 'keep' or 'link', found 'drop'"),
        ({"alignment": "wide"}, r"kgpt_linker: alignment: .*found 'wide'"),
        ({"nil_threshold": 1.5}, r"kgpt_linker: nil_threshold: .*found 1.5"),
    ],
)
def test_a_wrong_setting_is_named(pipeline, config, message):
    with pytest.raises(ConfigError, match=message):
        pipeline(**config)


def test_weights_come_from_a_file(pipeline, tmp_path):
    path = tmp_path / "weights.json"
    path.write_text(json.dumps({"local": {"bias": -1.0}, "whole": {"bias": -9.0}}))

    nlp = pipeline(weights=str(path))

    assert entities(nlp(TEXT)) == []
    assert nlp.get_pipe(FACTORY).settings.weights == Weights(local={"bias": -1.0}, whole={"bias": -9.0})


def test_the_component_is_made_without_a_pipeline(store):
    component = LinkerComponent("mine", store, ComponentSettings())

    assert entities(component(spacy.blank("de").make_doc(TEXT))) == FOUND


IN_ANOTHER_PROCESS = """
import sys, spacy
nlp = spacy.blank("en")
nlp.add_pipe("kgpt_linker", config={"graph": sys.argv[1]})
print(*[ent.kb_id_ for ent in nlp("Berlin is in Germany.").ents])
"""


def test_spacy_finds_the_component_by_its_entry_point(store):
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", IN_ANOTHER_PROCESS, str(store)],
        capture_output=True,
        text=True,
        check=True,
    )

    assert run.stdout.split() == ["Q64", "Q183"]
