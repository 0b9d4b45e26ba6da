"""`python -m benchmarks [NAME]...`: run all benchmarks, or those named.

Times are of this machine at this moment; only the ratios of one run mean anything.
"""

import os
import sys

os.environ.setdefault("GOMP_SPINCOUNT", "2000")

from benchmarks import graph_store, linking, linking_quality, training, wikidata_dump, wikitext
from kgpt.text import table

BENCHMARKS = {
    "graph_store": graph_store.run,
    "linking": linking.run,
    "linking_quality": linking_quality.run,
    "training": training.run,
    "wikidata_dump": wikidata_dump.run,
    "wikitext": wikitext.run,
}
_RATES = ("what", "figure", "ratio to the first")
_HEADERS = {"linking_quality": linking_quality.HEADER}


def main(names: list[str]) -> None:
    """Print one table a benchmark."""
    for name in names or BENCHMARKS:
        print(f"\n{name}")
        print(table(_HEADERS.get(name, _RATES), BENCHMARKS[name]()))


if __name__ == "__main__":
    main(sys.argv[1:])
