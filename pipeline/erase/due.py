"""What of a study must be kept, is due to be destroyed or is overdue, and which rule of study.toml says so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

from pipeline.erase.standing import Days, Standing, Term
from pipeline.errors import KeptError
from pipeline.study.approved import read_approved
from pipeline.study.holds import refuse_held, standing_holds
from pipeline.study.retention import day_of
from pipeline.study.study import Study
from pipeline.study.told import SEALED
from pipeline.study.vault.audit import Entry
from pipeline.study.vault.rows import RecordingRow
from pipeline.study.vault.states import STUDY_OWNER, Part, State

CLOCK_SLACK = timedelta(minutes=5)  # clocks are set by the network now and then; days are what counts here
WITH_SOUND = (
    *(State.SEALED, State.TRANSCRIBED, State.ATTRIBUTED, State.REDACTED, State.IN_REVIEW),
    *(State.VERIFIED, State.DESTROYING),
)
AFTER_DAYS = "destroy_after_days"
REST_RULES = {Part.WORDS: "words_until", Part.KEPT: "transcripts_until"}
REST_WHAT = {Part.WORDS: "raw words", Part.KEPT: "transcript"}
STUDY_RULES = {"roster": "roster_until", "labels": "labels_until"}
BEGUN_ALREADY = "its destruction has begun"


def due(study: Study, at: datetime) -> Iterator[RecordingRow]:
    """Recordings that `destroy --due` destroys: verified, asked for by a rule, kept by none, not held; or half destroyed.

    A verification that lies in the future (the clock went back) does not make one due.
    """
    entries = list(study.audit.entries()) if _has_rules(study) else []
    for row in study.recordings(State.VERIFIED, State.DESTROYING, State.DESTROYED):
        if (
            row.state is State.DESTROYING
            or entries
            and _asked(study, row, entries, at)
            and not standing_holds(study, row.id)
        ):
            yield row


def _asked(study: Study, row: RecordingRow, entries: Sequence[Entry], at: datetime) -> bool:
    """Whether a rule asks for the end of its sound, or of what is left when that is gone."""
    if row.state is State.DESTROYED:
        today = at.astimezone().date()
        return any(day <= today for day in rest_days(study, row, entries).values())
    return days_of(study, row, entries).is_due(at)


def rest_days(study: Study, row: RecordingRow, entries: Sequence[Entry] | None = None) -> dict[Part, date]:
    """The days until which what is left of a destroyed recording is kept, by part; no entry where no rule ends it."""
    wanted = [
        (part, rule)
        for part, name in REST_RULES.items()
        if (rule := getattr(study.settings.retention, name)) is not None
        and study.rows.has_key(row.id, part.value)
    ]
    if row.state is not State.DESTROYED or not wanted:
        return {}
    known = list(study.audit.entries()) if entries is None else entries
    taken_in = happened_at(known, SEALED, row.id, row.received_at)
    return {part: day for part, rule in wanted if (day := day_of(rule, taken_in)) is not None}


def say_rest(study: Study, part: Part) -> str:
    """The rule that ends a part, as it stands in study.toml."""
    return study.settings.retention.say(REST_RULES[part])


def _has_rules(study: Study) -> bool:
    settings = study.settings
    return settings.destroy_after_days is not None or settings.retention != type(settings.retention)()


def days_of(study: Study, row: RecordingRow, entries: Sequence[Entry]) -> Days:
    """The days that count for the sound of a recording, from the audit chain's times."""
    rules = study.settings.retention
    counted = any(isinstance(rule, int) for rule in (rules.sound_not_before, rules.sound_not_after))
    said = row.received_at
    taken_in = happened_at(entries, SEALED, row.id, said) if counted else datetime.fromisoformat(said)
    return Days(
        day_of(rules.sound_not_before, taken_in),
        _wanted(study, row, entries),
        day_of(rules.sound_not_after, taken_in),
    )


def _wanted(study: Study, row: RecordingRow, entries: Sequence[Entry]) -> datetime | None:
    days = study.settings.destroy_after_days
    if days is None or row.state is not State.VERIFIED or not (approved := read_approved(study, row.id)):
        return None
    return verified_at(entries, row.id, approved.approvals[-1].at) + timedelta(days=days)


def verified_at(entries: Sequence[Entry], recording: str, said: str) -> datetime:
    """When a recording was verified; `said` is the time the approval bears."""
    return happened_at(entries, "verified", recording, said)


def happened_at(entries: Sequence[Entry], event: str, recording: str, said: str) -> datetime:
    """When something happened to a recording, at the latest that the audit chain knows: days are counted from there.

    The clock may have been wrong at that moment, years back: then it cannot have been before the newest time of any
    entry up to it, and was at the latest when the first entry after it bears such a time. `said` is the time that
    the record of it bears.
    """
    happened = [e.seq for e in entries if (e.event, e.recording) == (event, recording)]
    times = [(e.seq, datetime.fromisoformat(e.at)) for e in entries]
    last = happened[-1] if happened else 0
    own = max([datetime.fromisoformat(said), *(at for seq, at in times if seq == last)])
    newest = max([own, *(at for seq, at in times if seq <= last)])
    if own >= newest - CLOCK_SLACK:
        return own
    return next((at for seq, at in times if seq > last and at >= newest), newest)


