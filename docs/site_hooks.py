"""What the site's build does beside mkdocs: a link to a file outside docs/ becomes the file's path.

The pages are read in the checkout, too, where such links lead somewhere; the site has no checkout to lead to.
"""

import re
from pathlib import Path
from typing import Any

_LINK = re.compile(r"\[`?([^]`]+)`?\]\((\.\./[^)#]+)(#[^)]*)?\)")


def on_page_markdown(markdown: str, *, page: Any, config: Any, files: Any) -> str:
    """The text of a page with its links out of docs/ taken away; one that leads to no file stays, and is an error."""
    del files
    docs = Path(config.docs_dir).resolve()
    here = (docs / page.file.src_uri).parent

    def rewritten(link: re.Match[str]) -> str:
        target = (here / link[2]).resolve()
        if target.is_relative_to(docs) or not target.exists():
            return link[0]
        return f"`{target.relative_to(docs.parent)}`"

    return _LINK.sub(rewritten, markdown)
