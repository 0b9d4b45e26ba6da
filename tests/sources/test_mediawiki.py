import bz2

import pytest

from kgpt.errors import DataError
from kgpt.sources.mediawiki import Page, read_pages

SITE = """<siteinfo><sitename>Wikipedia</sitename><dbname>dewiki</dbname><base>https://a.b/wiki/Main</base>
<namespaces><namespace key="0" case="first-letter" /><namespace key="6" case="first-letter">Datei</namespace>
</namespaces></siteinfo>"""
PAGES = """<page><title>Mars</title><ns>0</ns><id>7</id>
<revision><id>1</id><timestamp>2001</timestamp><contributor><id>9</id></contributor><text>old</text></revision>
<revision><id>2</id><timestamp>2002</timestamp><model>wikitext</model><text xml:space="preserve">a &lt;b&gt; é</text>
</revision></page>
<page><title>Red</title><ns>0</ns><id>8</id><redirect title="Mars" /><revision><text>#REDIRECT</text></revision></page>
"""


def export(folder, content, name="wiki.xml"):
    path = folder / name
    content = content if isinstance(content, bytes) else content.encode()
    path.write_bytes(bz2.compress(content) if name.endswith(".bz2") else content)
    return path


def document(pages=PAGES, head=""):
    return f'{head}<mediawiki xmlns="x" xml:lang="de">{SITE}{pages}</mediawiki>'


def test_pages_come_with_their_last_revision(tmp_path):
    pages = [page for _, page in read_pages(export(tmp_path, document(), "wiki.xml.bz2"))]

    assert pages == [
        Page("7", "Mars", 0, "", "a <b> é", "2002", "wikitext"),
        Page("8", "Red", 0, "Mars", "#REDIRECT", "", "wikitext"),
    ]


def test_the_wiki_says_what_its_namespaces_are_called(tmp_path):
    wiki, _ = next(read_pages(export(tmp_path, document())))

    assert (wiki.name, wiki.site, wiki.language, wiki.base) == ("dewiki", "Wikipedia", "de", "https://a.b/wiki/Main")
    assert (wiki.namespace("Datei:a.jpg"), wiki.namespace("File:a.jpg"), wiki.first_letter) == (6, 6, True)


def test_text_that_is_not_wanted_is_not_gathered(tmp_path):
    pages = [page for _, page in read_pages(export(tmp_path, document()), with_text=False)]

    assert [(page.title, page.wikitext, page.redirect) for page in pages] == [("Mars", "", ""), ("Red", "", "Mars")]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (document(head='<!DOCTYPE m [<!ENTITY a "b">]>'), r":1: XML with a DOCTYPE \(m\) is refused"),
        (document(head='<!DOCTYPE m SYSTEM "http://a/b">\n'), r":1: XML with a DOCTYPE"),
        (document()[:-30], r":\d+: not XML, or torn: (no element found|unclosed token)"),
        ("<html></html>", r":1: expected an export of MediaWiki \(<mediawiki>\), found <html>"),
        ("", "not XML, or torn"),
        (document("<page><title>\xff</title></page>").encode("latin-1"), r":\d+: not XML, or torn: not well-formed"),
        (document("<page><ns>main</ns></page>"), r":\d+: expected the number of a namespace, found 'main'"),
        (document("<page>&bomb;</page>"), r":\d+: not XML, or torn: undefined entity"),
    ],
)
def test_what_is_no_export_is_told_with_its_line(tmp_path, content, told):
    with pytest.raises(DataError, match=rf"wiki\.xml{told}" if told.startswith(":") else told):
        list(read_pages(export(tmp_path, content)))


def test_a_torn_archive_is_told_after_the_pages_before_the_tear(tmp_path):
    path = export(tmp_path, document(PAGES * 50), "wiki.xml.bz2")
    path.write_bytes(path.read_bytes()[:-20])

    with pytest.raises(DataError, match=r"wiki\.xml\.bz2"):
        list(read_pages(path))


def test_a_page_without_end_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("kgpt.sources.mediawiki._MAX_PAGE_CHARS", 1000)

    with pytest.raises(DataError, match=r"wiki\.xml:\d+: a page of more than 1,000 code points"):
        list(read_pages(export(tmp_path, document(f"<page><revision><text>{'x' * 2000}</text></revision></page>"))))
