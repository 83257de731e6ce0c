"""What a recording holds, rewritten without one participant: each sealed record as it is to be kept from now on.

Turns keep their times and a mark, raw words of others lose what names the participant, voiceprints and evidence about
them go, a review's decisions are folded in (its way there held their words), an approved transcript gets a new version.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pipeline.deidentify.leaving import (
    MENTION,
    Stretch,
    count_left,
    is_left,
    leave_turn,
    leave_utterances,
    mention_spans,
    names,
    shift_span,
    turn_text,
    without_labels,
    without_spans,
    written_mentions,
)
from pipeline.records import (
    Attribution,
    Diarization,
    LabelMap,
    Redaction,
    Roster,
    Transcription,
    Utterance,
    Word,
    from_json,
    to_json,
)
from pipeline.study.approved import WITHDREW, Approved, Change
from pipeline.study.vault.states import Artifact, State
from pipeline.verify.decisions import Event, Read, pack_event, unpack_events
from pipeline.verify.final import digest_of
from pipeline.verify.folding import fold_reading, fold_review
from pipeline.verify.history import apply

if TYPE_CHECKING:
    from pipeline.study.study import Study
    from pipeline.study.vault.rows import RecordingRow
    from pipeline.verify.state import RosterAddition


# What may come out as it was; the others are put here only where they change.
COMPARED = (
    Artifact.ATTRIBUTION,
    Artifact.REDACTION,
    Artifact.TRANSCRIPTION,
    Artifact.DIARIZATION,
    Artifact.DECISIONS,
)


@dataclass(frozen=True, slots=True)
class Leaver:
    """Who leaves: the code, and the forms of their name (folded) that the study's records may hold."""

    code: str
    forms: frozenset[str] = field(default=frozenset(), repr=False)
    labels_too: bool = False  # nothing of the study needs their rows of the label map any more


@dataclass(frozen=True, slots=True)
class Statement:
    """In whose name an approved transcript changes, when, and what that person accepted."""

    by: str
    at: str
    text: str = field(repr=False)


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


@dataclass(frozen=True, slots=True)
class _Open:
    """The raw records after a withdrawal, with what is needed to bring the others in line."""

    attribution: Attribution
    redaction: Redaction
    speakers: frozenset[str]
    gone: frozenset[Stretch]  # the times of words that go, as they stand
    stretches: tuple[Stretch, ...]


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
) -> tuple[_Open, Rewritten]:
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
        _carry_reading(events, fold_reading(state), _labels(redaction.labels, leaver), changed, removed)
    open_ = leave_open(attribution, redaction, leaver)
    changed[Artifact.ATTRIBUTION], changed[Artifact.REDACTION] = (
        to_json(open_.attribution),
        to_json(open_.redaction),
    )
    turns, mentions = count_left(redaction.utterances, open_.redaction.utterances, leaver.code)
    return open_, Rewritten(
        {}, turns=turns, mentions=mentions, stretches=open_.stretches, additions=additions
    )


def _carry_reading(
    events: Sequence[Event],
    reading: Sequence[Read],
    labels: LabelMap,
    changed: dict[Artifact, bytes],
    removed: set[Artifact],
) -> None:
    """Of the log what was read stays; the steps are in the records now."""
    if not reading or not events:
        removed.add(Artifact.DECISIONS)
        return
    last = events[-1]
    log = (Event(number, last.at, last.by, each) for number, each in enumerate(reading, 1))
    changed[Artifact.DECISIONS] = to_json(labels) + b"\n" + b"".join(map(pack_event, log))


def leave_open(attribution: Attribution, redaction: Redaction, leaver: Leaver) -> _Open:
    """Raw and de-identified words of a recording without the participant (pure)."""
    code, spans = (
        leaver.code,
        {n: [s for s in redaction.spans if s.utterance == n] for n in range(len(attribution.utterances))},
    )
    raw, clean, kept = list[Utterance](), list[Utterance](), []
    gone, stretches = set[Stretch](), list[Stretch]()
    for number, (said, shown) in enumerate(zip(attribution.utterances, redaction.utterances, strict=True)):
        if said.participant == code:
            gone |= {(word.start, word.end) for word in said.words} if not is_left(said.text) else set()
            stretches.append((said.start, said.end))
            raw.append(leave_turn(said, code))
            clean.append(leave_turn(shown, code))
            continue
        mentions = mention_spans(spans[number], code) or written_mentions(number, said.text, code)
        text, times = without_spans(said, mentions) if mentions else (said, ())
        gone |= set(times)
        stretches += times
        raw.append(text)
        clean += leave_utterances((shown,), code)
        kept += [moved for span in spans[number] if (moved := shift_span(span, mentions)) is not None]
    left = tuple(
        moved
        for span in redaction.left
        if attribution.utterances[span.utterance].participant != code
        and (moved := shift_span(span, mention_spans(spans[span.utterance], code))) is not None
    )
    speakers = frozenset(speaker for speaker, given in attribution.codes if given == code)
    return _Open(
        _without_evidence(replace(attribution, utterances=tuple(raw)), speakers, leaver),
        replace(
            redaction,
            utterances=tuple(clean),
            spans=tuple(kept),
            left=left,
            labels=_labels(redaction.labels, leaver),
        ),
        speakers,
        frozenset(gone),
        tuple(stretches),
    )


def _labels(labels: LabelMap, leaver: Leaver) -> LabelMap:
    return without_labels(labels, leaver.code, leaver.forms) if leaver.labels_too else labels


