"""What the benchmarks of single words are asked: which recordings with a truth, heard by which model."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import NamedTuple

from bench.small import add_data, data_of


class Asked(NamedTuple):
    """The data's folder, the names of recordings (none: all of them) and the model."""

    parser: argparse.ArgumentParser
    data: Path
    only: tuple[str, ...]
    model: str

    def truths(self) -> list[Path]:
        """Of the study's recordings asked for, the truths beside their sound."""
        found = sorted((self.data / "study").glob("*.json"))
        return [
            t for t in found if t.with_suffix(".flac").exists() and (not self.only or t.stem in self.only)
        ]


def make_parser(about: str | None) -> argparse.ArgumentParser:
    """A parser with --data or --small, --only and --model."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_data(parser)
    parser.add_argument("--only", nargs="+", default=[], help="names of recordings")
    parser.add_argument("--model", default="whisper-base")
    return parser


def read_options(about: str | None) -> Asked:
    """From the command line; in the small form session-s1 alone, unless others are named."""
    parser = make_parser(about)
    args = parser.parse_args()
    only = args.only or (["session-s1"] if args.small else [])
    return Asked(parser, data_of(args), tuple(only), args.model)
