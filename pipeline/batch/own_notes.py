"""What a worker may tell a person of a recording, beside what it made: sentences of our own, with numbers in them.

`Transcription.notes` go to the run's output, its log and the redaction report. A worker on another machine, or one that
lies, could put words of the recording there; so a note is kept only when it has a form that our stages give.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.transcribe.languages import LANGUAGES

LEFT_OUT = "it noted what is none of this program's own notes, and was left out"
MOST_NOTES = 400  # a damaged file has a note for each stretch that cannot be read
_N, _SECONDS, _CLOCK = r"\d{1,9}", r"\d{1,6}\.\d", r"\d{2}:\d{2}:\d{2}"
_LANGUAGE = f"(?:{'|'.join(sorted(LANGUAGES))})"
FORMS = tuple(
    re.compile(form)
    for form in (
        # pipeline/audio/quality.py
        re.escape("parts are overloaded (clipped): turn the recorder's input level down"),
        re.escape("the recording is faint: move the recorder closer or turn its input level up"),
        # pipeline/audio/tracks.py and understated.py
        rf"{_SECONDS} s from {_SECONDS} s on cannot be read and are silent: copy the file again from the recorder",
        r"its header says [\d,]{1,20} bytes of sound, there are [\d,]{1,20}: all of them were read",
        rf"track {_N} of {_N} cannot be heard \((?:NotAudioError|TruncatedAudioError)\)",
        rf"it has {_N} tracks, (?:{_N} of them heard together|sound in {_N} of them)",
        rf"only channel {_N}(?:, {_N})* was taken: the others are noise or cancel it",
        # pipeline/transcribe/doubts.py
        rf"{_SECONDS} min of sound gave {_N} words: "
        + re.escape(
            "listen whether it is speech, and which language; then try it again with --language "
            "(study.toml: language), or a larger --model (study.toml: model)"
        ),
        rf"it was heard as the language '{_LANGUAGE}', not '{_LANGUAGE}': "
        + re.escape("where that is wrong, give --language (study.toml: language)"),
        # pipeline/transcribe/alignment.py
        rf"{_N} words of the text \({_N}%\) were heard otherwise; they are marked as faint",
        rf"speech that stands in no text, from {_CLOCK}(?:, {_CLOCK})*(?: and {_N} more)? on: "
        "listen whether the transcript is whole",
    )
)


def own_notes(notes: Iterable[str], of_text: Iterable[str] = ()) -> tuple[str, ...]:
    """The notes that are ours, in their order; what is not is replaced by one line that says so.

    `of_text` are those of the transcript a recording came with, as whoever keeps them reads it.
    """
    known = frozenset(of_text)
    given = tuple(notes)
    kept = tuple(
        note for note in given[:MOST_NOTES] if note in known or any(form.fullmatch(note) for form in FORMS)
    )
    return kept if len(kept) == len(given) else (*kept, LEFT_OUT)