def _without_evidence(attribution: Attribution, speakers: frozenset[str], leaver: Leaver) -> Attribution:
    """Who is who without the participant's voice, and without what was said about their name."""
    code, turns = leaver.code, attribution.utterances
    spoken_by = attribution.spoken_by
    if len(spoken_by) == len(turns):
        spoken_by = tuple(
            "" if said.participant == code else voice for said, voice in zip(turns, spoken_by, strict=True)
        )
    return replace(
        attribution,
        codes=tuple(each for each in attribution.codes if each[0] not in speakers),
        evidence=tuple(
            each for each in attribution.evidence if each[0] not in speakers and code not in each[1]
        ),
        unsure=tuple(each for each in attribution.unsure if each not in speakers),
        spoken_by=spoken_by,
        links=tuple(link for link in attribution.links if link.speaker not in speakers and link.code != code),
        claims=tuple(
            claim for claim in attribution.claims if claim.speaker not in speakers and claim.code != code
        ),
    )


# --- what was heard -------------------------------------------------------------------------------------


def _rewrite_heard(
    study: Study, row: RecordingRow, open_: _Open, leaver: Leaver, changed: dict[Artifact, bytes]
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


def leave_heard(heard: Transcription, open_: _Open, leaver: Leaver) -> Transcription:
    """What the recogniser heard without the participant's words: a mark for each turn, others' words as they are.

    A word that no utterance holds as it was heard (a reviewer put it right) goes with the turn it lies in.
    """
    theirs = [u for u in open_.attribution.utterances if u.participant == leaver.code]
    others = {
        (w.start, w.end)
        for u in open_.attribution.utterances
        if u.participant != leaver.code
        for w in u.words
    }
    marks = [Word(u.start, u.end, turn_text(leaver.code)) for u in theirs]

    def stays(word: Word) -> bool:
        place, middle = (word.start, word.end), (word.start + word.end) / 2
        if place in open_.gone or word.text == turn_text(leaver.code):
            return False
        return place in others or not any(u.start <= middle <= u.end for u in theirs)

    kept = [_unhinted(word, leaver) for word in heard.words if stays(word)]
    held = {(word.start, word.end) for word in kept}
    mentioned = [
        word
        for u in open_.attribution.utterances
        for word in u.words
        if MENTION in word.text and (word.start, word.end) not in held
    ]
    words = sorted((*kept, *marks, *mentioned), key=lambda word: (word.start, word.end))
    return replace(heard, words=tuple(words))


def _unhinted(word: Word, leaver: Leaver) -> Word:
    from pipeline.language.text import fold

    return replace(word, alternative="") if fold(word.alternative) in leaver.forms else word


def as_text(attribution: Attribution) -> bytes:
    """A transcript that came as a file, as it stands without the participant."""
    return "".join(f"{said.participant}: {said.text}\n" for said in attribution.utterances).encode()


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
        changed[Artifact.REPORT] = _without_places(report, leaver, before, after)
    return replace(
        found,
        turns=max(found.turns, turns),
        mentions=max(found.mentions, mentions),
        before=before.digest,
        after=after.digest,
        version=after.version,
    )


def change_approved(
    before: Approved, utterances: tuple[Utterance, ...], kind: str, statement: Statement, *, about: str = ""
) -> Approved:
    """The next version of an approved transcript; itself where nothing changes."""
    if utterances == before.utterances:
        return before
    digest = digest_of(utterances, before.policy, before.sensitivity)
    kind = f"{kind} ({about})" if about else kind
    change = Change(kind, statement.at, statement.by, before.digest, digest, statement.text)
    return replace(before, digest=digest, utterances=utterances, changes=(*before.changes, change))


def _without_places(report: bytes, leaver: Leaver, before: Approved, after: Approved) -> bytes:
    """The report without places in the participant's turns and mentions of them; its counts stay those of before."""
    code = leaver.code
    note = (
        f"Version {after.version}: {after.changes[-1]}. Places in their turns and mentions of them are not listed any "
        "more; the counts are those of the version before."
    )

    def theirs(place: Mapping[str, str]) -> bool:
        return place["participant"] == code or names(place["replacement"].strip("[]"), code)

    return change_report(report, before, after, note, without=theirs)


def change_report(
    report: bytes,
    before: Approved,
    after: Approved,
    note: str,
    *,
    without: Callable[[Mapping[str, str]], bool] = lambda _: False,
) -> bytes:
    """A kept redaction report of a transcript that has another version now: a note, the digests, without some places."""
    plain = json.loads(report)
    plain["replacements"] = [each for each in plain["replacements"] if not without(each)]
    plain["notes"].append(note)
    plain["digests"].pop("transcript", None)  # of the approval's own record, which is gone
    plain["digests"] |= {"approved": after.digest, f"approved, version {before.version}": before.digest}
    return (json.dumps(plain, ensure_ascii=False, indent=1) + "\n").encode()


def holds_nothing_of(data: bytes, code: str) -> bool:
    """Whether a sealed record of utterances, opened, holds no word of the participant and no mention by label."""
    import re

    name = code.encode()
    turns = re.compile(
        rb'"participant":"%b","start":[^,]+,"end":[^,]+,"text":"(?!\[%b withdrew\]")' % (name, name)
    )
    mentions = re.compile(rb'\[(?:[^\[\]"]+ or )?%b(?: or [^\[\]"]+)?\]' % name)
    return turns.search(data) is None and mentions.search(data) is None
