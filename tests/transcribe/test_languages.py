"""The languages we say that Whisper knows are those the engines say."""

from __future__ import annotations

from faster_whisper.tokenizer import _LANGUAGE_CODES
from whisper.tokenizer import LANGUAGES as KNOWN

from pipeline.transcribe.languages import LANGUAGES


def test_the_languages_are_those_of_both_engines() -> None:
    """A newer engine with another language would have its transcripts refused."""
    assert set(KNOWN) == set(_LANGUAGE_CODES) == LANGUAGES
