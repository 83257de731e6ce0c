"""`make bench`: every benchmark, or those named, each in a process of its own.

    python -m bench [--data DIR | --small] [NAME...]

DIR holds consultations/, written/, study/, meetings/ and ami/; without it the benchmarks that can do with the
samples in samples/ run on them, and the others say what they need.
"""

from __future__ import annotations

import argparse
import subprocess
import sys

from bench.small import add_data

# name: (module, whether it needs --data)
BENCHMARKS = {
    "transcribe": ("bench.transcribe", True),
    "hints": ("bench.transcribe.hints", True),
    "whole": ("bench.whole", True),
    "diarize": ("bench.speakers.der", True),
    "codes": ("bench.speakers.codes", True),
    "detect": ("bench.deidentify.detect", True),
    "leaks": ("bench.deidentify.leaks", True),
    "written": ("bench.deidentify.written", True),
    "detect-speed": ("bench.deidentify.speed", True),
    "introductions": ("bench.speakers.introductions", True),
    "batch": ("bench.batch", False),
    "review": ("bench.review", False),
    "putting-right": ("bench.putting_right", False),
    "presses": ("bench.presses", False),
    "week": ("bench.week", False),
    "withdraw": ("bench.withdraw", False),
}


def main() -> int:
    """Run the benchmarks asked for; returns how many failed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_data(parser, required=False)
    parser.add_argument("names", nargs="*", choices=[*BENCHMARKS, []])
    chosen = parser.parse_args()
    failed = 0
    for name in chosen.names or BENCHMARKS:
        module, needs_data = BENCHMARKS[name]
        if needs_data and not (chosen.data or chosen.small):
            print(f"== {name}: needs --data DIR")
            continue
        print(f"== {name}", flush=True)
        data = ["--small"] if chosen.small else ["--data", str(chosen.data)] if needs_data else []
        failed += subprocess.run([sys.executable, "-m", module, *data], check=False).returncode != 0
    return failed


if __name__ == "__main__":
    sys.exit(main())
