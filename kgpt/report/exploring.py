"""A finished run at a person's call: a text in, its links and its graph out; a question in, answers out; all as HTML.

Nothing is written. What comes back is escaped by the templates, so that it can be put into the page as it stands.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from kgpt.config import check_config
from kgpt.errors import DataError
from kgpt.kg import KnowledgeGraph
from kgpt.linking import Linker, LinkingSettings
from kgpt.pipeline.data_stages import TOKENIZER
from kgpt.pipeline.measuring import MAJORITY
from kgpt.pipeline.run import CONFIG_NAME
from kgpt.pipeline.showing import graph_of_text
from kgpt.progress import say
from kgpt.randomness import hash_sample
from kgpt.records import Document
from kgpt.report.arm_answer import MASK, ArmModels
from kgpt.report.drawn_document import drawn_graph
from kgpt.report.graph_answer import GraphAsker
from kgpt.report.linked_sentence import linked_sentence
from kgpt.report.palette import ArmStyle, arm_styles
from kgpt.report.run_record import RunRecord, read_run
from kgpt.report.template import render
from kgpt.sequences import Vocabulary, load_vocabulary
from kgpt.text import squeeze

MAX_TEXT_CHARS, MAX_QUESTION_CHARS = 2_000, 300
_MAX_EXAMPLE_CHARS = 160
_NUM_EXAMPLES = 3


@dataclass(frozen=True)
class Explorer:
    """A finished run, opened; its methods are called by one thread at a time.

    Args:
        run: the run.
        graph: its graph.
        linker: as the run's config sets it.
        vocabulary: the words of drawings.
        models: the arms'.
    """

    run: RunRecord
    graph: KnowledgeGraph
    linker: Linker
    vocabulary: Vocabulary
    models: ArmModels

    @classmethod
    def open(cls, folder: Path) -> "Explorer":
        """The run in `folder`, its graph and linker opened.

        Raises:
            DataError: it is no finished run.
        """
        run = read_run(folder)
        if run.graph is None or not (folder / "5-sequences" / TOKENIZER).is_dir():
            raise DataError(f"{folder}: a run folder without its graph or sequences; finish the run first")
        say(f"opening the linker over {run.graph.num_entities:,} entities")
        linker = _run_linker(run, run.graph)
        return cls(run, run.graph, linker, load_vocabulary(folder / "5-sequences" / TOKENIZER), ArmModels.of(run))

    @cached_property
    def asker(self) -> GraphAsker:
        """Asks the graph in words."""
        return GraphAsker(self.graph, self.linker, self.run.questions)

    @cached_property
    def styles(self) -> dict[str, ArmStyle]:
        """How every trained arm looks."""
        found = arm_styles(self.run.arms, control=self.run.control)
        return {arm: style for arm, style in found.items() if arm != MAJORITY}

    def page(self) -> bytes:
        """The page itself, without results."""
        backbone = self.run.config.get("backbone", {})
        return render(
            "explorer.html.jinja",
            name=self.run.name,
            styles=self.styles,
            control=self.run.control,
            seeds=self.run.seeds,
            sentence=self._example_sentence(),
            questions=self._example_questions(),
            has_encoders=backbone.get("architecture") == "encoder",
            mask=MASK,
            max_text=MAX_TEXT_CHARS,
            max_question=MAX_QUESTION_CHARS,
        )

    def read(self, text: str) -> bytes:
        """The links of `text` and its word-knowledge graph."""
        sentence = linked_sentence(text, self.linker)
        wkgraph, names = graph_of_text(sentence.document, self.graph, self.vocabulary)
        label = "Word-knowledge graph of the text; arrow keys go from node to node"
        svg = drawn_graph(wkgraph, names, label=label, name="drawing")
        return render(
            "explorer_text.html.jinja",
            sentence=sentence,
            svg=svg,
            num_triples=len(wkgraph.edges),
            threshold=self.linker.settings.nil_threshold,
        )

    def ask_graph(self, question: str) -> bytes:
        """The graph's own answer to `question`."""
        return render("explorer_graph.html.jinja", told=self.asker.ask(question))

    def ask_arm(self, question: str, arm: str, seed: int) -> bytes:
        """The answers of an arm's model to `question`.

        Raises:
            CheckpointError: there is no such model.
        """
        told = self.asker.ask(question)
        found = self.models.ask(arm, seed, question, told, self.graph)
        return render(
            "explorer_arm.html.jinja",
            arm=arm,
            seed=seed,
            style=self.styles[arm],
            is_control=arm == self.run.control,
            found=found,
            told=told,
            mask=MASK,
        )

    def _example_questions(self) -> Sequence[str]:
        """A few test questions, picked by a hash of their ids."""
        test = [one for one in self.run.questions if one.split == "test" and len(one.text) <= MAX_QUESTION_CHARS]
        return [one.text for one in hash_sample(test, _NUM_EXAMPLES, keys=lambda one: ("report", one.id))]

    def _example_sentence(self) -> str:
        """The first sentence that opens a document of the run, is short and has the most links."""
        openings = [_opening(document) for document in self.run.documents("3-linked")]
        return max(openings, key=lambda one: one[1], default=("", 0))[0]


def _opening(document: Document) -> tuple[str, int]:
    """A document's first sentence with how many links are in it; nothing where it is long."""
    end = document.text.find(". ") + 1 or len(document.text)
    if end > _MAX_EXAMPLE_CHARS:
        return "", 0
    return squeeze(document.text[:end]), sum(link.end <= end for link in document.links)


def _run_linker(run: RunRecord, graph: KnowledgeGraph) -> Linker:
    """The linker that the run's linking stage made."""
    told = run.config.get("linking", {})
    settings = check_config(told, LinkingSettings, place=f"{run.folder / CONFIG_NAME}: linking")
    anchored = settings.anchors or settings.train != "never"
    return Linker.of(graph, settings, anchors=run.documents("2-corpus") if anchored else ())
