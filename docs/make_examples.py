"""Rewrites the examples of docs/transcripts.md: `python -m docs.make_examples`.

An example stands between `<!-- example: ARGUMENTS -->` and `<!-- end -->`; ARGUMENTS are those of
`session-deid export docs/examples/week-3.json`. A test checks that the page is current.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from click.testing import CliRunner

from pipeline.cli.export import export

DOCS = Path(__file__).resolve().parent
PAGE = DOCS / "transcripts.md"
SOURCE = DOCS / "examples" / "week-3.json"
_EXAMPLE = re.compile(r"(<!-- example: (.*?) -->\n).*?(<!-- end -->)", re.DOTALL)


def renew(page: str) -> str:
    """The page with every example made anew."""
    return _EXAMPLE.sub(lambda m: f"{m[1]}{_example(m[2])}{m[3]}", page)


def _example(arguments: str) -> str:
    """The command and what it writes, as Markdown."""
    with tempfile.TemporaryDirectory() as folder:
        words = [str(SOURCE), *arguments.split(), "--draft", "--to", folder]
        result = CliRunner().invoke(export, words, catch_exceptions=False)
        if result.exit_code:
            raise SystemExit(f"{arguments}: {result.output}")
        (written,) = Path(folder).iterdir()
        text = written.read_bytes().decode("utf-8-sig").replace("\r\n", "\n").rstrip("\n")
    command = f"session-deid export docs/examples/week-3.json {arguments} --draft --to OUT"
    return f"\n`{command}`\n\n````text\n{text}\n````\n\n"


if __name__ == "__main__":
    PAGE.write_text(renew(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
