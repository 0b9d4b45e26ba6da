import json

import pytest

from kgpt.errors import DataError
from kgpt.records import NIL, Document, Dropped, Link, Triple
from kgpt.sources import open_documents

TEXT = "Ada, born in 1815, is the child of Byron."
ROW = {"doc": "7", "pass_start": 100, "pass_end": 100 + len(TEXT), "passage": TEXT}
NOTHING = dict.fromkeys(f"{end}_{part}" for end in ("sub", "obj") for part in ("start", "end", "text", "qid"))


def mention(end, surface, qid):
    start = 100 + TEXT.index(surface)
    return {f"{end}_start": start, f"{end}_end": start + len(surface), f"{end}_text": surface, f"{end}_qid": qid}


def row(name, *mentions):
    value = ROW | NOTHING | {"property": name}
    for one in mentions:
        value |= one
    return value


ROWS = [
    row("CHILD_OF", mention("sub", "Ada", "Q7259"), mention("obj", "Byron", "Q5679")),
    row("SPOUSE") | {"doc": "8"},
    row("DATE_OF_BIRTH", mention("sub", "Ada", None), mention("obj", "1815", None)),
    row("EDUCATED_AT"),
    row("SPOUSE", mention("sub", "child", None), mention("obj", "Byron", "Q5679")),
]


def read(folder, values):
    (folder / "a.jsonl").write_text("".join(json.dumps(value) + "\n" for value in values))
    return list(open_documents(str(folder / "a.jsonl")).read())


def test_the_rows_of_a_passage_are_one_document(tmp_path):
    ada, *dropped, other = read(tmp_path, ROWS)

    assert isinstance(ada, Document) and isinstance(other, Document)
    assert (ada.id, ada.text) == ("7-100", TEXT)
    assert [(ada.surface(link), link.entity) for link in ada.links] == [
        ("Ada", "Q7259"),
        ("child", NIL),
        ("Byron", "Q5679"),
    ]
    assert ada.triples == (
        Triple("Q7259", "P22", "Q5679"),
        Triple("Q7259", "P25", "Q5679"),
        Triple("Q5679", "P40", "Q7259"),
    )
    assert ada.judged_relations == ("P22", "P25", "P40", "P69", "P26")
    assert dropped == [
        Dropped("7-100/DATE_OF_BIRTH", "literal_triple", is_part=True),
        Dropped("7-100/SPOUSE", "triple_with_nil", is_part=True),
    ]
    assert (other.id, other.links, other.judged_relations) == ("8-100", (), ("P26",))


def test_the_releases_own_documents_say_the_same(tmp_path):
    fact = {"propertyId": "12", "subjectStart": 100, "subjectEnd": 103, "subjectText": "Ada"}
    fact |= {
        "objectStart": 135,
        "objectEnd": 140,
        "objectText": "Byron",
        "objectUri": "http://www.wikidata.org/entity/Q5679",
    }
    fact |= {"subjectUri": "http://www.wikidata.org/entity/Q7259"}
    asked = [{"propertyId": "12", "propertyName": "CHILD_OF"}, {"propertyId": "3", "propertyName": "EDUCATED_AT"}]
    passage = {"passageStart": 100, "passageText": TEXT, "exhaustivelyAnnotatedProperties": asked, "facts": [fact]}

    (document,) = read(tmp_path, [{"documentId": "7", "passages": [passage]}])

    assert isinstance(document, Document)
    assert document.links == (Link(0, 3, "Q7259"), Link(35, 40, "Q5679"))
    assert document.judged_relations == ("P22", "P25", "P40", "P69")
    assert len(document.triples) == 3


def test_a_mention_that_drifted_goes_back_to_its_words_or_is_counted(tmp_path):
    drifted = ROWS[0] | {"sub_start": 102, "sub_end": 105, "obj_text": "Shelley"}

    document, dropped = read(tmp_path, [drifted])

    assert isinstance(document, Document) and document.links == (Link(0, 3, "Q7259"),)
    assert len(document.triples) == 3
    assert dropped == Dropped("7-100#35", "span_without_surface", is_part=True)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"property": "SPOUSES"}, r"property: found 'SPOUSES'; did you mean 'SPOUSE'\?"),
        ({"passage": "Another."}, "passage 7-100: a second text for it: 'Another.'"),
        ({"sub_end": None}, "not a row of KnowledgeNet: TypeError"),
    ],
)
def test_a_row_that_does_not_fit_is_told_with_its_line(tmp_path, change, told):
    with pytest.raises(DataError, match=rf"a\.jsonl:2: .*{told}"):
        read(tmp_path, [ROWS[0], ROWS[0] | change])
