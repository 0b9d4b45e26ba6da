"""Personal data masked in the text; links move, and go where they named what is masked."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Literal

from kgpt.corpus.base import SourceStep, Verdict, corpus_steps
from kgpt.corpus.text_change import Edit, counted, edited, without_overlap
from kgpt.records import Document

Kind = Literal["email", "iban", "card", "ip", "phone"]
_LETTER_VALUES = {letter: str(10 + place) for place, letter in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZ")}
_IBAN_MODULUS = 97


@corpus_steps.register("pii")
@dataclass(frozen=True, kw_only=True, slots=True)
class PersonalData(SourceStep):
    """Mask e-mail addresses, IBANs, card numbers, public IP addresses and telephone numbers, as `<EMAIL>` and so on.

    E-mail and public IP addresses as in FineWeb (Penedo et al., 2024, section 3.6); an IBAN counts if its check digits
    are right (ISO 13616, modulo 97), a card number of 13 to 19 digits if Luhn's sum is (ISO/IEC 7812), a telephone
    number in its international form, or as North America groups it. What is no such number by
    these rules stays: addresses, names and dates of birth do, too.

    Args:
        kinds: what is masked; where two overlap, the one named first.
    """

    kinds: tuple[Kind, ...] = ("email", "iban", "card", "ip", "phone")

    def fresh(self) -> Verdict:
        """The step, which remembers nothing."""
        return self._apply

    def _apply(self, document: Document) -> Document:
        edits = without_overlap(edit for kind in self.kinds for edit in _found(kind, document.text))
        if not edits:
            return document
        after = edited(document, edits)
        told = Counter(f"pii:{edit.new[1:-1].lower()}" for edit in edits)
        told["pii:link"] = len(document.links) - len(after.links)
        return counted(after, told)


def _found(kind: Kind, text: str) -> Iterator[Edit]:
    """The stretches of `text` that are of a kind, each with its mask."""
    pattern, is_one = _PATTERNS[kind]
    for found in pattern.finditer(text):
        if is_one(found.group()):
            yield Edit(*found.span(), f"<{kind.upper()}>")


def _is_any(_: str) -> bool:
    return True


def is_iban(text: str) -> bool:
    """Whether the check digits are right.

    >>> is_iban("DE89 3704 0044 0532 0130 00"), is_iban("DE88 3704 0044 0532 0130 00")
    (True, False)
    """
    plain = text.replace(" ", "")
    turned = plain[4:] + plain[:4]
    return int("".join(_LETTER_VALUES.get(one, one) for one in turned)) % _IBAN_MODULUS == 1


def is_card(text: str) -> bool:
    """Whether Luhn's sum is right.

    >>> is_card("4111 1111 1111 1111"), is_card("4111 1111 1111 1112")
    (True, False)
    """
    digits = [int(one) for one in reversed(text) if one.isdigit()]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return any(digits) and (sum(digits[::2]) + sum(doubled)) % 10 == 0


def _is_public_ip(text: str) -> bool:
    try:
        return ip_address(text).is_global
    except ValueError:
        return False


_PATTERNS: Mapping[Kind, tuple[re.Pattern[str], Callable[[str], bool]]] = {
    "email": (
        re.compile(
            r"(?<![\w.+%-])[A-Za-z0-9][\w.+%-]{0,63}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![\w-])", re.ASCII
        ),
        _is_any,
    ),
    "iban": (re.compile(r"(?<!\w)[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?!\w)", re.ASCII), is_iban),
    "card": (re.compile(r"(?<![\w.-])[2-6][0-9]{3}(?:[ -]?[0-9]){9,15}(?![\w-])", re.ASCII), is_card),
    "ip": (
        re.compile(
            r"(?<![\w.:])(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9a-fA-F:]{2,36}:[0-9a-fA-F]{1,4})(?![\w:]|\.[0-9])"
        ),
        _is_public_ip,
    ),
    "phone": (
        re.compile(
            r"(?<![\w+.-])(?:\+[1-9][0-9]{0,2}(?:[ .-]?(?:\(0?\)|\([0-9]{1,4}\)|[0-9]{1,5})){2,6}"
            r"|(?:1[ .-])?(?:\([2-9][0-9]{2}\) ?|[2-9][0-9]{2}[.-])[2-9][0-9]{2}[ .-][0-9]{4})(?![\w-])",
            re.ASCII,
        ),
        lambda found: 8 <= sum(map(str.isdigit, found)) <= 15,
    ),
}
"""How each kind looks, and what tells it from its likes."""
