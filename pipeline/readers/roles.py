"""Who speaks, without saying who it is: codes, numbered speakers, roles (config/speech/roles.txt)."""

from __future__ import annotations

import re
from functools import cache

from pipeline.resources import config_path

_CODE = re.compile(r"\[?(?:[A-Z]{1,3}[-_ ]?\d{1,4}|SPEAKER[_ ]?\d+|[IRQAM])\]?")


def is_anonymous(speaker: str) -> bool:
    """True for what names nobody: "", P01, S1, Speaker 2, SPEAKER_00, doctor, Interviewer 1, [Person 2]."""
    bare = speaker.strip().strip("[]").strip()
    if not bare or _CODE.fullmatch(bare):
        return True
    roles = _roles()
    return all(word in roles or word.isdigit() for word in re.split(r"[\s_.#/-]+", bare.casefold()) if word)


@cache
def _roles() -> frozenset[str]:
    lines = config_path("speech", "roles.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))