def terms(study: Study, at: datetime) -> dict[str, tuple[Term, ...]]:
    """How everything stands that a rule or a hold speaks of, by recording."""
    entries = list(study.audit.entries()) if _has_rules(study) else []
    found: dict[str, tuple[Term, ...]] = {}
    for row in study.recordings(*WITH_SOUND, State.DESTROYED):
        held = tuple(
            Term(row.id, "all of it", Standing.HELD, hold.at[:10], f"hold on {hold.of} by {hold.by}")
            for hold in standing_holds(study, row.id)
        )
        sound = _of_sound(study, row, entries, at) if row.state in WITH_SOUND else None
        rest = _of_rest(study, row, entries, at) if entries else ()
        if mine := (*held, *([sound] if sound else []), *rest):
            found[row.id] = mine
    return found


def _of_rest(study: Study, row: RecordingRow, entries: Sequence[Entry], at: datetime) -> tuple[Term, ...]:
    """How raw words that were kept, and the transcript, stand once the sound is gone."""
    return tuple(
        _until(row.id, REST_WHAT[part], day, say_rest(study, part), at)
        for part, day in rest_days(study, row, entries).items()
    )


def _until(recording: str, what: str, day: date, rule: str, at: datetime, *, stuck: bool = False) -> Term:
    today = at.astimezone().date()
    standing = Standing.KEPT if today < day else Standing.DUE if today == day else Standing.OVERDUE
    return Term(
        recording, what, standing, day.isoformat(), rule, stuck=stuck and standing is not Standing.KEPT
    )


def study_terms(study: Study, at: datetime) -> tuple[Term, ...]:
    """How the roster and the label map stand; a person ends them, with `close --roster`."""
    rules, found = study.settings.retention, list[Term]()
    for name in STUDY_RULES:
        day = study_day(study, name)
        if day is not None and study.rows.artifact(STUDY_OWNER, name) is not None:
            found.append(_until("", name, day, rules.say(STUDY_RULES[name]), at, stuck=True))
    return tuple(found)


def study_day(study: Study, name: str) -> date | None:
    """The day until which the roster, or the label map, is kept; days are counted from the last recording taken in."""
    rule = getattr(study.settings.retention, STUDY_RULES[name])
    if rule is None or not isinstance(rule, int):
        return day_of(rule, datetime.now(UTC))
    entries = list(study.audit.entries())
    taken = [happened_at(entries, SEALED, row.id, row.received_at) for row in study.recordings()]
    return day_of(rule, max(taken)) if taken else None


def refuse_study_early(study: Study, at: datetime) -> None:
    """Raise KeptError before the day a rule keeps the roster or the label map until."""
    for name, key in STUDY_RULES.items():
        day = study_day(study, name)
        if day is not None and day > at.astimezone().date() and study.rows.artifact(STUDY_OWNER, name):
            raise KeptError(
                recording=f"The {name}", day=day.isoformat(), rule=study.settings.retention.say(key)
            )


def _of_sound(study: Study, row: RecordingRow, entries: Sequence[Entry], at: datetime) -> Term | None:
    if row.state is State.DESTROYING:
        return Term(row.id, "sound", Standing.DUE, "", BEGUN_ALREADY)
    if not entries:
        return None
    days, rules, today = days_of(study, row, entries), study.settings.retention, at.astimezone().date()
    verified = row.state is State.VERIFIED
    if days.first and not days.allows(today):
        return Term(row.id, "sound", Standing.KEPT, days.first.isoformat(), rules.say("sound_not_before"))
    last = rules.say("sound_not_after")
    if days.last and days.last < today:
        return Term(row.id, "sound", Standing.OVERDUE, days.last.isoformat(), last, stuck=not verified)
    day = days.due_on()
    if day is None:
        return None
    by_last = days.wanted is None or (days.last is not None and days.last < days.wanted.astimezone().date())
    rule = last if by_last else f"{AFTER_DAYS} = {study.settings.destroy_after_days}"
    standing = Standing.DUE if days.is_due(at) else Standing.AHEAD
    return Term(
        row.id, "sound", standing, day.isoformat(), rule, stuck=standing is Standing.DUE and not verified
    )


def refuse_kept(study: Study, row: RecordingRow, at: datetime) -> None:
    """Raise HeldError while a hold stands, KeptError before the day a rule keeps the sound until."""
    refuse_held(study, row.id)
    refuse_early(study, row, at)


def refuse_early(study: Study, row: RecordingRow, at: datetime) -> None:
    """Raise KeptError before the day a rule keeps the sound until."""
    rules = study.settings.retention
    if rules.sound_not_before is None:
        return
    days = days_of(study, row, list(study.audit.entries()))
    if days.first and not days.allows(at.astimezone().date()):
        raise KeptError(recording=row.id, day=days.first.isoformat(), rule=rules.say("sound_not_before"))


def rules_told(study: Study, row: RecordingRow, at: datetime) -> list[str]:
    """By which rules the sound goes now, as the certificate names them."""
    days, rules = days_of(study, row, list(study.audit.entries())), study.settings.retention
    today, told = at.astimezone().date(), list[str]()
    if days.first:
        early = "" if days.allows(today) else " It was destroyed before that day."
        told.append(f"{rules.say('sound_not_before')}: kept until {days.first}.{early}")
    if (after := study.settings.destroy_after_days) is not None:
        told.append(f"{AFTER_DAYS} = {after}: due so many days after the verification.")
    if days.last:
        late = " That day had passed." if days.last < today else ""
        told.append(f"{rules.say('sound_not_after')}: to be destroyed by {days.last}.{late}")
    return told or ["No rule of study.toml set a day for it."]
