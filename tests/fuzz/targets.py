"""What is fuzzed: a name, a whole input, and the function that reads it to its end."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from kgpt.alignment.passages import read_passages
from kgpt.errors import KgptError
from kgpt.kg import GraphBuilder
from kgpt.records import Document
from kgpt.sources import open_documents, open_graph, open_questions
from kgpt.sources.base import read_bulk
from kgpt.verbalization.template import load_templates
from tests.fuzz.samples import CONFIG, DOCUMENTS, GRAPHS, PASSAGES, QUESTIONS, TEMPLATES, Sample

MAX_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Target:
    """A reader and what it is fed.

    Args:
        sample: a whole input.
        read: takes the source and reads it to its end.
    """

    sample: Sample
    read: Callable[[str], object]

    def prepare(self, folder: Path) -> None:
        """Write the whole input."""
        for name, content in self.sample.files.items():
            (folder / name).write_bytes(content)

    def read_whole(self, folder: Path) -> None:
        """Read what lies in `folder` to its end."""
        self.read(self.sample.source.replace("{}", str(folder)))

    def survives(self, folder: Path, content: bytes) -> bool:
        """Read the input with `content` in its first file; gives whether it was read without an error of the tree.

        Any other exception goes on to the caller: that is a find.
        """
        (folder / self.sample.broken).write_bytes(content[:MAX_BYTES])
        try:
            self.read_whole(folder)
        except KgptError as error:
            if not str(error).strip():
                raise AssertionError("an error without a message") from error
            return False
        return True


def _graph(source: str) -> None:
    builder = GraphBuilder()
    for item in read_bulk(open_graph(source)):
        builder.add(item)
    builder.build()


def _documents(source: str) -> None:
    for item in open_documents(source).read():
        if isinstance(item, Document):
            for link in item.links:
                assert 0 <= link.start < link.end <= len(item.text), f"a link outside its text: {item}"
            item.text.encode("utf-8")


def _questions(source: str) -> None:
    for item in open_questions(source).read():
        assert item.id


def _passages(source: str) -> None:
    for passage in read_passages(Path(source)):
        assert all(0 <= link.start < link.end <= len(passage.text) for link in passage.links), passage


def _config(source: str) -> None:
    from kgpt.pipeline import load_run_config  # slow to load, and the other targets do not need it

    load_run_config(source, [])


TARGETS: Mapping[str, Target] = {
    **{name: Target(sample, _graph) for name, sample in GRAPHS.items()},
    **{name: Target(sample, _documents) for name, sample in DOCUMENTS.items()},
    **{name: Target(sample, _questions) for name, sample in QUESTIONS.items()},
    "passages": Target(PASSAGES, _passages),
    "config": Target(CONFIG, _config),
    "templates": Target(TEMPLATES, lambda source: load_templates(Path(source))),
}
