"""Check an embedded graph against a Wikidata extract: `python graphs/verify.py atlas ../shared/data/kg`.

Prints how many ids, labels and triples occur there, how many agree, and every disagreement: a label that differs, a
triple whose head and relation the extract knows with other tails only (for relations with one right tail).
"""

import sys
from collections import defaultdict

from kgpt.records import EntityRecord, RelationRecord, Triple
from kgpt.sources import open_graph

ONE_TAIL = {"P19", "P20", "P22", "P25", "P36", "P38", "P50", "P57", "P86", "P170", "P1376"}


def main(name: str, extract: str) -> None:
    """Print the report."""
    labels: dict[str, str] = {}
    tails: dict[tuple[str, str], set[str]] = defaultdict(set)
    for item in open_graph(extract).read():
        if isinstance(item, EntityRecord | RelationRecord):
            labels[item.id] = unescaped(item.label)
        elif isinstance(item, Triple):
            tails[item.head, item.relation].add(item.tail)
    items = list(open_graph(f"embedded:{name}").read())
    compare_names([item for item in items if isinstance(item, EntityRecord | RelationRecord)], labels)
    compare_triples([item for item in items if isinstance(item, Triple)], tails, labels)


def compare_names(records: list[EntityRecord | RelationRecord], labels: dict[str, str]) -> None:
    """Ids that the extract knows, and labels that differ."""
    known = [record for record in records if labels.get(record.id)]
    print(f"names: {len(records)}, {len(known)} in the extract")
    for record in known:
        if record.label != labels[record.id]:
            print(f"  label differs: {record.id} {record.label!r}, there {labels[record.id]!r}")


def compare_triples(triples: list[Triple], tails: dict[tuple[str, str], set[str]], labels: dict[str, str]) -> None:
    """Triples that the extract holds, and those it contradicts."""
    confirmed = [one for one in triples if one.tail in tails.get((one.head, one.relation), ())]
    print(f"triples: {len(triples)}, {len(confirmed)} in the extract")
    for one in triples:
        there = tails.get((one.head, one.relation), set())
        if one.relation in ONE_TAIL and there and one.tail not in there:
            said = ", ".join(labels.get(tail) or tail for tail in sorted(there))
            print(f"  differs: {labels.get(one.head)} {one.relation} {labels.get(one.tail, one.tail)}, there {said}")


def unescaped(label: str) -> str:
    r"""A label whose accents the extract wrote as `\u00E9`."""
    return label.encode("latin-1", "backslashreplace").decode("unicode_escape") if "\\u" in label else label


if __name__ == "__main__":
    main(*sys.argv[1:3])
