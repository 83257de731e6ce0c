"""What a recording holds, rewritten without one participant: each sealed record as it is to be kept from now on.

Turns keep their times and a mark, raw words of others lose what names the participant, voiceprints and evidence about
them go, a review's decisions are folded in (its way there held their words), an approved transcript gets a new version.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from pipeline.deidentify.leaving import Stretch, count_left, leave_utterances
from pipeline.erase.participant.records import Leaver, Opened, labels_of, leave_heard, leave_open
from pipeline.erase.participant.versions import Statement, change_approved, without_places
from pipeline.language.text import fold
from pipeline.records import (
    Attribution,
    Diarization,
    LabelMap,
    Redaction,
    Roster,
    Transcription,
    from_json,
    to_json,
)
from pipeline.study.approved import WITHDREW, Approved
from pipeline.study.vault.states import Artifact, State
from pipeline.verify.decisions import Event
from pipeline.verify.folding import fold_log, fold_review
from pipeline.verify.history import apply
from pipeline.verify.log import pack_event, unpack_events

if TYPE_CHECKING:
    from pipeline.study.study import Study
    from pipeline.study.vault.rows import RecordingRow
    from pipeline.verify.notes import LineNote
    from pipeline.verify.state import Line, RosterAddition


# What may come out as it was; the others are put here only where they change.
COMPARED = (
    Artifact.ATTRIBUTION,
    Artifact.REDACTION,
    Artifact.TRANSCRIPTION,
    Artifact.DIARIZATION,
    Artifact.DECISIONS,
)


@dataclass(frozen=True, slots=True)
class Rewritten:
    """New content by kind, what goes altogether, and what was done: for the audit chain and the certificate."""

    changed: Mapping[Artifact, bytes] = field(repr=False)
    removed: frozenset[Artifact] = frozenset()
    turns: int = 0
    mentions: int = 0
    stretches: tuple[Stretch, ...] = ()
    before: str = ""
    after: str = ""
    version: int = 0
    additions: tuple[RosterAddition, ...] = field(default=(), repr=False)


def rewrite(study: Study, row: RecordingRow, leaver: Leaver, statement: Statement) -> Rewritten:
    """Everything of a recording but its sound, without the participant; reads it, changes nothing.

    Raises SealBrokenError for a record that cannot be opened.
    """
    changed: dict[Artifact, bytes] = {}
    removed: set[Artifact] = set()
    found = Rewritten({})
    if study.has(row.id, Artifact.REDACTION):
        open_, found = _rewrite_open(study, row, leaver, changed, removed)
        found = replace(
            found, stretches=(*found.stretches, *_rewrite_heard(study, row, open_, leaver, changed))
        )
    if study.has(row.id, Artifact.APPROVED):
        found = _rewrite_approved(study, row, leaver, statement, found, changed)
    same = {*COMPARED} & set(changed)
    kept = {k: data for k, data in changed.items() if k not in same or data != study.artifact(row.id, k)}
    return replace(found, changed=kept, removed=frozenset(removed))


# --- what the pipeline left, and a review on top of it --------------------------------------------------


def _rewrite_open(
    study: Study, row: RecordingRow, leaver: Leaver, changed: dict[Artifact, bytes], removed: set[Artifact]
) -> tuple[Opened, Rewritten]:
    attribution = from_json(Attribution, study.artifact(row.id, Artifact.ATTRIBUTION))
    redaction = from_json(Redaction, study.artifact(row.id, Artifact.REDACTION))
    additions: tuple[RosterAddition, ...] = ()
    if study.has(row.id, Artifact.DECISIONS):
        first, _, rest = study.artifact(row.id, Artifact.DECISIONS).partition(b"\n")
        events, labels = unpack_events(rest), from_json(LabelMap, first)
        state = apply(
            attribution,
            replace(redaction, labels=labels),
            Roster(study.roster.load().people),
            row.duration or 0.0,
            events,
        )
        additions = tuple(each for each in state.additions if each.code != leaver.code)
        attribution, redaction = fold_review(state, attribution)
        log = fold_log(state, events[-1], partial(_is_of_others, leaver=leaver)) if events else ()
        _carry_log(log, labels_of(redaction.labels, leaver), changed, removed)
    open_ = leave_open(attribution, redaction, leaver)
    changed[Artifact.ATTRIBUTION], changed[Artifact.REDACTION] = (
        to_json(open_.attribution),
        to_json(open_.redaction),
    )
    turns, mentions = count_left(redaction.utterances, open_.redaction.utterances, leaver.code)
    return open_, Rewritten(
        {}, turns=turns, mentions=mentions, stretches=open_.stretches, additions=additions
    )


def _carry_log(
    log: tuple[Event, ...], labels: LabelMap, changed: dict[Artifact, bytes], removed: set[Artifact]
) -> None:
    """Of the log what was read and noted stays; the steps are in the records now."""
    if not log:
        removed.add(Artifact.DECISIONS)
        return
    changed[Artifact.DECISIONS] = to_json(labels) + b"\n" + b"".join(map(pack_event, log))


def _is_of_others(line: Line, note: LineNote, leaver: Leaver) -> bool:
    """Whether a note stands at another's line and names the participant nowhere, answers included."""
    said = " ".join((note.text, *(reply.text for reply in note.replies)))
    words = set(re.findall(r"\w+", fold(said)))
    known = {word for form in leaver.forms for word in form.split()}
    return line.participant != leaver.code and not words & {*known, leaver.code.lower()}


# --- what was heard -------------------------------------------------------------------------------------


def _rewrite_heard(
    study: Study, row: RecordingRow, open_: Opened, leaver: Leaver, changed: dict[Artifact, bytes]
) -> tuple[Stretch, ...]:
    """Returns when a voice of theirs speaks."""
    if study.has(row.id, Artifact.TRANSCRIPTION):
        heard = from_json(Transcription, study.artifact(row.id, Artifact.TRANSCRIPTION))
        changed[Artifact.TRANSCRIPTION] = to_json(leave_heard(heard, open_, leaver))
    if study.has(row.id, Artifact.DIARIZATION):
        voices = from_json(Diarization, study.artifact(row.id, Artifact.DIARIZATION))
        prints = tuple(each for each in voices.voiceprints if each.speaker not in open_.speakers)
        changed[Artifact.DIARIZATION] = to_json(replace(voices, voiceprints=prints))
        return tuple((turn.start, turn.end) for turn in voices.turns if turn.speaker in open_.speakers)
    return ()


# --- what was approved ----------------------------------------------------------------------------------


def _rewrite_approved(
    study: Study,
    row: RecordingRow,
    leaver: Leaver,
    statement: Statement,
    found: Rewritten,
    changed: dict[Artifact, bytes],
) -> Rewritten:
    data = study.artifact(row.id, Artifact.APPROVED)
    before = from_json(Approved, data)
    after = change_approved(
        before, leave_utterances(before.utterances, leaver.code), WITHDREW, statement, about=leaver.code
    )
    if row.state is State.IN_REVIEW and after is not before:  # who approved it first did not approve this
        after = replace(after, approvals=())
    turns, mentions = count_left(before.utterances, after.utterances, leaver.code)
    if after is not before:
        changed[Artifact.APPROVED] = to_json(after)
    if after is not before and study.has(row.id, Artifact.REPORT):
        report = study.artifact(row.id, Artifact.REPORT)
        changed[Artifact.REPORT] = without_places(report, leaver.code, before, after)
    return replace(
        found,
        turns=max(found.turns, turns),
        mentions=max(found.mentions, mentions),
        before=before.digest,
        after=after.digest,
        version=after.version,
    )
