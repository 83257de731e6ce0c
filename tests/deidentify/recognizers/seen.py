"""What one recognizer sees in a few lines of talk, without the models: through Presidio's own call."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.deidentify.recognizers.base import SpeechRecognizer


def seen(recognizer: SpeechRecognizer, *turns: str, least: float = 0.55) -> list[tuple[str, str]]:
    """(type, text) of each find in order of the text; a turn a line, two speakers in turn."""
    text = "\n".join(turns)
    results = [r for r in recognizer.analyze(text, []) if r.score >= least]
    return [(r.entity_type, text[r.start : r.end]) for r in sorted(results, key=lambda r: (r.start, -r.end))]


def covered(recognizer: SpeechRecognizer, *turns: str, least: float = 0.55) -> str:
    """The talk with every letter and digit that was found replaced by #."""
    return covered_by_all([recognizer], *turns, least=least)


def covered_by_all(recognizers: Sequence[SpeechRecognizer], *turns: str, least: float = 0.55) -> str:
    """The talk with every letter and digit that any of several found replaced by #."""
    said = "\n".join(turns)
    text = list(said)
    for r in (r for recognizer in recognizers for r in recognizer.analyze(said, [])):
        for i in range(r.start, r.end) if r.score >= least else ():
            text[i] = "#" if text[i].isalnum() else text[i]
    return "".join(text)
