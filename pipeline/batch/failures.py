"""Why a recording was set aside, told in words of our own: whoever did the work names a kind and some numbers.

What a worker says goes into the ledger, the page and the audit chain's export. So no text of its own is taken: a kind is
one of those below, a fact is a number or one of our phrases, and anything else becomes "unknown".
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pipeline
from pipeline import errors
from pipeline.audio import dictation
from pipeline.bugs import place_of
from pipeline.errors import SessionDeidError

DIED, KILLED, LATE, GIVEN_UP, STRANGE, MEMORY, INTERNAL, BEGUN = (
    "died",
    "killed",
    "late",
    "given up",
    "strange",
    "memory",
    "internal",
    "begun",
)
# What to do now; each is a sentence by itself, which the page says in its own way.
AGAIN = "To have it tried again, call session-deid retry."
ROOM = "Close other programs or choose a smaller model, then call session-deid retry."
SENTENCES = {
    DIED: f"The process that worked on it ended unexpectedly, twice; most often there was not enough memory. {ROOM}",
    KILLED: (
        "The workers that had it ended unexpectedly, three times over; most often there was not enough memory. "
        f"{ROOM}"
    ),
    LATE: f"No worker finished it in time, three times over. {AGAIN}",
    GIVEN_UP: f"The cluster gave it up, three times over. {AGAIN}",
    STRANGE: f"What the worker returned is not what it was asked for, so nothing of it was used. {AGAIN}",
    MEMORY: f"There was not enough memory for it. {ROOM}",
    BEGUN: f"The run that worked on it ended unexpectedly, twice; most often there was not enough memory. {ROOM}",
}
# Errors of one recording's own, by name, with the facts they are told with beside the file.
OWN_ERRORS: dict[str, type[SessionDeidError]] = {
    kind.__name__: kind
    for kind in (
        errors.DictationError,
        errors.EmptyFileError,
        errors.EncryptedFileError,
        errors.FileMissingError,
        errors.FileUnreadableError,
        errors.NotAudioError,
        errors.SealBrokenError,
        errors.SilentAudioError,
        errors.TruncatedAudioError,
    )
}
NUMBER = re.compile(r"-?\d{1,9}(\.\d{1,6})?|-inf")
PLACE = re.compile(r"(pipeline[a-z_.]{0,80}):\d{1,6}")
PHRASES = frozenset(
    {
        "an unknown number of",
        "input/output error",
        "it is a folder",
        "permission denied",
        "it is missing",
        "bytes follow its end",
        "a chunk is short",
        "it breaks off before its end",
        "it is not the file the ledger knows",
        "it does not begin like a sealed file",
        "its authentication fails",
        "a chunk is out of place",
        *(what for _, what in dictation.STARTS),
        *dictation.ENDINGS.values(),
    }
)
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Failure:
    """A kind (a name of `SENTENCES` or `OWN_ERRORS`, or `INTERNAL`) and its facts, as whoever failed tells them."""

    kind: str
    facts: Mapping[str, str] = field(default_factory=dict, repr=False)

    def in_words(self, recording: str) -> str:
        """A sentence for people about a recording, which holds nothing but what this module knows."""
        if self.kind in SENTENCES:
            return SENTENCES[self.kind]
        if (kind := OWN_ERRORS.get(self.kind)) is not None:
            return str(kind(**self._facts_of(kind, recording)))
        name, place = str(self.facts.get("error", "")), str(self.facts.get("place", ""))
        shown = name if _is_builtin_error(name) else "Error"
        return f"An internal error ({shown}){f' at {place}' if _is_our_place(place) else ''}. Please report this line."

    def _facts_of(self, kind: type[SessionDeidError], recording: str) -> dict[str, str]:
        wanted = set(re.findall(r"\{(\w+)\}", kind.problem + kind.remedy)) - {"file"}
        file = f"{recording}/source" if kind is errors.SealBrokenError else recording
        return {"file": file, **{name: _known(str(self.facts.get(name, ""))) for name in wanted}}


def _known(value: str) -> str:
    """A number or a phrase of ours as it is; anything else is unknown."""
    return value if value in PHRASES or NUMBER.fullmatch(value) else UNKNOWN


def _is_builtin_error(name: str) -> bool:
    kind = getattr(builtins, name, None)
    return isinstance(kind, type) and issubclass(kind, BaseException)


def _is_our_place(place: str) -> bool:
    found = [PLACE.fullmatch(each) for each in place.split(" < ")]
    return all(each is not None and each[1] in _our_modules() for each in found)


@cache
def _our_modules() -> frozenset[str]:
    root = Path(pipeline.__file__).parent
    return frozenset(
        ".".join(path.relative_to(root.parent).with_suffix("").parts) for path in root.rglob("*.py")
    )


def failure_of(error: Exception) -> Failure:
    """What is told of an error: of an unforeseen one only its kind and place, since its message might hold words."""
    if type(error).__name__ in OWN_ERRORS and isinstance(error, SessionDeidError):
        return Failure(type(error).__name__, error.facts)
    if isinstance(error, MemoryError):
        return Failure(MEMORY)
    known = next((k for k in type(error).__mro__ if _is_builtin_error(k.__name__)), Exception)
    return Failure(INTERNAL, {"error": known.__name__, "place": place_of(error)})
