"""The JSON that transcription programs write: where its rows are, and what its keys are called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """One program's layout.

    `rows` leads to the list of rows; the keys are tried in order. `per_second` is how many of its units of time make
    a second. `goes_on`: rows are cut anywhere, so that a sentence may go on in the next. `wholes` lead to texts
    that repeat all rows (written anew from them); `left` are keys of analyses that are left out and told.
    """

    name: str
    rows: Path
    text: tuple[str, ...] = ("text",)
    speaker: tuple[str, ...] = ("speaker",)
    start: tuple[str, ...] = ("start",)
    end: tuple[str, ...] = ("end",)
    per_second: float = 1.0
    goes_on: bool = True
    words: str = "words"
    word: tuple[str, ...] = ("word", "text")
    wholes: tuple[Path, ...] = ()
    word_lists: tuple[Path, ...] = ()


OWN = Form("session-deid", ("utterances",), speaker=("participant", "speaker"), goes_on=False)
WHISPER = Form("Whisper", ("segments",), wholes=(("text",),), word_lists=(("word_segments",),))
ASSEMBLYAI = Form(
    "AssemblyAI",
    ("utterances",),
    per_second=1000.0,
    goes_on=False,
    wholes=(("text",),),
    word_lists=(("words",),),
)
TEAMS = Form(
    "Teams",
    ("entries",),
    speaker=("speakerDisplayName", "speakerId"),
    start=("startOffset",),
    end=("endOffset",),
)
_OTTER = {
    "text": ("transcript",),
    "speaker": ("speaker_name", "label", "speaker"),
    "start": ("start_offset",),
    "end": ("end_offset",),
    "per_second": 16_000.0,
    "goes_on": False,
    "words": "alignment",
}
OTTER = Form("Otter", ("speech", "transcripts"), **_OTTER)  # type: ignore[arg-type]
OTTER_BARE = Form("Otter", ("transcripts",), **_OTTER)  # type: ignore[arg-type]
ROWS = Form("a list of rows", (), speaker=("speaker", "participant", "name", "speaker_name"), goes_on=True)


def form_of(document: Any) -> Form | None:
    """Which program's a document is; None where no list of rows is known in it."""
    if isinstance(document, list):
        return ROWS
    if isinstance(document, dict) and isinstance(document.get("utterances"), list):
        return ASSEMBLYAI if _is_assemblyai(document) else OWN
    return next(
        (f for f in (WHISPER, TEAMS, OTTER, OTTER_BARE) if isinstance(at(document, f.rows), list)), None
    )


def at(document: Any, path: Path) -> Any:
    """What stands at a path of a document; None where there is nothing."""
    for key in path:
        if isinstance(document, dict):
            document = document.get(str(key))
        else:
            return None
    return document


def _is_assemblyai(document: dict[str, Any]) -> bool:
    marks = ("audio_url", "language_code", "speech_model", "acoustic_model", "audio_duration", "words")
    return sum(mark in document for mark in marks) > 1
