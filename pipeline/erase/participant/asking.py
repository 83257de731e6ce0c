"""What a participant's withdrawal would take, told before anybody states it: pure looking, nothing is changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from pipeline.erase.participant.bearer import Bearer
from pipeline.errors import NotWithdrawableError, ParticipantUnknownError, SealBrokenError
from pipeline.speakers.voices import UNLINKED
from pipeline.study.given_out import EXPORTED, given_out
from pipeline.study.holds import LIFTED, PLACED, refuse_held
from pipeline.study.left import came_after
from pipeline.study.requests import left_since
from pipeline.study.vault.states import WITHDRAWN_STATES, Artifact, State

if TYPE_CHECKING:
    from pipeline.study.study import Study
    from pipeline.study.vault.rows import RecordingRow

REACHED = (State.REDACTED, State.IN_REVIEW, State.VERIFIED, State.DESTROYED)
NAMED = (Artifact.REDACTION, Artifact.ATTRIBUTION, Artifact.DECISIONS)  # may hold names beside what was said
WORDED = (Artifact.APPROVED, *NAMED, Artifact.TRANSCRIPTION)
THEIR_WORDS, WHOLE, FROM_NOW_ON = "their words", "whole recording", "from now on"
MEANINGS = {
    THEIR_WORDS: "Their words are taken out of each recording; what others said stays.",
    WHOLE: "Each recording in which they speak is destroyed as a whole.",
    FROM_NOW_ON: "What was recorded until then stays; nothing is added, and their voice is forgotten.",
}
OTHERS = "What others said stays, and some of it may be about them."


@dataclass(frozen=True, slots=True)
class Touched:
    """One recording: how far it is, about how many turns are theirs, whether others name them, what of it goes."""

    recording: str
    was: State
    turns: int
    mentioned: bool
    sound: bool
    whole: bool

    def __str__(self) -> str:
        if self.whole:
            return f"{self.recording} ({self.was.value}): all of it is destroyed"
        what = [f"{self.turns} turns" if self.turns != 1 else "1 turn"] if self.turns else []
        what += ["what names them"] if self.mentioned else []
        what += ["the sound is silenced where they speak or are named"] if self.sound else []
        return f"{self.recording} ({self.was.value}): {', '.join(what) or 'evidence about who they are'}"


@dataclass(frozen=True, slots=True)
class PersonLoss:
    """What a withdrawal would take of a participant, in words that show nothing of it, and what it cannot reach. `stamp` is
    what it was seen from (`stamp_of`)."""

    participant: str
    rule: str
    everything: bool
    touched: tuple[Touched, ...]
    study_wide: tuple[str, ...]
    given_out: tuple[str, ...]
    not_reached: tuple[str, ...]
    stamp: str = ""

    @property
    def recordings(self) -> tuple[str, ...]:
        """The recordings that change."""
        return tuple(each.recording for each in self.touched)

    def statement(self) -> str:
        """What a person accepts."""
        where = ", ".join(self.recordings) or "no recording"
        return (
            f"I state that the participant {self.participant} withdrew their consent. {MEANINGS[self.rule]} "
            f"This concerns {where}. {OTHERS} I understand that there is no way back."
        )


def find_loss(study: Study, participant: str, names: Sequence[str], *, asked: str) -> PersonLoss:
    """What would go of a participant in the recordings named, or with none named in the whole study.

    `asked` is the day (ISO) they asked on. Raises ParticipantUnknownError for a code nobody has, HeldError while a hold
    stands, NotWithdrawableError for a recording in which it is not known yet whether they speak, or whose
    destruction has begun, and for a day that has not come yet.
    """
    if asked > today():
        raise NotWithdrawableError(
            recording=participant, why=f"the day they asked on ({asked}) has not come yet"
        )
    everything, rule = not names, study.settings.withdrawal
    bearer, rows = Bearer(study, participant), _rows(study, participant, names, asked)
    touched = tuple(_touch(study, rows, bearer, rule, everything=everything))
    voiced = participant in _voice_codes(study)
    if not touched and not (everything and (bearer.person or voiced)):
        raise ParticipantUnknownError(code=participant, where="")
    refuse_held(study)
    return PersonLoss(
        participant,
        rule,
        everything,
        touched,
        tuple(_study_wide(bearer, rule, voiced=voiced, everything=everything)),
        tuple(f"{each.recording}: {line}" for each in touched for line in given_out(study, each.recording)),
        tuple(_not_reached(study, rows)),
        stamp_of(study),
    )


def today() -> str:
    """The day it is here (ISO)."""
    return datetime.now().astimezone().date().isoformat()


def _rows(study: Study, participant: str, names: Sequence[str], asked: str) -> list[RecordingRow]:
    """The recordings that are asked for and that the study's rule reaches."""
    rows = [study.find(name) for name in names] or [row for row in study.recordings() if _counts(row)]
    if study.settings.withdrawal != FROM_NOW_ON:
        return rows
    first = min(asked, left_since(study).get(participant, asked))
    later = [row for row in rows if came_after(row.received_at, first)]
    if names and not later:
        why = f"this study keeps what was taken in until the day they asked ({first}), and these recordings were"
        raise NotWithdrawableError(recording=participant, why=why)
    return later


