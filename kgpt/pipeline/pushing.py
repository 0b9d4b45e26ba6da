"""A model or dataset folder to the Hugging Face Hub: listed first, and nothing but what the list says.

The token is huggingface_hub's own business (`hf auth login`, or HF_TOKEN): kgpt neither takes nor keeps one, and a
file that holds one is refused.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Literal

from kgpt.errors import DataError
from kgpt.io import fingerprint_file
from kgpt.pipeline.card_head import LICENSE_FILE, is_repository

Kind = Literal["model", "dataset"]
CARD = "README.md"
WANTED: dict[Kind, tuple[str, ...]] = {
    "model": (
        CARD,
        LICENSE_FILE,
        "config.json",
        "generation_config.json",
        "kgpt.json",
        "*.safetensors",
        "*.safetensors.index.json",
        "tokenizer*",
        "special_tokens_map.json",
        "added_tokens.json",
        "vocab*",
        "merges.txt",
        "spiece.model",
        "chat_template.jinja",
        "graph/*.json",
        "graph/*.txt",
        "graph/*.safetensors",
    ),
    "dataset": (CARD, LICENSE_FILE, "kgpt-dataset.json", "*/*.parquet", "*.parquet"),
}
_TOKEN = re.compile(rb"\bhf_[A-Za-z0-9]{30,}")
_TEXT_SUFFIXES = {".md", ".json", ".jsonl", ".txt", ".yaml", ".jinja"}


@dataclass(frozen=True, slots=True)
class Listed:
    """A file to upload: its path in the folder, its bytes and their sha256."""

    path: str
    num_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Listing:
    """What of a folder goes, what stays, and as which kind of repository."""

    folder: Path
    kind: Kind
    files: Sequence[Listed]
    left_out: Sequence[str]


def list_folder(folder: Path) -> Listing:
    """What a push of a folder would upload.

    Raises:
        DataError: no model and no dataset with a card, a file that leads out of the folder, or one that holds a token.
    """
    if not (folder / CARD).is_file():
        raise DataError(f"{folder}: no card ({CARD}) there; push a model folder of a run, or what `kgpt dataset` wrote")
    kind: Kind = "model" if (folder / "config.json").is_file() else "dataset"
    paths = sorted(path for path in folder.rglob("*") if not path.is_dir())
    wanted = [path for path in paths if _is_wanted(path.relative_to(folder), kind)]
    if not any(path.suffix in {".safetensors", ".parquet"} for path in wanted):
        raise DataError(f"{folder}: neither weights (.safetensors) nor data (.parquet) there; nothing to push")
    for path in wanted:
        _check(path, folder)
    name = {path: path.relative_to(folder).as_posix() for path in paths}
    listed = [Listed(name[path], path.stat().st_size, fingerprint_file(path)) for path in wanted]
    return Listing(folder, kind, listed, [name[path] for path in paths if path not in set(wanted)])


def push(listing: Listing, repository: str, *, private: bool = False, endpoint: str | None = None) -> str:
    """Upload the files of a listing in one commit; gives the commit's address.

    Args:
        listing: what `list_folder` gave.
        repository: OWNER/NAME; made where there is none.
        private: whether a new one is.
        endpoint: of the Hub; huggingface_hub's own where None (HF_ENDPOINT).

    Raises:
        DataError: a name that is none, a file that changed since it was listed, or the Hub refuses.
    """
    from huggingface_hub import CommitOperationAdd, HfApi
    from huggingface_hub.errors import HfHubHTTPError

    if not is_repository(repository):
        raise DataError(f"--repo {repository}: not a repository's name; expected OWNER/NAME")
    operations = []
    for one in listing.files:
        path = listing.folder / one.path
        if path.stat().st_size != one.num_bytes or fingerprint_file(path) != one.sha256:
            raise DataError(f"{path}: changed since it was listed; list it again")
        operations.append(CommitOperationAdd(path_in_repo=one.path, path_or_fileobj=path))
    api = HfApi(endpoint=endpoint)
    try:
        api.create_repo(repository, repo_type=listing.kind, private=private, exist_ok=True)
        commit = api.create_commit(
            repository, operations, repo_type=listing.kind, commit_message=f"Upload {listing.kind} made by kgpt"
        )
    except (HfHubHTTPError, OSError, ValueError) as error:
        raise DataError(f"{repository}: the Hub refuses ({' '.join(str(error).split())}); {_remedy(error)}") from error
    return str(commit.commit_url)


def _remedy(error: Exception) -> str:
    response = getattr(error, "response", None)
    if getattr(response, "status_code", None) in {401, 403}:
        return "give it a token that may write there: `hf auth login`, or HF_TOKEN"
    return "nothing was committed; try again, or look at --dry-run"


def _is_wanted(path: Path, kind: Kind) -> bool:
    """Whether a file is of its kind; a hidden one, and one in a hidden folder, never is."""
    name = path.as_posix()
    return not any(part.startswith(".") for part in path.parts) and any(
        name.count("/") == pattern.count("/") and fnmatch(name, pattern) for pattern in WANTED[kind]
    )


def _check(path: Path, folder: Path) -> None:
    if not path.resolve().is_relative_to(folder.resolve()):
        raise DataError(f"{path}: a link that leads out of {folder}; put a copy in its place")
    if path.suffix in _TEXT_SUFFIXES and _TOKEN.search(path.read_bytes()):
        raise DataError(f"{path}: holds what looks like an access token (hf_...); take it out before you push")
