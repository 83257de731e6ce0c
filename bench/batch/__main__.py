"""Batch runs: 2 workers against 1, a cluster that loses a worker, a study of 10,000 recordings.

    python -m bench.batch [--data DIR] [workers] [cluster] [many]

DIR holds study/ with recordings; without it those in samples/ are used. Everything is called as a user
calls it, in processes of their own; models must be installed.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from bench.batch import cluster, many, workers

PARTS = {"workers": workers.measure, "cluster": cluster.measure, "many": many.measure}


def recordings(data: Path | None) -> list[Path]:
    """The recordings to cut clips from."""
    if data is None:
        return sorted((Path(__file__).parents[2] / "samples").glob("*.m4a"))
    return sorted((data / "study").glob("*.flac"))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []])
    chosen = parser.parse_args()
    for name in chosen.parts or PARTS:
        with tempfile.TemporaryDirectory() as folder:
            PARTS[name](Path(folder), recordings(chosen.data))


if __name__ == "__main__":
    main()
