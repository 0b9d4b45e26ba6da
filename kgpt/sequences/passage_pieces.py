"""Stored passages as texts in pieces: what was tokenised is read back, its anchors as mentions."""

from kgpt.sequences.passage_store import PassageStore
from kgpt.sequences.vocabulary import Vocabulary
from kgpt.verbalization.pieces import Mention, Piece


def passage_pieces(passages: PassageStore, number: int, vocabulary: Vocabulary) -> list[Piece]:
    """The text of one passage; an anchor that overlaps the one before stays text."""
    words = passages.word_ids(number)
    out: list[Piece] = []
    place, text = 0, ""
    for anchor in sorted(passages.anchors_of(number), key=lambda one: one.start):
        if anchor.start < place:
            continue
        for end, is_mention in ((anchor.start, False), (anchor.end, True)):
            longer = _text(words[:end], vocabulary)
            part, text = longer[len(text) :], longer
            blank = part[: len(part) - len(part.lstrip())]
            out += [blank, Mention(anchor.entity, part.lstrip())] if is_mention else [part]
        place = anchor.end
    return [piece for piece in [*out, _text(words, vocabulary)[len(text) :]] if piece]


def _text(words: object, vocabulary: Vocabulary) -> str:
    return str(vocabulary.tokenizer.decode(words, clean_up_tokenization_spaces=False))
