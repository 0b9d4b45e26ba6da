import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kgpt import engine
from kgpt.corpus import fact_loss as module
from kgpt.corpus.fact_loss import FactLog, fact_loss
from kgpt.corpus.facts import EntityFacts, TripleFacts, linked_entities
from kgpt.corpus.length import LengthFilter
from kgpt.corpus.passes import curate
from kgpt.corpus.pii import PersonalData
from kgpt.engine import Processes
from kgpt.kg import build_graph, write_graph
from kgpt.records import NIL, Document, Link, Triple
from kgpt.sources.documents import write_documents


def linked(identifier: str, *entities: str, words: int = 9) -> Document:
    return Document(identifier, "word " * words, tuple(Link(5 * n, 5 * n + 4, one) for n, one in enumerate(entities)))


def test_the_facts_of_a_document_are_the_triples_between_its_links(capitals):
    documents = [("Q10", "Q0"), ("Q0",), ("Q11", "Q10", "nowhere"), ()]

    rows, lengths = TripleFacts(capitals).of(documents)

    assert lengths.tolist() == [2, 0, 2, 0]
    found = {capitals.triple(capitals.triples[row]) for row in rows}
    assert {(one.head, one.relation, one.tail) for one in found} == {
        ("Q10", "P36", "Q0"),
        ("Q0", "P1376", "Q10"),
        ("Q10", "P47", "Q11"),
        ("Q11", "P47", "Q10"),
    }


@given(st.lists(st.lists(st.integers(0, 19), max_size=8), max_size=6))
def test_triples_between_links_are_those_of_a_plain_search(capitals, documents):
    told = [tuple(dict.fromkeys(f"Q{number}" for number in numbers)) for numbers in documents]

    rows, lengths = TripleFacts(capitals).of(told)

    ids = capitals.entities.ids
    ends = np.cumsum([0, *lengths])
    for number, entities in enumerate(told):
        expected = [
            row
            for row, (head, _, tail) in enumerate(capitals.triples.tolist())
            if ids[head] in entities and ids[tail] in entities
        ]
        assert sorted(rows[ends[number] : ends[number + 1]].tolist()) == expected


def test_a_mention_of_nothing_in_the_graph_is_no_fact():
    assert linked_entities(linked("a", "Q1", NIL, "Q1")) == ("Q1",)


def test_a_fact_is_lost_where_its_last_document_goes(tmp_path):
    log = FactLog(EntityFacts())
    log.note(linked("a", "Q1", "Q2"), 0)  # goes at step 0
    log.note(linked("b", "Q2", "Q3"), 2)  # goes at step 2
    log.note(linked("c", "Q3", "Q4"), 3)  # stays
    other = FactLog(EntityFacts())
    other.note(linked("d", "Q1"), 1)
    log.write(tmp_path / "a")
    other.write(tmp_path / "b")

    loss = fact_loss([tmp_path / "a", tmp_path / "b"], num_steps=3, unit="entities")

    assert (loss.num_facts, loss.num_kept, loss.lost) == (4, 2, (0, 1, 1))


def test_counting_in_parts_changes_nothing(tmp_path, monkeypatch):
    log, rng = FactLog(EntityFacts()), np.random.default_rng(0)
    for number in range(200):
        log.note(linked(str(number), *(f"Q{one}" for one in rng.integers(0, 90, 5))), int(rng.integers(0, 4)))
    log.write(tmp_path / "a")
    whole = fact_loss([tmp_path / "a"], num_steps=3, unit="entities")
    monkeypatch.setattr(module, "_PART_ROWS", 7)

    assert fact_loss([tmp_path / "a"], num_steps=3, unit="entities") == whole
    assert whole.num_facts == 90


def test_facts_are_lost_with_dropped_documents_and_with_masked_links(tmp_path, capitals, monkeypatch):
    write_graph(capitals, tmp_path / "graph", skipped={})
    mail = "Berlin is the capital of Germany: mail me@example.org about it at any time you like."
    documents = [
        linked("short", "Q11", "Q1", words=2),
        Document("mail", mail, (Link(0, 6, "Q0"), Link(25, 32, "Q10"), Link(39, 53, "Q13"))),
        linked("stays", "Q10", "Q0", "Q11"),
    ]
    write_documents(tmp_path / "read.jsonl", documents)
    monkeypatch.setattr(engine.cut, "__kwdefaults__", {"num_lines": 1})
    steps = [LengthFilter(min_words=3), PersonalData()]

    for graph, unit, counts, lost in (
        (tmp_path / "graph", "triples", (6, 4), [2, 0, 0]),
        (None, "entities", (5, 3), [1, 1, 0]),
    ):
        engine_ = Processes(num_workers=1)
        told = curate(steps, tmp_path / "read.jsonl", tmp_path / unit, engine=engine_, graph=graph).as_json()

        assert told["facts"] == {"unit": unit, "num_facts": counts[0], "num_kept": counts[1]}
        assert [one["num_facts_lost"] for one in told["steps"]] == lost


def test_nothing_is_told_where_no_document_has_links(tmp_path):
    write_documents(tmp_path / "read.jsonl", [linked("a"), linked("b", words=1)])

    told = curate([LengthFilter()], tmp_path / "read.jsonl", tmp_path / "shards", engine=Processes(num_workers=1))

    assert told.as_json()["facts"] == {}


def test_a_graph_that_was_built_anew_says_what_a_fact_is(tmp_path, capitals):
    write_documents(tmp_path / "read.jsonl", [linked("a", "Q10", "Q0", "Q11")])
    found = []
    for number, graph in enumerate((capitals, build_graph([Triple("Q10", "P1", "Q11")])[0])):
        write_graph(graph, tmp_path / "graph")
        folder, engine_ = tmp_path / str(number), Processes(num_workers=1)
        found.append(curate([], tmp_path / "read.jsonl", folder, engine=engine_, graph=tmp_path / "graph").facts)

    assert [one.num_facts for one in found] == [4, 1]
