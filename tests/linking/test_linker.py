import itertools
import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kgpt.config import check_config
from kgpt.errors import ConfigError
from kgpt.io import read_json
from kgpt.kg import build_graph, open_graph_store, write_graph
from kgpt.linking import Linker, LinkingSettings
from kgpt.linking.disambiguation import Weights
from kgpt.linking.linker import _SHIPPED
from kgpt.records import NIL, Document, EntityRecord, Link, Metadata, Triple

TEXT = "Berlin is in Germany."


def entities(linker, text, **settings):
    """Surfaces and entities of a text's links."""
    linker = replace(linker, settings=linker.settings.model_copy(update=settings))
    linked = linker.link(Document("d", text))
    return [(linked.surface(link), link.entity) for link in linked.links]


def spans(document):
    return [(link.start, link.end, link.entity) for link in document.links]


def test_a_document_gets_its_links_in_reading_order(linker):
    linked = linker.link(Document("d", TEXT))

    assert spans(linked) == [(0, 6, "Q64"), (13, 20, "Q183")]
    assert all(0 < link.score <= 1 for link in linked.links)


def test_the_text_decides_between_entities_of_one_name(linker):
    assert entities(linker, "Paris is in France.")[0] == ("Paris", "Q90")
    assert entities(linker, "Paris, Texas is a film.")[0] == ("Paris, Texas", "Q830")


def test_offsets_are_those_of_the_text_as_given(linker):
    assert entities(linker, "A cafe\u0301 in Berlin, กุ Germany") == [("Berlin", "Q64"), ("Germany", "Q183")]


def test_shortened_repeats_follow_the_full_name(linker):
    text = "Robert Nardelli left Home Depot. The board thanked Nardelli warmly."

    assert entities(linker, text)[-1] == ("Nardelli", "Q7")


def test_a_threshold_decides_what_is_nil(linker):
    assert entities(linker, TEXT, nil_threshold=0.999) == []
    assert len(entities(linker, TEXT, nil_threshold=0.0)) >= 2


def test_function_words_and_marks_are_no_mentions():
    items = [
        EntityRecord("Q1", "The The"),
        EntityRecord("Q2", "The"),
        EntityRecord("Q3", "..."),
        EntityRecord("Q4", "IT"),
    ]
    linker = Linker.of(build_graph([*items, Triple("Q1", "P1", "Q4")])[0], LinkingSettings(nil_threshold=0.0))

    found = entities(linker, "The ... and it is the IT")

    assert [surface for surface, _ in found] == ["IT"]


def test_own_links_are_replaced_unless_asked_to_keep_them(linker):
    document = Document("d", TEXT, (Link(0, 9, "Q183", 0.5),))

    assert spans(linker.link(document)) == [(0, 6, "Q64"), (13, 20, "Q183")]


def test_kept_links_stand_and_ours_fill_the_rest(geography):
    document = Document("d", TEXT, (Link(0, 9, "Q183", 0.5),))

    linked = Linker.of(geography, LinkingSettings(existing="keep")).link(document)

    assert spans(linked) == [(0, 9, "Q183"), (13, 20, "Q183")]
    assert linked.links[0].score == 0.5


def test_kept_links_to_unknown_entities_give_way(geography):
    document = Document("d", TEXT, (Link(0, 6, "Q999"), Link(13, 20, NIL)))

    linked = Linker.of(geography, LinkingSettings(existing="keep")).link(document)

    assert spans(linked) == [(0, 6, "Q64"), (13, 20, "Q183")]


def test_given_mentions_keep_their_spans_and_get_an_entity_or_nil(linker):
    document = Document("d", TEXT, (Link(0, 6, "Q1"), Link(7, 9, "Q2"), Link(0, 3, "Q3"), Link(13, 21, "Q4")))

    assert spans(linker.choose(document)) == [(0, 6, "Q64"), (7, 9, NIL), (0, 3, NIL), (13, 21, NIL)]


def test_given_repeats_follow_the_full_name_where_the_span_is_the_repeat():
    items = [EntityRecord("Q7", "Robert Nardelli"), EntityRecord("Q8", "Home Depot"), Triple("Q7", "P1", "Q8")]
    linker = Linker.of(build_graph(items)[0], LinkingSettings(partial_names=False))
    text = "Robert Nardelli left. The Nardelli clan praised Nardelli too."
    document = Document("d", text, (Link(0, 15, "x"), Link(26, 39, "x"), Link(48, 56, "x")))

    assert [entity for _, _, entity in spans(linker.choose(document))] == ["Q7", NIL, "Q7"]


def test_the_prior_baseline_takes_the_most_frequent_sense_of_capitalised_names(linker):
    document = Document("d", "Paris, Texas and paris and Paris", (Link(27, 32, "x"),))

    assert [(document.surface(link), link.entity) for link in linker.prior(document).links] == [
        ("Paris, Texas", "Q830"),
        ("Paris", "Q90"),
    ]
    assert spans(linker.prior(document, given=True)) == [(27, 32, "Q90")]


def test_linking_a_linked_document_again_changes_nothing(linker):
    once = list(linker.link_all([Document("d", TEXT)]))

    assert list(linker.link_all(once)) == once


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.sampled_from(
            ["Berlin", "berlin", "Paris", "Texas", "Nardelli", "Robert", "the", ",", ".", "\u0301", "\n", " "]
        ),
        max_size=15,
    ),
    st.sampled_from(["", " "]),
)
def test_links_of_any_text_are_in_order_and_do_not_overlap(linker, words, blank):
    text = blank.join(words)

    found = linker.link(Document("d", text)).links

    assert all(one.end <= other.start for one, other in itertools.pairwise(found))
    assert all(0 <= link.score <= 1 for link in found)


