"""Word lists and cues as data: config/words holds one entry a line, config/speech holds lists by name."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache
from typing import Any

from pipeline.language.text import fold
from pipeline.resources import config_path


def wordset(words: str) -> frozenset[str]:
    """The words of a string: easier to read and edit than a list of quoted ones.

    >>> sorted(wordset("oh um"))
    ['oh', 'um']
    """
    return frozenset(words.split())


@cache
def read(name: str) -> frozenset[str]:
    """The entries of config/words/NAME.txt, folded; what follows a tab is not part of an entry."""
    lines = config_path("words", f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(fold(x.split("\t")[0].strip()) for x in lines if x.strip() and not x.startswith("#"))


@cache
def speech(name: str) -> dict[str, Any]:
    """The lists of config/speech/NAME.toml: words in a string, phrases in a list."""
    return tomllib.loads(config_path("speech", f"{name}.toml").read_text(encoding="utf-8"))


def rule_words(rule: str, name: str) -> frozenset[str]:
    """A list of words that one rule looks at, from config/speech/rules.toml."""
    return wordset(speech("rules")[rule][name])


def rule_phrases(rule: str, *names: str) -> str:
    """A group of a regular expression that matches any word or phrase of these lists of a rule; a list of TOML holds
    phrases, a string words."""
    lists = (speech("rules")[rule][name] for name in names)
    return either(phrase for each in lists for phrase in (each.split() if isinstance(each, str) else each))


def either(words: Iterable[str]) -> str:
    """A group of a regular expression that matches any of the words or phrases, the longest first."""
    return "(?:" + "|".join(sorted(words, key=lambda w: (-len(w), w))) + ")"
