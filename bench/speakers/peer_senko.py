"""senko as a peer of `bench.speakers.der`: a program for an environment of its own (`pip install torch senko==0.2.2`).

    python -m bench.speakers.der --data DIR --peer 'VENV/bin/python bench/speakers/peer_senko.py'

It says "ready" once loaded; then for each path of a WAV file (16 kHz, mono, 16 bits) read from standard input it writes
PATH.rttm and says the processor seconds that took; at the end of input, its peak memory in KiB.
"""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path

import senko  # type: ignore[import-not-found]


def main() -> None:
    """Answer until there is no more input."""
    engine = senko.Diarizer(device="cpu", warmup=True, quiet=True)
    print("ready", flush=True)
    for line in sys.stdin:
        path = Path(line.strip())
        began = time.process_time()
        found = engine.diarize(str(path)) or {"merged_segments": []}
        spent = time.process_time() - began
        path.with_suffix(".rttm").write_text("".join(map(rttm_line, found["merged_segments"])))
        print(spent, flush=True)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, flush=True)


def rttm_line(segment: dict[str, float]) -> str:
    """One turn as RTTM."""
    length = segment["end"] - segment["start"]
    return (
        f"SPEAKER recording 1 {segment['start']:.3f} {length:.3f} <NA> <NA> {segment['speaker']} <NA> <NA>\n"
    )


if __name__ == "__main__":
    main()
