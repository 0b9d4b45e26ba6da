"""`python -m benchmarks [NAME]...`: run all benchmarks, or those named.

Times are of this machine at this moment; only the ratios of one run mean anything.
"""

import os
import sys

os.environ.setdefault("GOMP_SPINCOUNT", "2000")

from benchmarks import graph_store, linking, training, wikidata_dump, wikitext
from kgpt.text import table

BENCHMARKS = {
    "graph_store": graph_store.run,
    "linking": linking.run,
    "training": training.run,
    "wikidata_dump": wikidata_dump.run,
    "wikitext": wikitext.run,
}


def main(names: list[str]) -> None:
    """Print one table a benchmark."""
    for name in names or BENCHMARKS:
        print(f"\n{name}")
        print(table(["what", "figure", "ratio to the first"], BENCHMARKS[name]()))


if __name__ == "__main__":
    main(sys.argv[1:])
