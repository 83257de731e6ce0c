"""What a person should be told of a transcription: little said in much sound, a language nobody expected."""

from __future__ import annotations

from pipeline.records import Audio, Transcription
from pipeline.transcribe.base import INAUDIBLE

LEAST_WORDS_A_MINUTE = 15.0  # a slow interview has 60 and more; silence aside
LEAST_SOUND_S = 20.0


def doubts(audio: Audio, heard: Transcription, *, chosen: str | None, usual: str = "en") -> tuple[str, ...]:
    """One line each, without words of the transcript. `chosen` is the language that was asked for, `usual` what
    is expected where none was."""
    found = list(audio.notes)
    words = sum(1 for word in heard.words if word.text != INAUDIBLE)
    seconds = _seconds_of_sound(audio)
    if seconds >= LEAST_SOUND_S and words < LEAST_WORDS_A_MINUTE * seconds / 60:
        found.append(
            f"{seconds / 60:.1f} min of sound gave {words} words: listen whether it is speech, and which language; "
            "then try it again with --language (study.toml: language), or a larger --model (study.toml: model)"
        )
    if chosen is None and words and heard.language != usual:
        found.append(
            f"it was heard as the language {heard.language!r}, not {usual!r}: where that is wrong, give --language "
            "(study.toml: language)"
        )
    return tuple(found)


def _seconds_of_sound(audio: Audio) -> float:
    """Seconds that are not silent."""
    from pipeline.audio.quality import check
    from pipeline.errors import SilentAudioError

    try:
        return audio.duration * (1.0 - check(audio, name="").quiet_share)
    except SilentAudioError:
        return 0.0