@pytest.mark.parametrize(
    ("language", "label", "text"),
    [
        ("de", "Österreich", "Das ist Österreich."),
        ("ja", "東京", "これは東京です。"),
        ("zh", "北京", "我住在北京。"),
        ("th", "กรุงเทพ", "อยู่กรุงเทพ"),
        ("ko", "서울", "나는 서울 에 산다"),
        ("ru", "Москва", "Это Москва."),
        ("xx", "Qonoš", "Ta Qonoš wa."),
    ],
)
def test_any_language_is_linked(language, label, text):
    items = [EntityRecord("Q1", label, language=language), EntityRecord("Q2", "other", language=language)]
    graph, _ = build_graph([*items, Triple("Q1", "P1", "Q2")], languages=(language,))

    assert entities(Linker.of(graph, LinkingSettings(language=language)), text) == [(label, "Q1")]


def test_names_of_the_language_are_taken_where_the_graph_has_them():
    items = [
        EntityRecord("Q183", "Germany"),
        EntityRecord("Q183", "Deutschland", language="de"),
        Triple("Q1", "P", "Q183"),
    ]
    graph, _ = build_graph(items, languages=("en", "de"))

    linker = Linker.of(graph, LinkingSettings(language="de"))

    assert entities(linker, "Das ist Deutschland, not Germany.") == [("Deutschland", "Q183")]


def test_links_of_a_corpus_move_the_priors(geography):
    anchors = [Document(f"d{number}", "Paris", (Link(0, 5, "Q830"),)) for number in range(9)]
    document = Document("d", "Paris", (Link(0, 5, "x"),))

    told, untold = (
        Linker.of(geography, LinkingSettings(anchors=wanted), anchors=anchors).prior(document, given=True)
        for wanted in (True, False)
    )

    assert (told.links[0].entity, untold.links[0].entity) == ("Q830", "Q90")


GOLD = [
    Document("a", "Berlin is a german word.", (Link(0, 6, "Q64"),)),
    Document("b", "Paris lies in France, a land.", (Link(0, 5, "Q90"), Link(14, 20, "Q142"))),
    Document("c", "Texas has Paris, Texas in it.", (Link(0, 5, "Q1439"), Link(10, 22, "Q830"))),
]


@pytest.mark.parametrize("complete", [True, False])
def test_weights_fitted_to_gold_link_it(linker, complete):
    fitted = linker.fitted(iter(GOLD * 20), complete=complete)

    assert fitted.settings.weights.local != linker.settings.weights.local
    assert [spans(fitted.link(one)) for one in GOLD] == [spans(one) for one in GOLD]


def test_training_is_a_setting(geography):
    linker = Linker.of(geography, LinkingSettings(train="all"), anchors=GOLD)

    assert linker.settings.weights.whole


def test_names_where_gold_says_nothing_train_nothing(linker):
    silent = Document("d", "In Berlin", metadata=Metadata(extra={"unscored": [[3, 9]]}))

    assert linker._judged(silent, complete=True) is None
    assert linker._judged(replace(silent, metadata=Metadata()), complete=True) is not None


def test_gold_that_no_name_fits_changes_nothing(linker):
    assert linker.fitted([Document("d", "Nothing.", (Link(0, 7, "Q64"),))], complete=True) is linker


def test_weights_of_a_file_are_as_those_of_the_linker(linker):
    shipped = check_config(read_json(_SHIPPED), Weights, place=str(_SHIPPED))
    again = replace(linker, settings=LinkingSettings(weights=shipped))

    assert again.link(GOLD[1]) == linker.link(GOLD[1])


def test_a_graph_opened_from_disk_links_as_the_one_in_memory(geography, linker, tmp_path):
    write_graph(geography, tmp_path / "graph")

    opened = Linker.of(open_graph_store(tmp_path / "graph"))

    assert [opened.link(one) for one in GOLD] == [linker.link(one) for one in GOLD]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"existing": "drop"}, r"existing: .*'replace' or 'keep', found 'drop'"),
        ({"nil_threshold": 1.0}, r"nil_threshold: .*less than 1, found 1.0"),
        ({"nil_threshold": "0.5"}, r"nil_threshold: expected float, found '0.5'"),
        ({"max_candidates": 0}, r"max_candidates: .*greater than or equal to 1, found 0"),
        ({"min_chars": 0}, r"min_chars"),
        ({"language": "../../etc"}, r"language: .*found '../../etc'"),
        ({"train": "yes"}, r"train"),
        ({"nil_treshold": 0.1}, r"nil_treshold: no such setting; did you mean 'nil_threshold'\?"),
        ({"weights": {"local": {"biass": 1.0}, "whole": {}}}, r"weights.local: .*did you mean 'bias'"),
        ({"weights": {"local": {"bias": "x"}, "whole": {"bias": 1.0}}}, r"weights.local.bias: .*found 'x'"),
    ],
)
def test_a_wrong_setting_is_named_with_what_is_allowed(settings, message):
    with pytest.raises(ConfigError, match=f"my.yaml: {message}"):
        check_config(settings, LinkingSettings, place="my.yaml")


def test_settings_go_through_json():
    settings = LinkingSettings(nil_threshold=0.3, weights=Weights(local={"bias": 1.0}, whole={"bias": 2.0}))

    assert LinkingSettings.model_validate(json.loads(settings.model_dump_json())) == settings
