"""`make demo`: take the sample recording through the whole way and show what came out.

Run again, it shows the files that are there and repeats nothing.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from pipeline import __version__

HERE = Path(__file__).resolve().parent
OUT = HERE.parent / "demo"
RECORDING = HERE / "session-s1.m4a"
LINES_SHOWN = 24
MODEL = "whisper-base"  # what `make models` has installed, so that every demo shows the same


def main() -> int:
    """Run the demo once; returns the exit code."""
    if not is_done():
        from pipeline.cli.deidentify import deidentify

        arguments = [
            str(RECORDING),
            "--out",
            str(OUT),
            "--roster",
            str(HERE / "roster.csv"),
            "--language",
            "en",
            "--model",
            MODEL,
        ]
        deidentify.main(arguments, standalone_mode=False)
    show()
    return 0


def is_done() -> bool:
    """True when this version has made the demo's files from this recording."""
    made = OUT / f"{RECORDING.stem}.json"
    if not made.is_file() or made.stat().st_mtime < RECORDING.stat().st_mtime:
        return False
    tool = json.loads(made.read_text(encoding="utf-8")).get("tool", {})
    return bool(tool.get("version") == __version__) and (OUT / f"{RECORDING.stem}.report.json").is_file()


def transcript_lines(folder: Path) -> list[str]:
    """The transcript's lines."""
    return (folder / f"{RECORDING.stem}.txt").read_text(encoding="utf-8").splitlines()


def count_lines(folder: Path) -> list[str]:
    """How many replacements of each class, most frequent first."""
    report = json.loads((folder / f"{RECORDING.stem}.report.json").read_text(encoding="utf-8"))
    taken = [(c["replaced"] + c["generalised"], c["kind"]) for c in report["classes"]]
    return [f"  {count:3d}  {kind}" for count, kind in sorted(taken, reverse=True) if count]


def larger_model_line() -> str:
    """What a larger recogniser would do here, where this computer's speed is known or can be seen in a minute."""
    from pipeline.transcribe.choosing import better_than_installed, offers, this_machine

    better = better_than_installed(offers(this_machine()))
    if better is None:
        return f"Heard with {MODEL}; your own recordings are heard with the best installed model (`--model auto`)."
    return (
        f"Heard with {MODEL}. {better.model} makes fewer errors by its publisher's figures: {better.in_words}. "
        f"session-deid models install {better.model}"
    )


def show() -> None:
    """Print the start of the transcript, the counts of the report, and where to go from here."""
    name, lines, write = RECORDING.stem, transcript_lines(OUT), sys.stdout.write
    write(
        "\n".join(lines[:LINES_SHOWN])
        + f"\n... ({max(0, len(lines) - LINES_SHOWN)} more lines)\n\nRedacted:\n"
    )
    write("\n".join(count_lines(OUT)) + "\n\n" + larger_model_line() + "\n")
    write(f"""
The files are in {OUT}:
  {name}.txt            the transcript to read      {name}.json         the same for programs
  {name}.report.html    what was redacted, to print {name}.report.json  the same for programs

Next, your own recording (nothing is deleted, nothing leaves this computer):
  .venv/bin/session-deid deidentify YOUR_RECORDING --out OUT --roster ROSTER.csv
A study with weekly recordings, codes that hold, review and proven deletion:
  .venv/bin/session-deid init MY_STUDY        docs/study.md tells the rest
""")


if __name__ == "__main__":
    sys.exit(main())
