from kgpt.records import Document, Link
from kgpt.report.linking_example import linking_examples, spans

TEXT = "Paris is in France, near Lyon and Nice."
LABELS = {"Q90": "Paris", "Q142": "France", "Q456": "Lyon", "Q33959": "Nice", "Q1": "Paris, Texas"}


def judged(predicted, gold, known=lambda _: True):
    document = Document("d", TEXT, tuple(predicted))
    found = spans(document, gold, label=lambda entity: LABELS.get(entity, entity), known=known)
    return list(found)


def test_every_kind_is_told():
    gold = [Link(0, 5, "Q90"), Link(12, 18, "Q142"), Link(25, 29, "Q456")]
    predicted = [Link(0, 5, "Q1"), Link(12, 18, "Q142"), Link(34, 38, "Q33959")]

    found = {span.text: span.kind for span in judged(predicted, gold) if span.kind}

    assert found == {"Paris": "wrong", "France": "right", "Lyon": "missed", "Nice": "extra"}


def test_the_spans_make_up_the_text():
    gold, predicted = [Link(0, 11, "Q90"), Link(3, 18, "Q142")], [Link(0, 5, "Q1"), Link(12, 18, "Q142")]

    assert "".join(span.text for span in judged(predicted, gold)) == TEXT


def test_a_wrong_link_says_what_is_right():
    first, *_ = judged([Link(0, 5, "Q1")], [Link(0, 5, "Q90")])

    assert (first.predicted, first.gold) == ("Paris, Texas", "Paris for “Paris”")


def test_without_gold_nothing_is_judged():
    assert [span.kind for span in judged([Link(0, 5, "Q90")], []) if span.kind] == ["linked"]


def test_an_entity_outside_the_graph_is_not_missed():
    assert [span.kind for span in judged([], [Link(0, 5, "Q90")], known=lambda _: False)] == [None]


def test_documents_with_gold_links_come_first():
    plain = [Document(f"plain{n}", TEXT, (Link(0, 5, "Q90"),)) for n in range(9)]
    gold = Document("gold", TEXT, (Link(0, 5, "Q90"),))
    corpus = {one.id: Document(one.id, TEXT) for one in plain} | {"gold": gold}

    found = linking_examples([*plain, gold], corpus, label=str, known=lambda _: True)

    assert (found[0].document, len(found)) == ("gold", 3)
