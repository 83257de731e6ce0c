"""What a reviewer can decide, as events in a log that is only ever appended to.

A decision names marks, lines and characters. Some carry words (a corrected word, a roster name), so the log is
sealed (pipeline.verify.log).

A decision taken carries the labels it gave (one for each mark), so that the log gives the same transcript
whatever the study learnt since; one that is asked for may leave them out.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Annotated, Literal

Ids = tuple[str, ...]
Seconds = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Accept:
    """These identify somebody: their replacement stands."""

    marks: Ids
    labels: Ids = ()
    kind: Literal["accept"] = "accept"


@dataclass(frozen=True, slots=True)
class Reject:
    """These identify nobody: their words stay."""

    marks: Ids
    kind: Literal["reject"] = "reject"


@dataclass(frozen=True, slots=True)
class ChangeClass:
    """These are of another class, and get a label of it."""

    marks: Ids
    type: str
    labels: Ids = ()
    kind: Literal["change-class"] = "change-class"


@dataclass(frozen=True, slots=True)
class ChangeLabel:
    """Another label for these mentions alone; an empty one asks for the next free number."""

    marks: Ids
    label: str = ""
    kind: Literal["change-label"] = "change-label"


@dataclass(frozen=True, slots=True)
class SameAs:
    """Whoever bears `label` is who bears `other`: all mentions take the other's label.

    `whole`: also those that could be either of two, and a participant is known by these names from now on.
    """

    label: str
    other: str
    whole: bool = False
    kind: Literal["same-as"] = "same-as"


@dataclass(frozen=True, slots=True)
class RenameLabel:
    """Whoever or whatever bears `label` is called `to` from now on, wherever it stands."""

    label: str
    to: str
    kind: Literal["rename-label"] = "rename-label"


@dataclass(frozen=True, slots=True)
class AddToRoster:
    """The words of a mark are a participant's name (`code`) or belong to a group of words to remove."""

    mark: str
    code: str = ""
    group: Literal["", "sites", "staff", "other"] = ""
    label: str = ""
    kind: Literal["add-to-roster"] = "add-to-roster"


@dataclass(frozen=True, slots=True)
class Place:
    """Characters of one line."""

    line: str
    start_char: int
    end_char: int


@dataclass(frozen=True, slots=True)
class Redact:
    """Text a person marked, in all the places they chose; an empty label is found or made."""

    places: tuple[Place, ...]
    type: str
    label: str = ""
    kind: Literal["redact"] = "redact"


@dataclass(frozen=True, slots=True)
class Found:
    """Something in words that were typed: where it stands in the line then, as what it is hidden, and why."""

    place: Place
    type: str
    label: str
    why: str


@dataclass(frozen=True, slots=True)
class Correct:
    """A misheard word put right. `found` is what was seen in the words typed when the decision was taken."""

    place: Place
    text: str = field(repr=False)
    found: tuple[Found, ...] = ()
    kind: Literal["correct"] = "correct"


@dataclass(frozen=True, slots=True)
class ReplaceAll:
    """The words of all these places replaced by others, in one step; no `text` takes them out. With `keep_case` a word
    that began with a capital begins with one again. `found` is what was seen in the words put in."""

    places: tuple[Place, ...]
    text: str = field(repr=False)
    keep_case: bool = False
    found: tuple[Found, ...] = ()
    kind: Literal["replace"] = "replace"


@dataclass(frozen=True, slots=True)
class Retype:
    """A line's words typed anew: what stands before, between and behind its replacements, one text more than there
    are replacements. A line of which nothing is left is gone. `found` as of Correct."""

    line: str
    texts: tuple[str, ...] = field(repr=False)
    found: tuple[Found, ...] = ()
    kind: Literal["retype"] = "retype"


@dataclass(frozen=True, slots=True)
class Split:
    """A line cut in two before a character; both parts stay with who said it."""

    line: str
    at: int
    found: tuple[Found, ...] = ()
    kind: Literal["split"] = "split"


@dataclass(frozen=True, slots=True)
class Join:
    """A line joined to the one before it, whoever said that."""

    line: str
    found: tuple[Found, ...] = ()
    kind: Literal["join"] = "join"


@dataclass(frozen=True, slots=True)
class Look:
    """The recognizers looked through these lines, in which words were typed, and found this. Not a step to undo."""

    lines: Ids = ()
    found: tuple[Found, ...] = ()
    kind: Literal["look"] = "look"


@dataclass(frozen=True, slots=True)
class Move:
    """A line, or the words of a place in it (a border put elsewhere), belong to another participant."""

    line: str
    participant: str
    place: Place | None = None
    kind: Literal["move"] = "move"


@dataclass(frozen=True, slots=True)
class MergeSpeakers:
    """All lines of one code belong to another: two voices were one person, or a voice gets its code."""

    participant: str
    into: str
    kind: Literal["merge-speakers"] = "merge-speakers"


@dataclass(frozen=True, slots=True)
class ConfirmVoice:
    """This voice was given to the right participant."""

    speaker: str
    kind: Literal["confirm-voice"] = "confirm-voice"


@dataclass(frozen=True, slots=True)
class NameVoice:
    """This voice is another participant's: its lines go to them, and nobody else's lines do."""

    speaker: str
    participant: str
    kind: Literal["name-voice"] = "name-voice"


@dataclass(frozen=True, slots=True)
class Read:
    """These lines were read, or heard, to their end. Not a step to undo.

    `seconds` is the time at each line since it was last told, `heard` the seconds of its sound that were played. Both are
    empty in logs of versions that did not keep them.
    """

    lines: Ids
    seconds: Seconds = ()
    heard: Seconds = ()
    kind: Literal["read"] = "read"


@dataclass(frozen=True, slots=True)
class Note:
    """A note on a line; with `asks`, a question to another reviewer. Not a step to undo."""

    line: str
    text: str = field(repr=False)
    asks: bool = False
    kind: Literal["note"] = "note"


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to a note, by the number of the note's event. Not a step to undo."""

    note: int
    text: str = field(repr=False)
    kind: Literal["answer"] = "answer"


@dataclass(frozen=True, slots=True)
class Undo:
    """Takes the last step back."""

    kind: Literal["undo"] = "undo"


@dataclass(frozen=True, slots=True)
class Redo:
    """Takes the last undo back."""

    kind: Literal["redo"] = "redo"


Decision = (
    Accept | Reject | ChangeClass | ChangeLabel | SameAs | RenameLabel | AddToRoster | Redact | Correct | ReplaceAll | Retype | Split
    | Join | Look | Move | MergeSpeakers | ConfirmVoice | NameVoice | Read | Note | Answer | Undo | Redo
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Event:
    """One decision: its number in the log (from 1), when (ISO 8601, UTC) and by whom."""

    number: int
    at: str
    by: str
    decision: Annotated[Decision, "tagged by kind"] = field(repr=False)


def with_times(decision: Decision) -> Decision:
    """The decision as it is kept from now on: lines marked as read without a time were read in none."""
    if isinstance(decision, Read) and not decision.seconds and not decision.heard:
        none = (0.0,) * len(decision.lines)
        return replace(decision, seconds=none, heard=none)
    return decision


def is_step(decision: Decision) -> bool:
    """True for what undo takes back."""
    return not isinstance(decision, Read | Look | Note | Answer | Undo | Redo)
