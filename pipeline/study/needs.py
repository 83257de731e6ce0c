"""Which ring of keys each verb needs, said before anything of the study is touched.

What is not listed opens names: a verb somebody adds is closed to an analyst until it is shown to show none.
"""

from __future__ import annotations

import re

from pipeline.study.vault.study_key import Ring

ANYBODY = frozenset[Ring]()
NAMES, TRANSCRIPTS = frozenset({Ring.IDENTITY}), frozenset({Ring.ANALYSIS})
BOTH = NAMES | TRANSCRIPTS

# Commands by their name (a group's as "group command").
COMMANDS: dict[str, frozenset[Ring]] = {
    "status": ANYBODY,
    "protocol": ANYBODY,
    "audit verify": ANYBODY,
    "audit show": ANYBODY,
    "audit export": ANYBODY,
    "key list": ANYBODY,
    "key add": ANYBODY,  # of the ring it opens itself
    "key change": ANYBODY,
    "key remove": ANYBODY,
    "key recovery": ANYBODY,
    "export": TRANSCRIPTS,
    "withdraw": BOTH,  # it looks through what was approved for words of who leaves
    "amend": BOTH,  # it rewrites a transcript, and its labels
}
# What can be done with a recording from its card in the page.
ACTIONS: dict[str, frozenset[Ring]] = {
    "export": TRANSCRIPTS,
    "read": ANYBODY,  # once it is destroyed: transcripts
    "report": ANYBODY,
    "certificate": ANYBODY,
    "withdraw": BOTH,
}
# The page's addresses; the first pattern that fits counts.
ADDRESSES: dict[str, frozenset[Ring]] = {
    r"/|/(read/.*|evidence|settings|setup)": ANYBODY,
    r"/out": TRANSCRIPTS,
    r"/recordings/[^/]*(/report|/certificate)?": ANYBODY,  # a review that may not be opened leads to the transcript
    r"/(open|texts\.js|static/.*)": ANYBODY,
    r"/api/(active|end|lock|unlock|ways.*|studies.*|folders.*|language)": ANYBODY,
    r"/api/(week|evidence.*|passphrase|recovery)": ANYBODY,
    r"/api/settings": ANYBODY,  # to look; changing them is refused below
    r"/api/out.*": TRANSCRIPTS,
    r"/api/recordings/[^/]*/(transcript|report)": ANYBODY,
    r"/api/recordings/[^/]*/withdrawal": BOTH,
}


def needed_at(path: str, *, writes: bool) -> Ring | None:
    """The ring an address of the page needs."""
    if writes and path == "/api/settings":
        return Ring.IDENTITY
    fitting = (rings for pattern, rings in ADDRESSES.items() if re.fullmatch(pattern, path))
    return _as_ring(next(fitting, NAMES))


def _as_ring(rings: frozenset[Ring]) -> Ring | None:
    return None if not rings else Ring.BOTH if rings == BOTH else next(iter(rings))


def needed(verbs: dict[str, frozenset[Ring]], name: str) -> Ring | None:
    """The ring a verb needs (both, one, none)."""
    return _as_ring(verbs.get(name, NAMES))
