"""Put the demo's real output into README.md, between its markers.

    python -m docs.make_readme

A slow test runs the demo anew and compares: recognised words may differ a little from processor to processor.
"""

from __future__ import annotations

from pathlib import Path

from samples import demo

README = Path(__file__).resolve().parent.parent / "README.md"
BEGIN, END = "<!-- demo output: made by `python -m docs.make_readme` -->", "<!-- end -->"
SHOWN_LINES = 22


def example(folder: Path) -> str:
    """The start of the demo's transcript and the counts of its report, as `make demo` prints them."""
    lines = demo.transcript_lines(folder)[:SHOWN_LINES]
    return "\n".join([*lines, "...", "", "Redacted:", *demo.count_lines(folder)])


def shown(text: str) -> str:
    """What stands between the markers."""
    return text.split(BEGIN, 1)[1].split(END, 1)[0].strip().removeprefix("```text\n").removesuffix("\n```")


def main() -> None:
    """Rewrite README.md from the files in demo/ (run `make demo` first)."""
    text = README.read_text(encoding="utf-8")
    head, rest = text.split(BEGIN, 1)
    tail = rest.split(END, 1)[1]
    block = f"\n\n```text\n{example(demo.OUT)}\n```\n\n"
    README.write_text(head + BEGIN + block + END + tail, encoding="utf-8")


if __name__ == "__main__":
    main()
