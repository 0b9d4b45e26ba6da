"""Stage 1: sources in any language, or a finished store, to the run's own store."""

import numpy as np
import pytest

from kgpt.errors import ConfigError
from kgpt.kg import open_graph_store
from kgpt.kg.store import build_store
from kgpt.pipeline import load_run_config, open_run
from kgpt.records import EntityRecord, Triple
from kgpt.sources import open_graph


def graph_of(config, folder):
    with open_run(config, folder) as run:
        manifest = run.sequences(until="graph")
    return open_graph_store(folder / "1-graph"), manifest


def test_a_finished_store_is_taken_as_it_is(project, tmp_path):
    build_store(open_graph(str(project / "graph")).read(), tmp_path / "store")
    config = str(project / "tiny.yaml")

    built, _ = graph_of(load_run_config(config), tmp_path / "built")
    taken, manifest = graph_of(load_run_config(config, [f'graph.sources=["{tmp_path / "store"}"]']), tmp_path / "taken")

    assert np.array_equal(built.triples, taken.triples)
    assert list(built.entities.labels) == list(taken.entities.labels)
    assert list(manifest.inputs) == [str(tmp_path / "store" / "meta.json")]


def test_a_finished_store_is_not_joined_with_other_sources(project, tmp_path):
    build_store([Triple("Q1", "P1", "Q2"), EntityRecord("Q1", "one")], tmp_path / "store")
    sources = f'graph.sources=["{project / "graph"}", "{tmp_path / "store"}"]'

    with pytest.raises(ConfigError, match=r"graph.sources: .*store' is a finished store and cannot be joined"):
        graph_of(load_run_config(str(project / "tiny.yaml"), [sources]), tmp_path / "run")


def test_names_are_kept_in_the_languages_asked_for(project, tmp_path):
    capital = "<http://www.wikidata.org/prop/direct/P36>"
    label = "<http://www.w3.org/2000/01/rdf-schema#label>"
    lines = [
        f"<http://www.wikidata.org/entity/Q1> {capital} <http://www.wikidata.org/entity/Q2> .",
        f'<http://www.wikidata.org/entity/Q1> {label} "Germany"@en .',
        f'<http://www.wikidata.org/entity/Q1> {label} "Deutschland"@de .',
        f'<http://www.wikidata.org/entity/Q2> {label} "Berlin"@de .',
    ]
    (tmp_path / "graph.nt").write_text("".join(f"{line}\n" for line in lines))
    told = [f'graph.sources=["{tmp_path / "graph.nt"}"]', 'graph.languages=["de", "en"]']

    graph, _ = graph_of(load_run_config(str(project / "tiny.yaml"), told), tmp_path / "run")

    assert list(graph.entities.labels) == ["Deutschland", "Berlin"]
    assert graph.names_in("en").labels[0] == "Germany"
