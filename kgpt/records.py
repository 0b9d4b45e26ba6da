"""The nouns that cross doors between the rooms: frozen, small, free of heavy packages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal as OneOf

from kgpt.errors import DataError

INVERSE = "^"
"""Before a relation of a path: it is followed from tail to head, as in SPARQL's property paths."""

NIL = "NIL"
"""The entity of a link whose mention means nothing in the graph."""

VERBALIZED = "kgpt verbalize"
"""The source of documents that say a graph in sentences."""

LiteralKind = OneOf["date", "quantity", "string"]
ValueKind = OneOf["entity", "date", "quantity", "string"]


@dataclass(frozen=True, slots=True, order=True)
class Triple:
    """A fact between two entities, by their ids."""

    head: str
    relation: str
    tail: str


@dataclass(frozen=True, slots=True)
class Literal:
    """A fact whose value is no entity: a date, a quantity, a string.

    Args:
        head: id of the entity.
        relation: id of the relation.
        value: a date in ISO 8601-2, as precise as known (`1952-03-11`, `1952-03`, `1952`, the decade `195X`, the
            century `19XX`, before our era `-0043`); a quantity as a decimal number; or the string itself.
        kind: which of the three.
        unit: id of a quantity's unit; empty where it has none.
        datatype: what the source calls the type (an XSD IRI, Wikidata's `external-id`), kept for export.
        language: of a string in a language.
    """

    head: str
    relation: str
    value: str
    kind: LiteralKind = "string"
    unit: str = ""
    datatype: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Qualifier:
    """What a statement says besides its triple: since when, in which role.

    Args:
        triple: the statement.
        relation: id of the qualifying relation.
        value: an entity's id, or what `Literal.value` holds.
        kind: `entity`, or the literal's kind.
        unit: id of a quantity's unit.
    """

    triple: Triple
    relation: str
    value: str
    kind: ValueKind = "entity"
    unit: str = ""


@dataclass(frozen=True, slots=True)
class EntityRecord:
    """What a graph says of one entity besides its triples, in one language.

    Args:
        id: the entity.
        label: preferred name.
        aliases: other names.
        description: a short text.
        language: of the names; empty is the graph's main language.
        title: of the entity's Wikipedia article in that language (a sitelink).
        num_sitelinks: articles about it in all languages, a measure of popularity; 0 where the source does not say.
    """

    id: str
    label: str = ""
    aliases: tuple[str, ...] = ()
    description: str = ""
    language: str = ""
    title: str = ""
    num_sitelinks: int = 0


@dataclass(frozen=True, slots=True)
class RelationRecord:
    """What a graph says of one relation besides its triples, in one language (empty: the graph's main one)."""

    id: str
    label: str = ""
    aliases: tuple[str, ...] = ()
    description: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Redirect:
    """An id that is now another's: wherever a graph names `id` it means `target`."""

    id: str
    target: str


GraphItem = Triple | Literal | Qualifier | EntityRecord | RelationRecord | Redirect


@dataclass(frozen=True, slots=True, order=True)
class Link:
    """A mention `[start, end)` in code points of its document, with the entity chosen for it.

    Args:
        start: first code point.
        end: one past the last code point.
        entity: id in the graph, or `NIL`.
        score: confidence in [0, 1]; 1 for gold links.
    """

    start: int
    end: int
    entity: str
    score: float = 1.0

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise DataError(f"link to {self.entity} has the empty span [{self.start}, {self.end})")


@dataclass(frozen=True, slots=True)
class Metadata:
    """Where a document comes from; `extra` keeps what a source says beyond the named fields."""

    source: str = ""
    license: str = ""
    timestamp: str = ""
    language: str = ""
    url: str = ""
    extra: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Document:
    """A text with its links and the triples its source says it states.

    Args:
        id: unique in its corpus.
        text: what is written.
        links: mentions with their entities, in reading order.
        metadata: where it comes from.
        triples: what the text states by its source's account (gold); often none.
        judged_relations: relations of which `triples` holds all that the text states, so that another one predicted
            is wrong; empty where nobody says so.
    """

    id: str
    text: str
    links: tuple[Link, ...] = ()
    metadata: Metadata = Metadata()
    triples: tuple[Triple, ...] = ()
    judged_relations: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for link in self.links:
            if link.end > len(self.text):
                raise DataError(
                    f"document {self.id}: link [{link.start}, {link.end}) to {link.entity} lies out of the "
                    f"text, which has {len(self.text)} code points"
                )

    def surface(self, link: Link) -> str:
        """The words of `link` in the text."""
        return self.text[link.start : link.end]


