"""Batch runs: 2 workers against 1, a cluster that loses a worker, a study of 10,000 recordings.

    python -m bench.batch [--data DIR | --small] [workers] [cluster] [many]

DIR holds study/ with recordings; without it those in samples/ are used. Everything is called as a user
calls it, in processes of their own; models must be installed.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench.batch import cluster, many, workers
from bench.small import add_data

PARTS: dict[str, Callable[..., None]] = {
    "workers": workers.measure,
    "cluster": cluster.measure,
    "many": many.measure,
}
SMALL: dict[str, dict[str, float]] = {
    "workers": {"clips": 2, "clip_s": 20.0},
    "cluster": {"workers": 2, "clips": 3, "clip_s": 20.0},
    "many": {"recordings": 60, "whole": 2},
}


def recordings(data: Path | None) -> list[Path]:
    """The recordings to cut clips from."""
    if data is None:
        return sorted((Path(__file__).parents[2] / "samples").glob("*.m4a"))
    return sorted((data / "study").glob("*.flac"))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_data(parser, required=False)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []])
    chosen = parser.parse_args()
    for name in chosen.parts or PARTS:
        with tempfile.TemporaryDirectory() as folder:
            PARTS[name](Path(folder), recordings(chosen.data), **(SMALL[name] if chosen.small else {}))


if __name__ == "__main__":
    main()
