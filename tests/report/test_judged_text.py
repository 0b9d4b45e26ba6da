from hypothesis import given
from hypothesis import strategies as st

from kgpt.evaluation.entity_linking import Judgement
from kgpt.records import NIL, Document, Link
from kgpt.report.judged_text import Named, judged_text

TEXT = "Paris Hilton met Kafka in Berlin."
KNOWN = {"Q90": "Paris", "Q64": "Berlin", "Q4": "Paris Hilton"}


def regions(gold=(), predicted=(), errors=(), considered=None):
    judgement = Judgement(Document("d", TEXT, tuple(gold)), tuple(predicted), tuple(errors))
    return list(judged_text(judgement, considered or {}, label=KNOWN.__getitem__, known=KNOWN.__contains__))


def kinds(found):
    return [(region.text, region.kind) for region in found if region.kind]


@given(st.lists(st.tuples(st.integers(0, 32), st.integers(1, 9), st.sampled_from(["Q64", NIL])), max_size=6), st.data())
def test_the_regions_make_up_the_text(places, data):
    links = [Link(start, min(len(TEXT), start + size), entity) for start, size, entity in places]
    cut = data.draw(st.integers(0, len(links)))

    assert "".join(region.text for region in regions(links[:cut], links[cut:])) == TEXT


def test_links_that_agree_are_right():
    found = regions([Link(26, 32, "Q64")], [Link(26, 32, "Q64", 0.75)])

    (region,) = [one for one in found if one.kind]
    assert (region.text, region.kind) == ("Berlin", "right")
    assert (region.gold, region.predicted) == ((Named("Q64", "Berlin"),), (Named("Q64", "Berlin", "0.75"),))


def test_an_error_names_its_region():
    errors = [((26, 32), "not_detected"), ((0, 5), "false_mention")]

    found = regions([Link(26, 32, "Q64")], [Link(0, 5, "Q90")], errors)

    assert kinds(found) == [("Paris", "false_mention"), ("Berlin", "not_detected")]


def test_links_that_overlap_are_one_region_cut_where_they_end():
    (region, _) = regions([Link(0, 12, "Q4")], [Link(0, 5, "Q90")], [((0, 12), "wrong_span")])

    assert [(piece.text, piece.gold, piece.predicted) for piece in region.pieces] == [
        ("Paris", True, True),
        (" Hilton", True, False),
    ]
    assert region.kind == "wrong_span"


def test_gold_that_the_graph_has_not_lies_outside():
    found = regions([Link(17, 22, "Q905"), Link(26, 32, NIL)])

    assert kinds(found) == [("Kafka", "outside"), ("Berlin", "outside")]
    assert [region.gold[0].name for region in found if region.kind] == ["not in the graph"] * 2


def test_candidates_come_with_their_scores():
    considered = {(26, 32): (Link(26, 32, "Q64", 0.6), Link(26, 32, "Q90", 0.1))}

    found = regions([Link(26, 32, "Q64")], (), [((26, 32), "not_detected")], considered)

    assert [one.candidates for one in found if one.kind] == [
        (Named("Q64", "Berlin", "0.60"), Named("Q90", "Paris", "0.10"))
    ]