@dataclass(frozen=True, slots=True)
class Dropped:
    """A record left out, or a part of one that stays (a link, a triple), and why."""

    id: str
    reason: str
    is_part: bool = False


@dataclass(frozen=True, slots=True)
class Alignment:
    """A triple that a passage supports (distant supervision), with our confidence in [0, 1]."""

    triple: Triple
    confidence: float


@dataclass(frozen=True, slots=True)
class LiteralAlignment:
    """A literal fact that a passage states at `[start, end)` of its text, with our confidence in [0, 1]."""

    literal: Literal
    start: int
    end: int
    confidence: float


@dataclass(frozen=True, slots=True)
class AlignedPassage:
    """A stretch of a document with the links in it (offsets within the passage) and the facts it supports."""

    id: str
    document: str
    text: str
    links: tuple[Link, ...]
    alignments: tuple[Alignment, ...]
    metadata: Metadata = Metadata()
    literals: tuple[LiteralAlignment, ...] = ()


QuestionSplit = OneOf["train", "dev", "test"]


@dataclass(frozen=True, slots=True)
class Question:
    """A question about facts of the graph.

    Args:
        id: unique in its file.
        text: the question as asked.
        answers: surface forms that count as right (any of them).
        entity: id of the entity asked about.
        relation: id of the relation asked about.
        answer_entities: ids of the right answers.
        stated_in_text: whether the corpus states a fact that answers it; None where nobody checked.
        split: the part it belongs to, or None where the file does not say.
        path: relations that lead from the entity to its answers, one a hop, `^P161` against its direction; empty is
            the one hop along `relation` (written as SPARQL's property paths).
        popularity: how often the entity is looked up, where the file says so (PopQA: page views a month).
        source: the set it belongs to, where a run asks several.
    """

    id: str
    text: str
    answers: tuple[str, ...]
    entity: str = ""
    relation: str = ""
    answer_entities: tuple[str, ...] = ()
    stated_in_text: bool | None = None
    split: QuestionSplit | None = None
    path: tuple[str, ...] = ()
    popularity: float | None = None
    source: str = ""

    @property
    def hops(self) -> tuple[str, ...]:
        """The relations from the entity to its answers; none where the question is bound to no graph."""
        return self.path or ((self.relation,) if self.relation else ())

    def facts(self) -> tuple[Triple, ...]:
        """The triples that answer a question of one hop; of more hops, the pairs of ends joined by the path's name."""
        if self.hops and len(self.hops) == 1 and self.hops[0].startswith(INVERSE):
            relation = self.hops[0].removeprefix(INVERSE)
            return tuple(Triple(head, relation, self.entity) for head in self.answer_entities)
        name = "/".join(self.hops)
        return tuple(Triple(self.entity, name, tail) for tail in self.answer_entities)


@dataclass(frozen=True, slots=True)
class Result:
    """One figure: a tidy row of `results.json`."""

    task: str
    subset: str
    metric: str
    value: float
    n: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """One item's score, kept so that arms can be compared item by item.

    Args:
        task: the task's name.
        item: the question's or fact's id, the same in every arm.
        metric: what `value` measures.
        value: the item's score, in [0, 1].
        subsets: the subsets the item counts in besides `all`.
        predicted: what the model said, for the report.
        probability: that the model gives what it said; None where it gives none.
    """

    task: str
    item: str
    metric: str
    value: float
    subsets: tuple[str, ...] = ()
    predicted: str = ""
    probability: float | None = None
