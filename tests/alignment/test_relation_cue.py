from kgpt.alignment.relation_cue import RelationCues, stems
from kgpt.kg import build_graph
from kgpt.records import RelationRecord, Triple

GRAPH, _ = build_graph(
    [
        Triple("Q1", "P1", "Q2"),
        Triple("Q1", "P2", "Q2"),
        RelationRecord("P1", "place of birth", ("born in",)),
        RelationRecord("P2", "employer"),
    ]
)


def test_any_word_of_a_name_hints_at_its_relation_in_any_form():
    cues = RelationCues(GRAPH)
    birth, employer = 0, 1

    assert cues.stand_in(birth, "She was Born there.")
    assert cues.stand_in(employer, "the firm employed her")
    assert not cues.stand_in(employer, "She was born there.")


def test_short_words_are_no_stems():
    assert stems("Place of birth in Rome") == {"place", "birth", "rome"}
