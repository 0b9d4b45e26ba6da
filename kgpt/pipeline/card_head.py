"""The YAML head of a card, by the Hugging Face Hub's rules: what its search, its filters and its pages read.

A licence is named by the Hub's own identifier where it has one; several, or one the Hub does not know, are `other`
with a name, and a file beside the card says which text bears which.
"""

import re
from collections.abc import Collection, Mapping
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

LICENSE_FILE = "LICENSE.md"
HUB_LICENSES = frozenset(
    f"""
    afl-3.0 agpl-3.0 apache-2.0 artistic-2.0 bsd bsd-2-clause bsd-3-clause bsl-1.0 cc cc0-1.0 cdla-permissive-1.0
    cdla-permissive-2.0 cdla-sharing-1.0 gfdl gpl gpl-2.0 gpl-3.0 isc lgpl lgpl-3.0 mit mpl-2.0 odbl odc-by pddl
    unlicense wtfpl {" ".join(f"cc-by{kind}-{version}" for kind in ("", "-sa") for version in ("2.0", "3.0", "4.0"))}
    {" ".join(f"cc-by-nc{kind}-{version}" for kind in ("", "-sa", "-nd") for version in ("2.0", "3.0", "4.0"))}
    """.split()
)
"""The Hub's identifiers for licences that texts and models bear (its docs, "Licenses")."""
_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
_LARGE = ((10**7, "1M<n<10M"), (10**8, "10M<n<100M"), (10**9, "100M<n<1B"))
_REPO = re.compile(r"(?!.*(?:--|\.\.))[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}")
_CODE = re.compile(r"[a-z]{2,3}")


def yaml_text(told: Mapping[str, Any]) -> str:
    """`told` as YAML, in its order."""
    text = StringIO()
    YAML(typ="safe", pure=True).dump(dict(told), text)
    return text.getvalue()


def license_head(licenses: Collection[str]) -> dict[str, Any]:
    """What the head says of licences; nothing where no text states one.

    >>> license_head(["CC0-1.0"])
    {'license': 'cc0-1.0'}
    >>> license_head(["CC0-1.0", "CC-BY-SA-4.0"])
    {'license': 'other', 'license_name': 'cc-by-sa-4.0-and-cc0-1.0', 'license_link': 'LICENSE.md'}
    """
    names = sorted({re.sub(r"[^a-z0-9.]+", "-", name.lower()).strip("-") for name in licenses})
    if not names:
        return {}
    if len(names) == 1 and names[0] in HUB_LICENSES:
        return {"license": names[0]}
    return {"license": "other", "license_name": "-and-".join(names), "license_link": LICENSE_FILE}


def language_head(languages: Collection[str]) -> dict[str, Any]:
    """The languages that have a code of two or three letters.

    >>> language_head(["en", "not stated", "de-AT"])
    {'language': ['de', 'en']}
    """
    codes = sorted({code for name in languages if _CODE.fullmatch(code := name.split("-")[0].lower())})
    return {"language": codes} if codes else {}


def size_category(count: int) -> str:
    """The Hub's name for a number of rows.

    >>> size_category(369), size_category(1_000)
    ('n<1K', '1K<n<10K')
    """
    return next((name for limit, name in (*_SIZES, *_LARGE) if count < limit), "n>1B")


def placeless(told: Any) -> Any:
    """`told` with every absolute path as its file's name: where it lay on this machine is nobody's business.

    >>> placeless({"sources": ["/home/me/my.ttl", "embedded:atlas"]})
    {'sources': ['my.ttl', 'embedded:atlas']}
    """
    if isinstance(told, Mapping):
        return {name: placeless(value) for name, value in told.items()}
    if isinstance(told, list | tuple):
        return [placeless(value) for value in told]
    return Path(told).name if isinstance(told, str) and Path(told).is_absolute() else told


def is_repository(name: str) -> bool:
    """Whether a checkpoint's name is one of the Hub: an owner and a name, not a path.

    >>> [is_repository(one) for one in ("google/flan-t5-base", "/home/me/t5", "runs/a/6-arms/b", "./t5")]
    [True, False, False, False]
    """
    return _REPO.fullmatch(name) is not None
