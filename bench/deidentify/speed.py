"""Time and memory of detection on a transcript of about 9,000 words (an hour of talk).

python -m bench.deidentify.speed --data DATA
"""

from __future__ import annotations

import argparse
import json
import resource
import time

from bench.deidentify.score import utterances_of
from bench.small import add_data, data_of

WORDS = 9_000


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_data(p)
    a = p.parse_args()
    data = data_of(a)
    from pipeline.deidentify.detect import load

    begin = time.perf_counter()
    detector = load()
    loaded = time.perf_counter()
    detector.find(utterances_of([{"speaker": "S1", "start": 0, "end": 1, "text": "Hello, I'm Ann."}]))
    utterances, words = [], 0
    for path in sorted((data / "consultations").glob("*.json")):
        for u in utterances_of(json.loads(path.read_text(encoding="utf-8"))["utterances"]):
            if words < WORDS:
                utterances.append(u)
                words += len(u.text.split())
    start, busy = time.perf_counter(), time.process_time()
    spans = detector.find(utterances)
    took, busy = time.perf_counter() - start, time.process_time() - busy
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"load {loaded - begin:.1f} s; {words} words in {took:.1f} s ({busy:.1f} s of processor time), {len(spans)} spans; peak {peak:.0f} MiB"
    )


if __name__ == "__main__":
    main()
