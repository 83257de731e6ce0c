"""The words of conversation (config/speech): listeners' noises, ways to introduce oneself and to address others."""

from __future__ import annotations

import re
from functools import cache
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict

from pipeline.language.wordlists import speech


def _split_words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _split_phrases(phrases: list[str]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(phrase.split()) for phrase in phrases)


Words = Annotated[frozenset[str], BeforeValidator(_split_words)]
Phrases = Annotated[tuple[tuple[str, ...], ...], BeforeValidator(_split_phrases)]
_LONGEST_NOISE_WORDS = 3


class Conversation(BaseModel):
    """The lists of config/speech/english.toml, which says what each is for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    listening: Words
    fillers: Words
    not_own: Words
    openers: Words
    greetings: Words
    goes_by: Words
    requests: Words
    spoken_to: Words
    spoken_to_all: Words
    thanks: Words
    spoken_of: Words
    invitations: Phrases
    introductions: Phrases
    opening_introductions: Phrases
    presentations: Phrases
    explicit_introductions: Phrases
    after_own_name: Phrases


@cache
def conversation() -> Conversation:
    """The lists, read once."""
    return Conversation.model_validate(speech("english"))


def is_backchannel(text: str) -> bool:
    """True for one to three words all of which are listeners' noises ("mm", "yeah", "oh wow"): they take no turn."""
    words = [re.sub(r"[^a-z]", "", word) for word in text.lower().split()]
    words = [word for word in words if word]
    return 0 < len(words) <= _LONGEST_NOISE_WORDS and all(word in conversation().listening for word in words)
