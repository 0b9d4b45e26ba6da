from kgpt.evaluation.entity_typing import typing_items
from kgpt.evaluation.linear_probe import part_of
from kgpt.records import Document, Link


def test_every_mention_of_a_typed_entity_is_an_item_of_its_entity_s_part():
    document = Document("d", "Rome, Oslo, Rome", (Link(0, 4, "Q1"), Link(6, 10, "Q2"), Link(12, 16, "Q1")))

    items = list(typing_items([document], {"Q1": "city"}))

    assert [(one.id, one.label, one.read.spans) for one in items] == [
        ("d|Q1|0", "city", ((0, 4),)),
        ("d|Q1|12", "city", ((12, 16),)),
    ]
    assert {one.part for one in items} == {part_of("Q1")}
    assert items[0].holds == (("entities", "Q1"), ("surfaces", "Rome"))
