"""Names people give as their own, for studies without a roster. Only what is surely a name is taken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from pipeline.language.conversation import conversation
from pipeline.records import Person, Utterance
from pipeline.resources import config_path
from pipeline.speakers.introductions import opens
from pipeline.speakers.namebook import Token, is_common, tokens_of
from pipeline.speakers.voices import KnownVoices


def find_own_names(utterances: Sequence[Utterance], known: KnownVoices) -> tuple[Person, ...]:
    """People for a name book: each name somebody gave as its own, under a code of its own ("N1", "N2" ...).

    A given name after "my name is" or "call me", or after "I'm" at the opening of an utterance or followed by a
    surname. Names a remembered voice already has are left out.
    """
    have = {v.name.casefold() for v in known.voices if v.name}
    names: dict[str, str] = {}
    for utterance in utterances:
        for name in _own_names(tokens_of(utterance)):
            first = name.split()[0].casefold()
            if len(name) > len(names.get(first, "")):
                names[first] = name
    kept = [name for name in names.values() if name.casefold() not in have]
    return tuple(Person(f"N{i}", name) for i, name in enumerate(kept, 1))


def _own_names(tokens: Sequence[Token]) -> Iterator[str]:
    for position in range(len(tokens)):
        for cue in conversation().introductions:
            if tuple(t.spoken for t in tokens[position : position + len(cue)]) == cue:
                name = _name_at(tokens, position + len(cue))
                sure = cue in conversation().explicit_introductions or opens(tokens, position) or " " in name
                if name and sure:
                    yield name


def _name_at(tokens: Sequence[Token], start: int) -> str:
    """A capitalised given name at `start`, with a surname after it if there is one."""
    if start >= len(tokens) or not _is_given_name(tokens[start]) or tokens[start].possessive:
        return ""
    first, after = tokens[start], tokens[start + 1 : start + 2]
    surname = after and not first.closes and after[0].raw[:1].isupper() and not is_common(after[0].norm)
    return _plain(first) + (f" {_plain(after[0])}" if surname else "")


def _is_given_name(token: Token) -> bool:
    return token.raw[:1].isupper() and token.norm in _listed("given_names") - _listed("ambiguous_names")


def _plain(token: Token) -> str:
    return token.raw.rstrip(".,?!;:…-\"'")


@cache
def _listed(name: str) -> frozenset[str]:
    """A word list of config/words: the first column of each line."""
    lines = config_path("words", f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(
        line.split("\t")[0].strip() for line in lines if line.strip() and not line.startswith("#")
    )
