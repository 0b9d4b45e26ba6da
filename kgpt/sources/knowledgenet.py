"""KnowledgeNet (Mesquita et al., 2019): passages, and for each property that annotators went through all its facts.

    {"doc", "pass_start", "pass_end", "passage", "property", "sub_start", "sub_end", "sub_text", "sub_qid", "obj_..."}

One row says one fact of one passage; a row without a subject says that the passage states none of its property. The
release's own lines (`documentId`, `passages[{passageStart, exhaustivelyAnnotatedProperties, facts}]`) are read, too.
Offsets count from the document's start; here they count from the passage's, and what drifted is repaired. All rows are
gathered before the first document: those of a passage lie apart (the whole of KnowledgeNet has 9,073 passages).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kgpt.errors import DataError, did_you_mean
from kgpt.io import read_json_lines
from kgpt.records import NIL, Document, Dropped, Link, Metadata, Triple
from kgpt.sources.malformed import told_as_malformed
from kgpt.sources.span_repair import MarkedSpan, repair_spans
from kgpt.sources.wikidata_id import item_id

RELATIONS: Mapping[str, tuple[tuple[str, bool], ...]] = {
    "CEO": (("P169", False),),
    "CHILD_OF": (("P22", False), ("P25", False), ("P40", True)),
    "EDUCATED_AT": (("P69", False),),
    "EMPLOYEE_OR_MEMBER_OF": (("P108", False), ("P463", False), ("P54", False)),
    "FOUNDED_BY": (("P112", False),),
    "HEADQUARTERS": (("P159", False),),
    "NATIONALITY": (("P27", False),),
    "PLACE_OF_BIRTH": (("P19", False),),
    "PLACE_OF_RESIDENCE": (("P551", False),),
    "POLITICAL_AFFILIATION": (("P102", False),),
    "SPOUSE": (("P26", False), ("P26", True)),
    "SUBSIDIARY_OF": (("P749", False), ("P355", True)),
}
"""Wikidata's properties for KnowledgeNet's, each with whether its subject is KnowledgeNet's object.

Ours, by Wikidata's own descriptions. Where Wikidata splits what KnowledgeNet asks (father, mother; employer, member of,
sports team) a fact counts as all of them: a graph holds the one that is right.
"""
DATES: Mapping[str, str] = {"DATE_FOUNDED": "P571", "DATE_OF_BIRTH": "P569", "DATE_OF_DEATH": "P570"}
"""The properties whose objects are dates: no entities, hence no links and no triples."""


@dataclass(frozen=True, slots=True)
class KnowledgeNetFile:
    """A file of KnowledgeNet: rows or the release's own documents."""

    path: Path

    def files(self) -> Sequence[Path]:
        """The file itself."""
        return [self.path]

    def read(self) -> Iterator[Document | Dropped]:
        """Its passages, and the facts that are no triple of two entities.

        Raises:
            DataError: a line is malformed, or names a property that KnowledgeNet has not.
        """
        passages: dict[str, _Passage] = {}
        for number, value in read_json_lines(self.path):
            with told_as_malformed(f"{self.path}:{number}", what="not a row of KnowledgeNet"):
                for row in _release_rows(value) if "passages" in value else [value]:
                    passage = _Passage(f"{row['doc']}-{row['pass_start']}", row["passage"])
                    passages.setdefault(passage.id, passage).add(row)
        for passage in passages.values():
            yield passage.document()
            yield from passage.left_out


@dataclass(slots=True)
class _Passage:
    """What the rows of one passage say."""

    id: str
    text: str
    entities: dict[tuple[int, int], str] = field(default_factory=dict)
    triples: dict[Triple, None] = field(default_factory=dict)
    judged: dict[str, None] = field(default_factory=dict)
    left_out: list[Dropped] = field(default_factory=list)

    def add(self, row: Mapping[str, Any]) -> None:
        """Take in a row.

        Raises:
            DataError: another text for the same passage, or an unknown property.
        """
        name = row["property"]
        if name not in RELATIONS and name not in DATES:
            raise DataError(f"property: found {name!r}; {did_you_mean(name, [*RELATIONS, *DATES])}")
        if row["passage"] != self.text:
            raise DataError(f"passage {self.id}: a second text for it: {row['passage'][:60]!r}")
        self.judged |= dict.fromkeys(relation for relation, _ in RELATIONS.get(name, ()))
        if row["sub_start"] is None:
            return
        head = self._mention(row, "sub")
        if name in DATES:
            self.left_out.append(Dropped(f"{self.id}/{name}", "literal_triple", is_part=True))
            return
        tail = self._mention(row, "obj")
        if NIL in (head, tail):
            self.left_out.append(Dropped(f"{self.id}/{name}", "triple_with_nil", is_part=True))
            return
        for relation, is_inverse in RELATIONS[name]:
            self.triples[Triple(tail, relation, head) if is_inverse else Triple(head, relation, tail)] = None

    def _mention(self, row: Mapping[str, Any], end: str) -> str:
        """Note a row's subject or object; gives its entity."""
        entity, start = str(row[f"{end}_qid"] or NIL), row[f"{end}_start"] - row["pass_start"]
        marked = MarkedSpan(start, row[f"{end}_end"] - row["pass_start"], row[f"{end}_text"])
        (place,) = repair_spans(self.text, [marked])
        if place is None:
            self.left_out.append(Dropped(f"{self.id}#{start}", "span_without_surface", is_part=True))
        elif self.entities.get((place.start, place.end), NIL) == NIL:
            self.entities[place.start, place.end] = entity
        return entity

    def document(self) -> Document:
        links = tuple(sorted(Link(*span, entity) for span, entity in self.entities.items()))
        metadata = Metadata(source="KnowledgeNet", license="CC BY-SA 4.0", language="en")
        return Document(self.id, self.text, links, metadata, tuple(self.triples), tuple(self.judged))


def _release_rows(value: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The rows that a document of the release holds."""
    for passage in value["passages"]:
        of_passage = {
            "doc": value["documentId"],
            "pass_start": passage["passageStart"],
            "passage": passage["passageText"],
        }
        names = {one["propertyId"]: one["propertyName"] for one in passage["exhaustivelyAnnotatedProperties"]}
        for name in names.values():
            yield {**of_passage, "property": name, "sub_start": None}
        for fact in passage["facts"]:
            row: dict[str, Any] = {**of_passage, "property": names[fact["propertyId"]]}
            for end, told in (("sub", "subject"), ("obj", "object")):
                row |= {f"{end}_{part}": fact[f"{told}{part.title()}"] for part in ("start", "end", "text")}
                row[f"{end}_qid"] = item_id(fact.get(f"{told}Uri"))
            yield row
