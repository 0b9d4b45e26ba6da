"""MediaWiki's markup as plain text, with the internal links at their code points.

In: the wikitext of a page and the namespaces of its wiki. Out: the text and its anchors, each with the title that it
leads to. mwparserfromhell's tokenizer reads the markup; its tree, four fifths of its time, is not built: the tokens are
rendered as they come. Given up: templates are not expanded (a few that stand for words of the sentence are, see
`inline_template.py`), tables, references, galleries and formulas are left out, a list's items keep no bullets.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from kgpt.errors import DataError
from kgpt.sources.inline_template import expand
from kgpt.sources.text_edit import Span, substitute
from kgpt.sources.wiki import Wiki

# fmt: off
_LEFT_OUT = frozenset({
    "ce", "chem", "gallery", "graph", "hiero", "imagemap", "includeonly", "indicator", "mapframe", "maplink",
    "math", "ref", "references", "score", "source", "style", "syntaxhighlight", "table", "templatedata",
    "templatestyles", "timeline",
})
# fmt: on
"""Tags whose content is no prose."""
_BREAKS = frozenset({"br", "hr"})
_BLOCKS = frozenset({"blockquote", "center", "div", "li", "p", "poem"})
_HIDDEN_NAMESPACES = frozenset({6, 14})
"""Links to files and categories show nothing of themselves in the text."""
_QUOTES = re.compile(r"'{2,}")
_UNTIDY = re.compile(
    r"""(?P<paragraph>[ \t]*\n(?:[ \t]*\n)+[ \t]*)  # more than one end of a line
      | (?P<line>[ \t]+\n[ \t]*|\n[ \t]+)
      | (?P<gone>__[A-Z]{3,}__|[ \t]*\((?:[ \t]*[,;:])*[ \t]*\)) # magic words, brackets that a template left empty
      | (?P<opening>\([ \t]*(?:[,;][ \t]*)+|\([ \t]+)
      | (?P<blank>[ \t]{2,})
    """,
    re.VERBOSE,
)
_TIDY = {"paragraph": "\n\n", "line": "\n", "gone": "", "opening": "(", "blank": " "}
_LEFTOVER = re.compile(r"(?m)^[ \t]*(?:\{\||\|[-+}]|\|\||!|\|).*$|\{\{|\}\}|\[\[|\]\]")
"""What the tokenizer could not close and gives back as text."""


_PAIRS = (("{{", "}}"), ("{|", "|}"), ("[", "]"))
_MAX_UNCLOSED = 2_000


@dataclass(frozen=True, slots=True)
class Anchor:
    """The words `[start, end)` of a plain text, linked to the page `title`."""

    start: int
    end: int
    title: str


def plain_text(wikitext: str, wiki: Wiki) -> tuple[str, tuple[Anchor, ...]]:
    """The text of a page and the links in it.

    Raises:
        DataError: the tokenizer gives the page up.

    >>> plain_text("'''Mars''' is a [[Rocky planet#Mars|rocky]]er [[planet]]s.", Wiki())[0]
    'Mars is a rockyer planets.'
    """
    from mwparserfromhell.parser import Parser, ParserError, tokens

    _refuse_unclosed(wikitext)
    try:
        found = Parser()._tokenizer.tokenize(wikitext, 0, True)  # we take quotes off ourselves
    except ParserError as error:
        raise DataError(f"no wikitext: {error}") from error
    renderer = _Renderer(wiki)
    renderer.feed(found, {getattr(tokens, name): handler for name, handler in _HANDLERS.items()}, tokens.Text)
    return renderer.result()


def _refuse_unclosed(wikitext: str) -> None:
    """Refuse a vandal's page: the tokenizer takes minutes over ten thousand openings without an end."""
    unclosed = {opening: wikitext.count(opening) - wikitext.count(closing) for opening, closing in _PAIRS}
    unclosed["<"] = wikitext.count("<") - 2 * wikitext.count("</") - sum(map(wikitext.count, ("/>", "<br>", "<!--")))
    for opening, number in unclosed.items():
        if number > _MAX_UNCLOSED:
            raise DataError(f"{number:,} times {opening!r} without its end; at most {_MAX_UNCLOSED:,} are read")


@dataclass(slots=True)
class _Frame:
    """An open construct: what it is called, whether its words are hidden, what it has gathered."""

    kind: str
    muted: bool
    name: str = ""
    parts: list[str] = field(default_factory=lambda: [""])
    start: int = 0


_Handler = Callable[["_Renderer", Any], None]


@dataclass(slots=True)
class _Renderer:
    """Renders tokens one after the other; `_HANDLERS` says which method takes which."""

    wiki: Wiki
    pieces: list[str] = field(default_factory=list)
    length: int = 0
    anchors: list[Anchor] = field(default_factory=list)
    frames: list[_Frame] = field(default_factory=list)
    headings: list[tuple[int, int, int]] = field(default_factory=list)  # level, pieces and length before it
    trailing: bool = False

    def feed(self, tokens: Iterable[Any], handlers: Mapping[type, _Handler], words: type) -> None:
        """Take in tokens; `handlers` says by class which method takes which, `words` is the class of bare text."""
        for token in tokens:
            kind = type(token)
            if kind is words:
                self._write(token["text"])
                continue
            self.trailing = False
            handler = handlers.get(kind)
            if handler is not None:
                handler(self, token)

    def result(self) -> tuple[str, tuple[Anchor, ...]]:
        self._drop_empty_headings(0)
        text, spans = "".join(self.pieces), [(anchor.start, anchor.end) for anchor in self.anchors]
        text, spans = substitute(text, spans, _LEFTOVER, lambda _: "")
        text, spans = substitute(text, spans, _UNTIDY, lambda found: _TIDY[str(found.lastgroup)])
        text, spans = _strip(text, spans)
        spans = [_trimmed(text, span) for span in spans]
        kept = ((anchor, span) for anchor, span in zip(self.anchors, spans, strict=True) if span[0] < span[1])
        return text, tuple(Anchor(*span, anchor.title) for anchor, span in kept)

    @property
    def _muted(self) -> bool:
        return bool(self.frames) and self.frames[-1].muted

    def _emit(self, text: str) -> None:
        self.pieces.append(text)
        self.length += len(text)
        if self.headings and not text.isspace() and not any(frame.kind == "heading" for frame in self.frames):
            self.headings.clear()

    def _push(self, kind: str, *, muted: bool) -> _Frame:
        self.frames.append(_Frame(kind, muted or self._muted, start=self.length))
        return self.frames[-1]

    def _pop(self) -> _Frame:
        return self.frames.pop()

    def _write(self, text: str) -> None:
        trailing, self.trailing = self.trailing, False
        frame = self.frames[-1] if self.frames else None
        if frame is not None and frame.muted:
            frame.parts[-1] += text
            return
        shown = _QUOTES.sub("", text) if "''" in text else text
        if not shown:
            return
        if trailing:
            self._lengthen(shown)
        self._emit(shown)

    def _lengthen(self, text: str) -> None:
        """Take the small letters behind a link into it: `[[planet]]s`."""
        num_letters = next((i for i, letter in enumerate(text) if not letter.islower()), len(text))
        last = self.anchors[-1]
        self.anchors[-1] = Anchor(last.start, last.end + num_letters, last.title)

    def open_template(self, _: Any) -> None:
        self._push("template", muted=True)

    def next_parameter(self, _: Any) -> None:
        frame = self.frames[-1]
        frame.parts.append("")

    def name_parameter(self, _: Any) -> None:
        frame = self.frames[-1]
        frame.parts[-1] += "="

    def close_template(self, _: Any) -> None:
        frame = self._pop()
        shown = expand(frame.parts[0], frame.parts[1:])
        if shown:
            self._write(shown)

    def open_hidden(self, _: Any) -> None:
        self._push("hidden", muted=True)

    def close(self, _: Any) -> None:
        self._pop()

    def open_link(self, _: Any) -> None:
        self._push("link", muted=True)

    def show_anchor(self, _: Any) -> None:
        """The words of a link begin; those of a file or category stay hidden."""
        target = self._pop().parts[0]
        hidden = self.wiki.namespace(target.strip()) in _HIDDEN_NAMESPACES
        frame = self._push("anchor", muted=hidden)
        frame.name = target

    def close_link(self, _: Any) -> None:
        frame = self._pop()
        target = (frame.name if frame.kind == "anchor" else frame.parts[0]).strip()
        namespace = self.wiki.namespace(target)
        if self._muted:
            self.frames[-1].parts[-1] += "" if namespace in _HIDDEN_NAMESPACES else frame.parts[-1]
            return
        if frame.kind == "link":
            if namespace in _HIDDEN_NAMESPACES or namespace is None:
                return
            self._emit(target.removeprefix(":"))
        title = self.wiki.title(target.removeprefix(":")) if self.wiki.namespace(target.lstrip(":")) == 0 else ""
        if title and frame.start < self.length:
            self.anchors.append(Anchor(frame.start, self.length, title))
            self.trailing = True

    def open_address(self, _: Any) -> None:
        self._push("address", muted=True)

    def name_address(self, _: Any) -> None:
        self._pop()
        self._push("address", muted=False)

    def open_tag(self, _: Any) -> None:
        self._push("tag", muted=True)

    def begin_attribute(self, _: Any) -> None:
        self.frames[-1].parts.append("")

    def begin_content(self, _: Any) -> None:
        name = self._pop().parts[0].strip().lower()
        frame = self._push("content", muted=name in _LEFT_OUT)
        frame.name = name
        if name in _BLOCKS and not frame.muted:
            self._emit("\n")

    def close_lone_tag(self, _: Any) -> None:
        if self._pop().parts[0].strip().lower() in _BREAKS and not self._muted:
            self._emit("\n")

    def end_content(self, _: Any) -> None:
        """The content ends; within a template its words are the template's."""
        frame = self._pop()
        if self._muted and frame.name not in _LEFT_OUT:
            self.frames[-1].parts[-1] += frame.parts[-1]
        self._push("tag", muted=True)

    def open_entity(self, _: Any) -> None:
        self._push("entity", muted=True)

    def number_entity(self, _: Any) -> None:
        self.frames[-1].parts[-1] = "#"

    def hex_entity(self, token: Any) -> None:
        self.frames[-1].parts[-1] += token.char

    def close_entity(self, _: Any) -> None:
        letter = unescape(f"&{self._pop().parts[0]};")
        self._write(" " if letter == "\xa0" else letter)

    def open_heading(self, token: Any) -> None:
        if not self._muted:
            self._drop_empty_headings(token.level)
            self.headings.append((token.level, len(self.pieces), self.length))
        self._push("heading", muted=False)

    def _drop_empty_headings(self, level: int) -> None:
        """Take back the headings that are not above `level` and have nothing below them."""
        while self.headings and self.headings[-1][0] >= level:
            _, num_pieces, self.length = self.headings.pop()
            del self.pieces[num_pieces:]
        while self.anchors and self.anchors[-1].end > self.length:
            self.anchors.pop()


def _strip(text: str, spans: list[Span]) -> tuple[str, list[Span]]:
    start, end = len(text) - len(text.lstrip()), len(text.rstrip())
    moved = [(max(first, start) - start, min(last, end) - start) for first, last in spans]
    return text[start:end], moved


def _trimmed(text: str, span: Span) -> Span:
    """`span` without the blanks at its ends."""
    words = text[span[0] : span[1]]
    start = span[0] + len(words) - len(words.lstrip())
    return start, max(start, span[1] - (len(words) - len(words.rstrip())))


_HANDLERS: Mapping[str, _Handler] = {
    "TemplateOpen": _Renderer.open_template,
    "TemplateParamSeparator": _Renderer.next_parameter,
    "TemplateParamEquals": _Renderer.name_parameter,
    "TemplateClose": _Renderer.close_template,
    "ArgumentOpen": _Renderer.open_hidden,
    "ArgumentClose": _Renderer.close,
    "CommentStart": _Renderer.open_hidden,
    "CommentEnd": _Renderer.close,
    "WikilinkOpen": _Renderer.open_link,
    "WikilinkSeparator": _Renderer.show_anchor,
    "WikilinkClose": _Renderer.close_link,
    "ExternalLinkOpen": _Renderer.open_address,
    "ExternalLinkSeparator": _Renderer.name_address,
    "ExternalLinkClose": _Renderer.close,
    "TagOpenOpen": _Renderer.open_tag,
    "TagAttrStart": _Renderer.begin_attribute,
    "TagCloseOpen": _Renderer.begin_content,
    "TagCloseSelfclose": _Renderer.close_lone_tag,
    "TagOpenClose": _Renderer.end_content,
    "TagCloseClose": _Renderer.close,
    "HTMLEntityStart": _Renderer.open_entity,
    "HTMLEntityNumeric": _Renderer.number_entity,
    "HTMLEntityHex": _Renderer.hex_entity,
    "HTMLEntityEnd": _Renderer.close_entity,
    "HeadingStart": _Renderer.open_heading,
    "HeadingEnd": _Renderer.close,
}
"""By the name of the token's class: the classes would load the parser with this module."""
