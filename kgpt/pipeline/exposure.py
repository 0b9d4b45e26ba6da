"""How often an arm was shown a fact in training: what hallucination is told apart by (ours).

A passage that states a fact shows it once a pass over the passages; a stream that reads the graph shows every triple of
the arm's graph once a pass over it (of entities with more triples than a passage about one tells, that is too much).
What a recipe samples beside that (CoLAKE's neighbours of a text's entities, a path's further hops) is not counted.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from kgpt.alignment.passages import read_passages
from kgpt.evaluation.exam import Exam
from kgpt.evaluation.facts import fact_id
from kgpt.io import read_json
from kgpt.kg.following import read_path, supporting
from kgpt.kg.graph import KnowledgeGraph
from kgpt.pipeline.arm import PASSES, Arm, training_graph
from kgpt.pipeline.data_stages import PASSAGES
from kgpt.records import Outcome, Question, Triple

_MARKED = frozenset({"qa", "coverage"})
_MAX_ANSWERS = 5


@dataclass(frozen=True, eq=False)
class Exposure:
    """How often an arm's training showed each triple.

    Args:
        stated: passages that state a triple.
        text_passes: over the passages.
        graph: that the arm trained on.
        graph_passes: over its triples, all streams together.
    """

    stated: Mapping[Triple, int]
    text_passes: float
    graph: KnowledgeGraph
    graph_passes: float

    @classmethod
    def of(cls, arm: Arm) -> "Exposure":
        """What `arm` was shown."""
        passes = read_json(arm.folder / PASSES)
        passages = read_passages(arm.run / "4-aligned" / PASSAGES)
        times = Counter[str]()
        for told in passes.values():
            times[told["shows"]] += told["passes"]
        return cls(
            stated=Counter(item.triple for passage in passages for item in passage.alignments),
            text_passes=times["passages"],
            graph=training_graph(arm.run, knowledge=arm.config.arms[arm.name].knowledge, seed=arm.seed),
            graph_passes=times["triples"],
        )

    def count(self, triple: Triple) -> float:
        """How often one triple was shown."""
        row = self.graph.numbers(triple)
        is_in = row is not None and row[2] in self.graph.tails(row[0], row[1])
        return self.stated.get(triple, 0) * self.text_passes + is_in * self.graph_passes

    def of_question(self, question: Question, graph: KnowledgeGraph) -> float:
        """The least-shown fact on the way to an answer, of the answer where that is most; `graph` is the true one."""
        hops, start = read_path(graph, question.hops), graph.entities.ids.find(question.entity)
        if not hops or start is None:
            return 0.0
        ends = (graph.entities.ids.find(one) for one in question.answer_entities[:_MAX_ANSWERS])
        ways = (supporting(graph, start, hops, [end]) for end in ends if end is not None)
        return max((min(map(self.count, way)) for way in ways if way), default=0.0)


def band(count: float) -> str:
    """The subset of a number of exposures.

    >>> band(0), band(2.5), band(10)
    ('exposures_0', 'exposures_1_9', 'exposures_10_plus')
    """
    if count <= 0:
        return "exposures_0"
    return "exposures_1_9" if count < 10 else "exposures_10_plus"


def marked(outcomes: Iterable[Outcome], exposure: Exposure, exam: Exam) -> list[Outcome]:
    """The outcomes, those of questions and of coverage marked by how often the fact they need was shown."""
    bands = {question.id: band(exposure.of_question(question, exam.graph)) for question in exam.test}
    for fact in exam.asked(but_trained=True):
        head, relation = exam.graph.entities.ids[fact.head], exam.graph.relations.ids[fact.relation]
        triples = [Triple(head, relation, exam.graph.entities.ids[tail]) for tail in fact.tails]
        bands[fact_id(head, relation)] = band(max(map(exposure.count, triples)))
    return [
        replace(one, subsets=(*one.subsets, bands[one.item])) if one.task in _MARKED and one.item in bands else one
        for one in outcomes
    ]
