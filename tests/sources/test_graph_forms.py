import bz2
import gzip

import pytest

from kgpt.errors import DataError
from kgpt.records import EntityRecord, Triple
from kgpt.sources import open_graph
from kgpt.sources.codex import CodexFolder
from kgpt.sources.graph_forms import GRAPH_FORMS, graph_form
from kgpt.sources.rdf import FORMATS, RDFLIB_FORMATS
from kgpt.sources.wikidata_dump import WikidataDump

ITEM = '{"type": "item", "id": "Q1", "labels": {"de": {"value": "x"}}}'


@pytest.mark.parametrize(
    ("name", "content", "form"),
    [
        ("a.tsv", "Q1\tP1\tQ2\n", "triples"),
        ("a.txt", "", "triples"),
        ("a.tsv", "id\tnode1\tlabel\tnode2\n", "kgtk"),
        ("a.tsv", "Subject\tPredicate\tObject\n", "table"),
        ("a.txt", "Q1,P1,Q2,P3,Q4\n", "wd50k"),
        ("a.txt", "Q1,P1,Q2,P3\n", "triples"),
        ("wikidata5m_entity.txt", "Q1\tx\n", "wikidata5m"),
        ("a.csv", "", "table"),
        ("a.parquet", "", "table"),
        ("a.json", f"[\n{ITEM}\n]", "wikidata"),
        ("a.ndjson", ITEM, "wikidata"),
        ("a.json", "{}", "wikidata"),
        ("a.json", '{"@context": {}, "@id": "x"}', "rdf"),
        *[(f"a{suffix}", "", "rdf") for suffix in (*FORMATS, *RDFLIB_FORMATS)],
    ],
)
def test_the_suffix_or_the_first_line_tells_the_form(tmp_path, name, content, form):
    (tmp_path / name).write_text(content)
    (tmp_path / f"{name}.gz").write_bytes(gzip.compress(content.encode()))

    assert (graph_form(tmp_path / name), graph_form(tmp_path / f"{name}.gz")) == (form, form)


@pytest.mark.parametrize(
    ("files", "form"),
    [
        ({"triples.tsv.gz": "", "train.txt": ""}, "tsv"),
        ({"wikidata5m_text.txt": "", "train.txt": ""}, "wikidata5m"),
        ({"train.txt": "Q1,P1,Q2"}, "wd50k"),
        ({"train.txt": "Q1\tP1\tQ2", "valid_negatives.txt": ""}, "codex"),
        ({"train.tsv": "0\t1\t2", "entity2text.txt": ""}, "benchmark"),
        ({"part-0.parquet": ""}, "table"),
        ({}, "tsv"),
    ],
)
def test_its_files_tell_the_form_of_a_folder(tmp_path, files, form):
    for name, content in files.items():
        (tmp_path / name).write_text(content)

    assert graph_form(tmp_path) == form


def test_the_release_of_codex_is_told_by_its_folder_of_triples(tmp_path):
    (tmp_path / "triples" / "codex-s").mkdir(parents=True)

    assert open_graph(str(tmp_path)) == CodexFolder(tmp_path)


@pytest.mark.parametrize("suffix", ["tsv", "json"])
def test_a_torn_file_is_told_when_it_is_read(tmp_path, suffix):
    (tmp_path / f"a.{suffix}.bz2").write_bytes(bz2.compress(ITEM.encode())[:30])

    with pytest.raises(DataError, match="torn or not what its suffix says"):
        list(open_graph(str(tmp_path / f"a.{suffix}.bz2")).read())


def test_a_form_and_options_stand_in_the_source(tmp_path):
    (tmp_path / "dump").write_text(ITEM)
    source = f"wikidata:{tmp_path}/dump?languages=de,en&ranks=all&fallback=none"

    assert open_graph(source) == WikidataDump(tmp_path / "dump", ("de", "en"), "all", "none")
    assert next(open_graph(source).read()) == EntityRecord("Q1", "x")


def test_options_hold_for_a_form_that_the_file_tells(tmp_path):
    (tmp_path / "a.csv").write_text("a,b,c\nQ1,P1,Q2\n")

    items = open_graph(f"{tmp_path}/a.csv?head=a&relation=b&tail=c").read()

    assert list(items) == [Triple("Q1", "P1", "Q2")]


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("a.json?language=en", r"no such option: 'language'; did you mean 'languages'\?"),
        ("a.json?ranks=worst", "ranks: found 'worst'; allowed: all, best"),
        ("a.tsv?languages=en", "no such option: 'languages'; this form has none"),
        ("none.tsv?languages=en", r"none\.tsv: no such file or folder"),
        ("wikidta:a.json", r"no form is called 'wikidta'; did you mean 'wikidata'\?"),
    ],
)
def test_what_a_form_does_not_know_is_told(tmp_path, monkeypatch, source, told):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.json").write_text(ITEM)
    (tmp_path / "a.tsv").write_text("Q1\tP1\tQ2\n")

    with pytest.raises(DataError, match=told):
        open_graph(source)


@pytest.mark.parametrize("name", sorted(GRAPH_FORMS))
def test_every_form_makes_a_reader_of_a_path(tmp_path, name):
    (tmp_path / "train.txt").write_text("Q1\tP1\tQ2\n")
    reader = open_graph(f"{name}:{tmp_path}")

    assert callable(reader.read)
    assert callable(reader.files)


@pytest.mark.real
@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("kg", "tsv"),
        ("kg/triples.tsv.gz", "triples"),
        ("kg/codex-s", "codex"),
        ("kg/wiki27k", "benchmark"),
        ("kg/wd50k_statements_train.txt.gz", "wd50k"),
        ("kg/kgtk_arnold_claims.time.tsv.gz", "kgtk"),
        ("metaqa", "benchmark"),
        ("dumps/wikibase-dump-filter-entities.ndjson.gz", "wikidata"),
        ("dumps/wdtk-mock-dump-with-bugs.json", "wikidata"),
        ("dumps/Q42.ttl.gz", "rdf"),
    ],
)
def test_real_files_tell_their_forms(shared_data, name, form):
    assert graph_form(shared_data / name) == form
