import json

import pytest

from kgpt.errors import DataError
from kgpt.records import Document, Dropped
from kgpt.sources import open_documents


def anchor(text, href, paragraph, start):
    return {"text": text, "href": href, "paragraph_id": paragraph, "start": start, "end": start + len(text)}


MARS = {
    "wikipedia_id": "14640471",
    "wikipedia_title": "Mars",
    "text": ["Mars\n", "Mars is a planet.\n", "Section::::Moons.\n", "BULLET::::- Phobos and Deimos\n"],
    "anchors": [
        anchor("planet", "Planet", 1, 10),
        anchor("Phobos", "Phobos%20%28moon%29", 3, 12),
        anchor("Deimos", "Deimos", 3, 23),
        anchor("Deimos", "Planet", 3, 22),
        anchor("Mars", "Planet", 0, 0),
    ],
    "wikidata_info": {"wikidata_id": "Q111"},
}
PHOBOS = {"wikipedia_id": "1", "wikipedia_title": "Phobos (moon)", "text": ["Phobos (moon)\n"], "anchors": []}
PLANET = PHOBOS | {
    "wikipedia_title": "Planet",
    "text": ["Planet\n"],
    "wikipedia_id": "2",
    "wikidata_info": {"wikidata_id": "Q634"},
}


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "kilt_knowledgesource.json"
    path.write_text("".join(json.dumps(page) + "\n" for page in (MARS, PHOBOS, PLANET)))
    return path


def links(document):
    return [(document.surface(link), link.entity) for link in document.links]


def test_pages_say_themselves_which_entities_they_are_about(source):
    document, *dropped = open_documents(str(source)).read()

    assert isinstance(document, Document)
    assert document.text == "Mars is a planet.\nMoons.\nPhobos and Deimos"
    assert links(document) == [("planet", "Q634")]
    assert document.metadata.extra == {"title": "Mars", "entity": "Q111"}
    assert [one.reason for one in dropped if isinstance(one, Dropped)] == [
        "link_without_entity",
        "link_without_entity",
        "span_without_surface",
        "span_without_surface",
        "empty_page",
        "empty_page",
    ]


def test_titles_lead_to_entities(source):
    (source.parent / "titles.tsv").write_text("Phobos (moon)\tQ7547\nDeimos\tQ7548\n")

    document = next(iter(open_documents(f"kilt:{source}?titles={source.parent / 'titles.tsv'}").read()))

    assert links(document) == [("Phobos", "Q7547"), ("Deimos", "Q7548")]


@pytest.mark.parametrize(
    "change", [{"text": None}, {"anchors": [{"href": "A"}]}, {"anchors": [anchor("x", "A", 9, 0)]}]
)
def test_a_malformed_page_is_told_with_its_line(tmp_path, change):
    (tmp_path / "a.jsonl").write_text(json.dumps(MARS | change))

    with pytest.raises(DataError, match=r"a\.jsonl:1: not a page of KILT: \w+Error"):
        list(open_documents(f"kilt:{tmp_path / 'a.jsonl'}").read())
