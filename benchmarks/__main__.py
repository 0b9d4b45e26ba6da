"""`python -m benchmarks [NAME]...`: those named; all where none is, but `completion`, which takes a quarter of an hour.

Times are of this machine at this moment; only the ratios of one run mean anything.
"""

import os
import sys

os.environ.setdefault("GOMP_SPINCOUNT", "2000")

from benchmarks import (
    checkpointing,
    completion,
    curation,
    curation_duplicates,
    curation_facts,
    entity_table,
    graph_encoder,
    graph_store,
    graph_training,
    linking,
    linking_quality,
    training,
    wikidata_dump,
    wikitext,
)
from kgpt.text import table

BENCHMARKS = {
    "checkpointing": checkpointing.run,
    "completion": completion.run,
    "curation": curation.run,
    "curation_duplicates": curation_duplicates.run,
    "curation_facts": curation_facts.run,
    "entity_table": entity_table.run,
    "graph_encoder": graph_encoder.run,
    "graph_store": graph_store.run,
    "graph_training": graph_training.run,
    "linking": linking.run,
    "linking_quality": linking_quality.run,
    "training": training.run,
    "wikidata_dump": wikidata_dump.run,
    "wikitext": wikitext.run,
}
_RATES = ("what", "figure", "ratio to the first")
_HEADERS = {
    "completion": completion.HEADER,
    "curation": curation.HEADER,
    "curation_duplicates": curation_duplicates.HEADER,
    "curation_facts": curation_facts.HEADER,
    "linking_quality": linking_quality.HEADER,
}
_BY_NAME_ONLY = {"completion"}


def main(names: list[str]) -> None:
    """Print one table a benchmark."""
    for name in names or sorted(BENCHMARKS.keys() - _BY_NAME_ONLY):
        print(f"\n{name}")
        print(table(_HEADERS.get(name, _RATES), BENCHMARKS[name]()))


if __name__ == "__main__":
    main(sys.argv[1:])
