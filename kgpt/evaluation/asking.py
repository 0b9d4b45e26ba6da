"""The tasks that ask for what a model knows: questions, cloze, coverage, completion; and the long-context checks."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from pydantic import Field

from kgpt.evaluation.cloze import evaluate_cloze
from kgpt.evaluation.coverage import evaluate_coverage
from kgpt.evaluation.exam import Exam
from kgpt.evaluation.graph_completion import evaluate_graph_completion
from kgpt.evaluation.long_document import evaluate_long_documents
from kgpt.evaluation.passkey import evaluate_passkey
from kgpt.evaluation.question_answering import evaluate_questions
from kgpt.evaluation.task import Measured, Need, cannot_write, tasks
from kgpt.evaluation.whole_set import by_subset
from kgpt.model import LoadedModel

Lengths = Annotated[tuple[int, ...], Field(min_length=1)]


@tasks.register("qa")
@dataclass(frozen=True, kw_only=True, slots=True)
class QuestionAnswering:
    """Closed-book question answering on the exam's test questions.

    Args:
        num_answers: the likeliest answers looked at; more than 1 also gives `set_f1` (by beam search, which is slower).
    """

    num_answers: Annotated[int, Field(ge=1)] = 1

    needs: ClassVar[tuple[Need, ...]] = ("questions",)
    after_fine_tuning: ClassVar[bool] = True

    def refuses(self, loaded: LoadedModel) -> str:
        """Encoders cannot write."""
        return cannot_write(loaded)

    def measure(self, loaded: LoadedModel, exam: Exam) -> Measured:
        """`exact_match`, `token_f1`; of several answers `set_f1`."""
        test = exam.test
        if not test:
            return []
        return evaluate_questions(loaded, test, subsets=exam.question_subsets(test), num_answers=self.num_answers)


@tasks.register("cloze")
@dataclass(frozen=True, kw_only=True, slots=True)
class Cloze:
    """The right tail of a fact against the relation's other tails.

    Args:
        max_candidates: tails that are ranked.
    """

    max_candidates: Annotated[int, Field(ge=2)] = 100

    needs: ClassVar[tuple[Need, ...]] = ("graph",)
    after_fine_tuning: ClassVar[bool] = False

    def refuses(self, loaded: LoadedModel) -> str:
        """No model."""
        del loaded
        return ""

    def measure(self, loaded: LoadedModel, exam: Exam) -> Measured:
        """`p_at_1`, `mrr`, `hits_at_10`."""
        return evaluate_cloze(loaded, exam.asked(), exam.graph, max_candidates=self.max_candidates)


@tasks.register("coverage")
@dataclass(frozen=True, kw_only=True, slots=True)
class Coverage:
    """Facts of the graph asked for in plain words, but those that a train question asked."""

    needs: ClassVar[tuple[Need, ...]] = ("graph",)
    after_fine_tuning: ClassVar[bool] = True

    def refuses(self, loaded: LoadedModel) -> str:
        """Encoders cannot write."""
        return cannot_write(loaded)

    def measure(self, loaded: LoadedModel, exam: Exam) -> Measured:
        """`exact_match`."""
        return evaluate_coverage(loaded, exam.asked(but_trained=True), exam.graph)


@tasks.register("graph_completion")
@dataclass(frozen=True, kw_only=True, slots=True)
class GraphCompletion:
    """A masked tail node beside its head and relation."""

    needs: ClassVar[tuple[Need, ...]] = ("graph",)
    after_fine_tuning: ClassVar[bool] = False

    def refuses(self, loaded: LoadedModel) -> str:
        """Models without graph nodes cannot be asked."""
        return "" if loaded.entity_ids else "needs a model with graph nodes"

    def measure(self, loaded: LoadedModel, exam: Exam) -> Measured:
        """`p_at_1`, `mrr`, `hits_at_10`."""
        return evaluate_graph_completion(loaded, exam.asked(), exam.graph)


@tasks.register("passkey")
@dataclass(frozen=True, kw_only=True, slots=True)
class Passkey:
    """A number said once in a long text.

    Args:
        lengths: of the texts, in words of the vocabulary.
    """

    lengths: Lengths = (128, 256, 512)

    needs: ClassVar[tuple[Need, ...]] = ()
    after_fine_tuning: ClassVar[bool] = False

    def refuses(self, loaded: LoadedModel) -> str:
        """No model."""
        del loaded
        return ""

    def measure(self, loaded: LoadedModel, exam: Exam) -> Measured:
        """`p_at_1`."""
        del exam
        return evaluate_passkey(loaded, lengths=self.lengths)


@tasks.register("long_documents")
@dataclass(frozen=True, kw_only=True, slots=True)
class LongDocuments:
    """A document's last words after more of it and after less.

    Args:
        lengths: of the contexts, in words of the vocabulary.
    """

    lengths: Lengths = (128, 256, 512)

    needs: ClassVar[tuple[Need, ...]] = ("documents",)
    after_fine_tuning: ClassVar[bool] = False

    def refuses(self, loaded: LoadedModel) -> str:
        """Only decoders read so."""
        return "" if loaded.architecture == "decoder" else "needs a decoder"

    def measure(self, loaded: LoadedModel, exam: Exam) -> Measured:
        """`bits_per_byte`, the mean over documents, of every length."""
        return by_subset(evaluate_long_documents(loaded, exam.documents, lengths=self.lengths), {"bits_per_byte"})
