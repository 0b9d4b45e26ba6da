import pytest

from kgpt.kg import build_graph
from kgpt.kg.following import read_path
from kgpt.records import EntityRecord, RelationRecord, Triple
from kgpt.verbalization.question import QuestionWriter
from kgpt.verbalization.template import RelationTemplates, Templates

LABELS = {"P57": "director", "P161": "cast member", "0": "directed by", "6": "has genre"}
GRAPH, _ = build_graph(
    [
        *(Triple("k", relation, "w") for relation in LABELS),
        *(RelationRecord(relation, label) for relation, label in LABELS.items()),
        EntityRecord("k", "Kismet"),
        EntityRecord("w", "Dieterle"),
    ]
)


@pytest.mark.parametrize(
    ("start", "path", "text"),
    [
        ("Kismet", ["P57"], "Who directed Kismet?"),
        ("Dieterle", ["^P57"], "What was directed by Dieterle?"),
        ("Kismet", ["P57", "^P57"], "What was directed by the one that directed Kismet?"),
        ("Kismet", ["0"], "Who or what was Kismet directed by?"),
        ("Kismet", ["6"], "What is the genre of Kismet?"),
        ("Dieterle", ["^0", "6"], "What is the genre of the one that was directed by Dieterle?"),
        ("Kismet", ["6", "^6", "0"], "Who or what was the one that has the genre the has genre of Kismet directed by?"),
    ],
)
def test_hops_are_told_one_within_the_other(start, path, text):
    assert QuestionWriter(GRAPH).ask(start, read_path(GRAPH, path), 0) == text


def test_templates_of_the_last_relation_are_picked_by_number():
    templates = Templates({"P161": RelationTemplates((), ("Who plays in [H]?", "Who is in [H]?"))})
    writer = QuestionWriter(GRAPH, templates)

    asked = {writer.ask("Kismet", read_path(GRAPH, ["P161"]), number) for number in range(4)}

    assert asked == {"Who plays in Kismet?", "Who is in Kismet?"}


def test_a_relation_without_a_fitting_statement_is_told_by_its_label():
    templates = Templates({"P161": RelationTemplates(("The cast of [H] includes [T] as a player.",), ())})

    text = QuestionWriter(GRAPH, templates).ask("Dieterle", read_path(GRAPH, ["^P161"]), 0)

    assert text == "What has Dieterle as its cast member?"
