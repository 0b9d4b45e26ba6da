"""Near duplicates and Gopher's rules by other tools, as a script for whatever interpreter has them.

    python curation_contestants.py CONTESTANT FILE

FILE holds a JSON string a line, a text each. Prints a JSON object: the CPU seconds of one process, and the cluster of
each text, or whether each stays. This file knows nothing of kgpt, since datatrove and kgpt want different xxhash.
"""

import json
import os
import re
import struct
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

Found = list[int]
_WORD = re.compile(r"\w+")


def joined(pairs: Sequence[tuple[int, int]], num_texts: int) -> Found:
    """The cluster of each text that `pairs` make."""
    roots = list(range(num_texts))

    def root(number: int) -> int:
        while roots[number] != number:
            roots[number] = roots[roots[number]]
            number = roots[number]
        return number

    for left, right in pairs:
        roots[root(left)] = root(right)
    return [root(number) for number in range(num_texts)]


def datasketch(texts: Sequence[str]) -> Found:
    """MinHash and LSH with 128 hashes and threshold 0.5, candidates as they come; words by a regular expression."""
    from datasketch import MinHash, MinHashLSH

    shingles = []
    for text in texts:
        words = _WORD.findall(text.lower())
        shingles.append({" ".join(words[n : n + 5]).encode() for n in range(max(1, len(words) - 4))})
    index = MinHashLSH(threshold=0.5, num_perm=128)
    pairs = []
    for number, told in enumerate(MinHash.generator(shingles, num_perm=128)):
        pairs += [(number, other) for other in index.query(told)]
        index.insert(number, told)
    return joined(pairs, len(texts))


def datatrove(texts: Sequence[str]) -> Found:
    """Its MinHash stages with their defaults: 14 buckets of 8 hashes, 5-grams, spaCy's words."""
    from datatrove.data import Document
    from datatrove.pipeline.dedup import MinhashDedupBuckets, MinhashDedupCluster, MinhashDedupSignature
    from datatrove.pipeline.dedup.minhash import MinhashConfig

    config = MinhashConfig()
    with tempfile.TemporaryDirectory() as room:
        documents = (Document(text=text, id=str(number)) for number, text in enumerate(texts))
        MinhashDedupSignature(f"{room}/signatures", config).run(documents)
        for bucket in range(config.num_buckets):
            MinhashDedupBuckets(f"{room}/signatures", f"{room}/buckets", config=config).run(
                None, bucket, config.num_buckets
            )
        MinhashDedupCluster(f"{room}/buckets", f"{room}/clusters", config=config, save_cluster_id=True).run(None, 0, 1)
        found = list(range(len(texts)))
        path = Path(room, "clusters", "000000.clusters")
        for number, cluster in struct.iter_unpack("<2I", path.read_bytes() if path.exists() else b""):
            found[number] = len(texts) + cluster
    return found


def _filtered(name: str) -> Callable[[Sequence[str]], Found]:
    def judge(texts: Sequence[str]) -> Found:
        """Whether each text stays."""
        from datatrove.data import Document
        from datatrove.pipeline import filters

        one = getattr(filters, name)()
        told = [one.filter(Document(text=text, id=str(number))) for number, text in enumerate(texts)]
        return [int(stays is True) for stays in told]

    return judge


CONTESTANTS: dict[str, Callable[[Sequence[str]], Found]] = {
    "datasketch": datasketch,
    "datatrove": datatrove,
    "datatrove gopher_quality": _filtered("GopherQualityFilter"),
    "datatrove gopher_repetition": _filtered("GopherRepetitionFilter"),
}


def main(name: str, path: str) -> None:
    """Time one contestant, its tokeniser loaded and its caches warm."""
    texts = [json.loads(line) for line in Path(path).read_text("utf-8").splitlines()]
    work = CONTESTANTS[name]
    work(texts[:20])
    started = time.process_time()
    found = work(texts)
    seconds = time.process_time() - started
    print("\n" + json.dumps({"seconds": seconds, "found": found}))


if __name__ == "__main__":
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[variable] = "1"
    main(*sys.argv[1:])
