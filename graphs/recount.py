"""Write what a sample holds into its cards' front matter: `python graphs/recount.py atlas`.

Rows and sha256 of every file, and the counts that `kgpt.sources` gives; a test recounts them.
"""

import sys
from collections import Counter
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from kgpt.io import fingerprint_file
from kgpt.records import Document, EntityRecord, Literal, RelationRecord, Triple
from kgpt.sources import open_documents, open_graph, open_questions

ROOT = Path(__file__).resolve().parent.parent


def main(name: str) -> None:
    """Rewrite both cards of a sample."""
    for card, told in cards(name).items():
        front, body = read_card(card)
        with card.open("w", encoding="utf-8") as file:
            file.write("---\n")
            YAML().dump(front | told, file)
            file.write("---\n" + body)


def cards(name: str) -> dict[Path, dict[str, Any]]:
    """What the cards of a sample should say, by the card's path."""
    graph, corpus = ROOT / "graphs" / name, ROOT / "corpora" / name
    return {
        graph / "README.md": {"files": file_rows(graph), "counts": graph_counts(name)},
        corpus / "README.md": {"files": file_rows(corpus), "counts": corpus_counts(name)},
    }


def read_card(card: Path) -> tuple[dict[str, Any], str]:
    """Front matter and body."""
    _, front, body = card.read_text("utf-8").split("---\n", 2)
    return dict(YAML(typ="safe", pure=True).load(front)), body


def file_rows(folder: Path) -> list[dict[str, Any]]:
    """Name, rows and hash of every data file."""
    files = sorted(path for path in folder.iterdir() if path.suffix in {".tsv", ".jsonl"})
    return [
        {"name": path.name, "rows": len(path.read_text("utf-8").splitlines()), "sha256": fingerprint_file(path)}
        for path in files
    ]


def graph_counts(name: str) -> dict[str, int]:
    """Counts over a sample graph and its questions."""
    kinds = {EntityRecord: "entities", RelationRecord: "relations", Triple: "triples", Literal: "literals"}
    items = list(open_graph(f"embedded:{name}").read())
    counts = Counter(kinds[type(item)] for item in items if type(item) in kinds)
    labels = Counter(item.label for item in items if isinstance(item, EntityRecord))
    counts["shared_labels"] = sum(1 for label, number in labels.items() if number > 1)
    counts["aliases"] = sum(len(item.aliases) for item in items if isinstance(item, EntityRecord))
    for question in open_questions(f"embedded:{name}").read():
        counts[f"questions_{question.split}"] += 1
        counts["questions_stated_in_text" if question.stated_in_text else "questions_graph_only"] += 1
    return dict(sorted(counts.items()))


def corpus_counts(name: str) -> dict[str, int]:
    """Counts over a sample corpus."""
    documents = [one for one in open_documents(f"embedded:{name}").read() if isinstance(one, Document)]
    return {
        "documents": len(documents),
        "words": sum(len(document.text.split()) for document in documents),
        "links": sum(len(document.links) for document in documents),
        "triples_stated": len({triple for document in documents for triple in document.triples}),
    }


if __name__ == "__main__":
    main(sys.argv[1])
