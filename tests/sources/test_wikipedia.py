import gzip
import pickle

import pytest

from kgpt.records import Document, Dropped
from kgpt.sources import open_documents
from kgpt.sources.mediawiki import read_pages
from kgpt.sources.wikipedia import PageReader, WikipediaDump

PAGE = (
    "<page><title>{}</title><ns>{}</ns><id>{}</id>{}<revision><timestamp>2002</timestamp><text>{}</text></revision>"
    "</page>"
)
REDIRECT = '<redirect title="{}" />'
PAGES = [
    PAGE.format("Red planet", 0, 1, REDIRECT.format("mars"), "#REDIRECT [[mars]]"),
    PAGE.format("Mars", 0, 2, "", "Mars, the [[red planet]], is no [[Venus|star]]; [[Phobos (moon)|Phobos]]es?"),
    PAGE.format("Talk:Mars", 1, 3, "", "A [[planet]]?"),
    PAGE.format("Blank", 0, 4, "", "{{stub}}"),
    PAGE.format("Void", 0, 5, "", ""),
    PAGE.format("Short", 0, 6, "", "Short."),
]


@pytest.fixture
def dump(tmp_path):
    head = "<siteinfo><sitename>Wikipedia</sitename><dbname>enwiki</dbname><base>https://a.b/wiki/Main_Page</base></siteinfo>"
    path = tmp_path / "wiki.xml.gz"
    path.write_bytes(gzip.compress(f'<mediawiki xml:lang="en">{head}{"".join(PAGES)}</mediawiki>'.encode()))
    (tmp_path / "titles.tsv").write_text("Mars\tQ111\nPhobos_(moon)\tQ7547\n")
    return path


def test_links_lead_to_entities_through_titles_and_redirects(dump):
    records = list(open_documents(f"wikipedia:{dump}?titles={dump.parent / 'titles.tsv'}&min_chars=10").read())

    (mars,) = [record for record in records if isinstance(record, Document)]
    assert mars.text == "Mars, the red planet, is no star; Phoboses?"
    assert [(mars.surface(link), link.entity) for link in mars.links] == [("red planet", "Q111"), ("Phoboses", "Q7547")]
    assert mars.metadata.extra == {"title": "Mars", "entity": "Q111"}
    assert (mars.metadata.url, mars.metadata.language) == ("https://a.b/wiki/Mars", "en")
    assert [record for record in records if isinstance(record, Dropped)] == [
        Dropped("enwiki-1", "redirect"),
        Dropped("enwiki-2#Venus", "link_without_entity", is_part=True),
        Dropped("enwiki-3", "not_an_article"),
        Dropped("enwiki-4", "empty_page"),
        Dropped("enwiki-5", "empty_page"),
        Dropped("enwiki-6", "too_short"),
    ]


def test_without_titles_documents_have_no_links(dump):
    documents = [record for record in open_documents(str(dump)).read() if isinstance(record, Document)]

    assert [(document.id, document.links) for document in documents] == [("enwiki-2", ()), ("enwiki-6", ())]


def test_the_parts_of_a_dump_are_read_in_their_order_and_redirect_to_each_other(dump):
    folder = dump.parent / "parts"
    folder.mkdir()
    for name, pages in (("w.xml-p10p20.gz", PAGES[1:2]), ("w.xml-p2p9.gz", PAGES[:1]), ("readme.md", [])):
        (folder / name).write_bytes(gzip.compress(f"<mediawiki>{''.join(pages)}</mediawiki>".encode()))

    source = open_documents(f"wikipedia:{folder}?titles={dump.parent / 'titles.tsv'}")
    records = list(source.read())

    assert [path.name for path in source.files()] == ["w.xml-p2p9.gz", "w.xml-p10p20.gz", "titles.tsv"]
    assert type(open_documents(str(folder))) is WikipediaDump
    assert [link.entity for record in records if isinstance(record, Document) for link in record.links] == [
        "Q111",
        "Q7547",
    ]


def test_pages_can_be_made_documents_in_another_process(dump):
    reader = pickle.loads(pickle.dumps(PageReader(WikipediaDump(dump, str(dump.parent / "titles.tsv")).title_map())))
    wiki, page = pickle.loads(pickle.dumps(list(read_pages(dump))[1]))

    assert isinstance(reader.read(page, wiki)[0], Document)
