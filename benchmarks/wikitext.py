"""Pages of wikitext, made of the embedded corpus, as plain text; ours gives the links' places besides."""

import mwparserfromhell

from benchmarks.timing import rates, rows
from kgpt.records import Document
from kgpt.sources import open_documents
from kgpt.sources.wiki import Wiki
from kgpt.sources.wikitext import plain_text

_REFERENCE = "<ref name=n>{{cite web |url=http://a.b/c |title=A [[page]] |date=1 May 2020 |publisher=[[Press]]}}</ref>"
_INFOBOX = "{{Infobox\n| name = '''X'''\n| image = [[File:X.jpg|thumb|An [[image]]]]\n| area = {{convert|5|km2}}\n}}\n"


def run() -> list[list[str]]:
    """Characters of wikitext a second."""
    documents = (one for one in open_documents("embedded:atlas").read() if isinstance(one, Document))
    pages = [_wikitext(document) for document in documents]
    pages = ["\n\n".join([_INFOBOX, *pages[start : start + 20]]) for start in range(0, len(pages), 20)][:200]
    num_chars = sum(map(len, pages))

    def with_mwparserfromhell() -> float:
        for page in pages:
            mwparserfromhell.parse(page).strip_code()
        return num_chars

    def with_kgpt() -> float:
        for page in pages:
            plain_text(page, Wiki())
        return num_chars

    return rows(rates({"mwparserfromhell strip_code": with_mwparserfromhell, "kgpt": with_kgpt}), unit="characters/s")


def _wikitext(document: Document) -> str:
    """`document` with its links as wikitext and a reference behind it."""
    text = document.text
    for link in sorted(document.links, reverse=True):
        text = f"{text[: link.start]}[[{link.entity}|{document.surface(link)}]]{text[link.end :]}"
    return f"{text}{_REFERENCE}"