def stamp_of(study: Study) -> str:
    """SHA-256 of all that a withdrawal is seen from: each recording's state and records, the study's, what was given out, the rule."""
    owners = [
        (a.owner, a.kind, a.digest) for owner in study.rows.owners() for a in study.rows.artifacts(owner)
    ]
    states = [(row.id, row.state.value, row.audit_seq) for row in study.rows.recordings()]
    given = [entry.seq for event in (EXPORTED, "unsealed") for entry in study.audit.events(event)]
    held = len(study.audit.events(PLACED)), len(study.audit.events(LIFTED))
    whole = repr((sorted(owners), states, given, held, study.settings.withdrawal))
    return hashlib.sha256(whole.encode()).hexdigest()


def _counts(row: RecordingRow) -> bool:
    return row.state not in (*WITHDRAWN_STATES, State.RECEIVED)


def _touch(
    study: Study, rows: Iterable[RecordingRow], bearer: Bearer, rule: str, *, everything: bool
) -> Iterator[Touched]:
    for row in rows:
        check_reached(row)
        turns, mentioned, anything = _look(study, row, bearer, everything=everything)
        if not anything:
            continue
        refuse_held(study, row.id)
        whole = rule == WHOLE and turns > 0
        sound = not whole and bool(turns or mentioned) and study.has(row.id, Artifact.SOURCE)
        yield Touched(row.id, row.state, turns, mentioned, sound, whole)


def check_reached(row: RecordingRow) -> None:
    if row.state in REACHED:
        return
    if row.state in (State.DESTROYING, State.WITHDRAWING):
        why = "its destruction has begun; finish that first"
    elif row.state is State.WITHDRAWN:
        why = "all of it was withdrawn already"
    else:
        why = (
            f"it is {row.state.value}, so whether they speak in it is not known yet; session-deid run first, or withdraw "
            "it as a whole, or name the recordings that are meant"
        )
    raise NotWithdrawableError(recording=row.id, why=why)


def _look(study: Study, row: RecordingRow, bearer: Bearer, *, everything: bool) -> tuple[int, bool, bool]:
    """Turns, whether a label names them, and whether anything at all of them is there; opens each record."""
    turns, mentioned, anything = 0, False, False
    for kind in WORDED:
        if not study.has(row.id, kind):
            continue
        data = study.artifact(row.id, kind)
        if kind in (Artifact.APPROVED, Artifact.ATTRIBUTION):
            turns = max(turns, bearer.turns_in(data))
        if kind in (Artifact.APPROVED, Artifact.REDACTION, Artifact.DECISIONS):
            mentioned = mentioned or bearer.mentioned_in(data)
        if kind is not Artifact.APPROVED:  # which says in whose name it was changed
            anything = anything or bearer.is_in(data, by_name=everything and kind in NAMED)
    return turns, mentioned, anything or mentioned or turns > 0


def _study_wide(bearer: Bearer, rule: str, *, voiced: bool, everything: bool) -> Iterator[str]:
    if voiced:
        yield "their voiceprints" if everything else "their voiceprints of these recordings"
    if everything and rule != FROM_NOW_ON:
        if bearer.person:
            yield "their entry in the roster, with all it holds"
        yield "rows of the label map that hold their name"
        yield "sealed notes and reasons that name them"


def _voice_codes(study: Study) -> set[str]:
    from pipeline.study.who import load_voices

    return {voice.code for voice in load_voices(study).voices}


def _not_reached(study: Study, rows: Sequence[RecordingRow]) -> Iterator[str]:
    """Voices nobody has named: one of them may be theirs."""
    from pipeline.study.who import load_voices

    ids = {row.id for row in rows}
    unnamed = {
        place
        for voice in load_voices(study).voices
        if voice.code.startswith(UNLINKED) and not voice.named
        for place in voice.recordings
        if place in ids
    }
    if unnamed:
        yield (
            f"In {', '.join(sorted(unnamed))} there are voices nobody has named. If one of them is theirs, say who it is "
            "first (who is who)."
        )


@dataclass(frozen=True, slots=True)
class PersonClaim:
    """One person's statement: their name, what they were shown, the day the participant asked on, and a note."""

    reviewer: str
    seen: PersonLoss
    asked: str
    note: str = field(default="", repr=False)


def opens(study: Study, row: RecordingRow) -> bool:
    """Whether the sound of a recording can be opened: it must be, to be silenced."""
    try:
        study.open_source(row.id).close()
    except SealBrokenError:
        return False
    return True
