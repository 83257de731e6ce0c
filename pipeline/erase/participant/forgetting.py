"""What the whole study remembers of a participant, taken out: voices, roster, label map, notes that name them.

Each record is sealed anew under another key, so that what it held before opens no more.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.deidentify.forgetting import Worded, unused, without
from pipeline.deidentify.leaving import without_labels
from pipeline.erase.traces import join, keep_traces, take_replaced
from pipeline.errors import NotKeptError, SealBrokenError
from pipeline.records import LabelMap, Redaction, Roster, from_json, to_json
from pipeline.speakers.voices import KnownVoices
from pipeline.study.corrections import RECORD as CORRECTIONS
from pipeline.study.corrections import Corrections, read_corrections
from pipeline.study.holds import RECORD as HOLDS
from pipeline.study.holds import Reasons
from pipeline.study.label_use import OtherUses
from pipeline.study.names import SafeNames
from pipeline.study.requests import COPIES_REMOVED, FORGOTTEN, LEFT, traces_label
from pipeline.study.resealing import reseal
from pipeline.study.vault.sealed_records import STUDY_OWNER
from pipeline.study.vault.states import PART_OF, WITHDRAWN_STATES, Artifact
from pipeline.study.withdrawals import RECORD as NOTES
from pipeline.study.withdrawals import Notes

if TYPE_CHECKING:
    from pipeline.erase.participant.bearer import Bearer
    from pipeline.study.study import Study

NAMED_THEM = "(it named a participant who withdrew)"
ALL: frozenset[str] = frozenset()


def unlearn_voices(known: KnownVoices, code: str, recordings: Collection[str] = ALL) -> KnownVoices:
    """The voices without a participant's voiceprints and all that was said about their name; with recordings given,
    without what these taught. Their code stays taken (pure)."""
    after = known
    for voice in known.voices:
        own = voice.code == code
        prints = tuple(p for p in voice.prints if not own or (recordings and p.recording not in recordings))
        claims = tuple(
            c
            for c in voice.claims
            if (recordings and c.recording not in recordings) or not (own or c.code == code)
        )
        if own and not prints:
            after = after.without(voice.key).retiring(code)
        elif (prints, claims) != (voice.prints, voice.claims):
            after = after.replacing(replace(voice, prints=prints, claims=claims))
    return after


def find_unused(study: Study, bearer: Bearer, *, everything: bool) -> frozenset[Worded]:
    """Rows of the label map that no transcript uses any more, and with `everything` those of the participant's name.

    While a transcript cannot be opened, which rows it uses is not known: then those of the name alone.
    """
    held = study.labels.load()
    own = (
        set(held.labels) - set(without_labels(held, bearer.code, bearer.forms).labels)
        if everything
        else set()
    )
    try:
        return frozenset(
            {*own, *(unused(held, OtherUses(study).of_all_but("")) if held != LabelMap() else ())}
        )
    except (SealBrokenError, NotKeptError):
        return frozenset(own)


def forget_copies(
    study: Study, gone: frozenset[Worded], request: int, *, participant: str, secret: bytes, by: str
) -> None:
    """Take rows out of the copies of the label map that recordings under review hold; safe to repeat."""
    for row in list(study.recordings()) if gone else ():
        if row.state in WITHDRAWN_STATES or not study.has(row.id, Artifact.REDACTION):
            continue
        changed = dict(_without_copies(study, row.id, gone))
        if not changed:
            continue
        with study.ledger.transaction():
            parts = tuple(sorted({PART_OF[kind].value for kind in changed}))
            label = traces_label(COPIES_REMOVED, participant, row.id)
            traces = take_replaced(study, row.id, parts, label=label, secret=secret)
            facts = {"participant": participant, "request": request, "traces": keep_traces(study, traces)}
            reseal(study, row.id, changed, event=COPIES_REMOVED, audit=facts, by=by)


def _without_copies(
    study: Study, recording: str, gone: frozenset[Worded]
) -> Iterator[tuple[Artifact, bytes]]:
    redaction = from_json(Redaction, study.artifact(recording, Artifact.REDACTION))
    if (labels := without(redaction.labels, gone)) != redaction.labels:
        yield Artifact.REDACTION, to_json(replace(redaction, labels=labels))
    if study.has(recording, Artifact.DECISIONS):
        first, _, rest = study.artifact(recording, Artifact.DECISIONS).partition(b"\n")
        base = from_json(LabelMap, first)
        if (labels := without(base, gone)) != base:
            yield Artifact.DECISIONS, to_json(labels) + b"\n" + rest


def forget_participant(
    study: Study,
    bearer: Bearer,
    recordings: Collection[str],
    *,
    request: int,
    secret: bytes,
    names_too: bool,
    by: str,
) -> None:
    """Take a participant out of the study's own records, those in one transaction; done before, it does nothing.

    `recordings`: only what these taught of the voice (none given: all of it). `names_too`: roster, label map and notes.
    """
    if any(entry.facts()["request"] == request for entry in study.audit.events(FORGOTTEN)):
        return
    gone = find_unused(study, bearer, everything=names_too)
    changed = {e.recording for e in study.audit.events(LEFT) if e.facts()["request"] == request}
    forget_copies(study, gone, request, participant=bearer.code, secret=secret, by=by)
    with study.ledger.transaction():
        names = tuple(study.rows.key_ids(STUDY_OWNER))
        label = traces_label(FORGOTTEN, bearer.code, "")
        before = {
            name: take_replaced(study, STUDY_OWNER, (name,), label=label, secret=secret) for name in names
        }
        removed = [
            name
            for name, change in _changes(study, bearer, recordings, gone, changed, names_too=names_too)
            if change(by)
        ]
        facts: dict[str, object] = {"participant": bearer.code, "request": request, "records": removed}
        if replaced := [before[name] for name in removed if name in before]:
            facts["traces"] = keep_traces(study, join(label, replaced))
        study.audit.append(FORGOTTEN, "", facts, by=by)
    study.__dict__.pop("names", None)


def _changes(
    study: Study,
    bearer: Bearer,
    recordings: Collection[str],
    gone: frozenset[Worded],
    changed: Collection[str],
    *,
    names_too: bool,
) -> Iterator[tuple[str, Callable[[str], bool]]]:
    def voices(by: str) -> bool:
        data = study.voices.read()
        known = from_json(KnownVoices, data) if data else KnownVoices()
        return _keep(study, "voices", known, unlearn_voices(known, bearer.code, recordings), by)

    def labels(by: str) -> bool:
        held = study.labels.load()
        return _keep(study, "labels", held, without(held, gone), by)

    def roster(by: str) -> bool:
        from pipeline.study.names import forget_names

        book = study.roster.book()
        people = tuple(person for person in book.roster.people if person.code != bearer.code)
        used = tuple(dict.fromkeys((*book.used_codes, bearer.code)))
        after = replace(book, roster=replace(book.roster, people=people), used_codes=used)
        forget_names(study, book.roster, after.roster)
        return _keep(study, "roster", book, after, by)

    def notes(by: str) -> bool:
        data = study.read_shared(NOTES)
        kept = from_json(Notes, data) if data else Notes()
        without = tuple(replace(note, text=_unnamed(note.text, bearer)) for note in kept.notes)
        return _keep(study, NOTES, kept, Notes(without), by)

    def reasons(by: str) -> bool:
        data = study.read_shared(HOLDS)
        kept = from_json(Reasons, data) if data else Reasons()
        without = tuple(replace(each, text=_unnamed(each.text, bearer)) for each in kept.reasons)
        return _keep(study, HOLDS, kept, Reasons(without), by)

    def corrections(by: str) -> bool:
        sent = read_corrections(study)
        after = without_person(sent, bearer, changed, everything=names_too)
        return _keep(study, CORRECTIONS, sent, after, by)

    yield from (("voices", voices), ("labels", labels), (CORRECTIONS, corrections))
    if names_too:
        yield from (("roster", roster), (NOTES, notes), (HOLDS, reasons))


def without_person(
    sent: Corrections, bearer: Bearer, changed: Collection[str], *, everything: bool
) -> Corrections:
    """What was sent back without a participant: what they sent, texts of others that name them, and amendments that
    waited of the recordings that are `changed` now. Unless `everything` goes, of these recordings alone (pure)."""

    def concerns(recording: str) -> bool:
        return everything or recording in changed

    kept = (
        each for each in sent.corrections if each.participant != bearer.code or not concerns(each.recording)
    )
    waiting = (each for each in sent.proposals if each.recording not in changed)
    return Corrections(
        tuple(
            replace(each, text=_unnamed(each.text, bearer)) if concerns(each.recording) else each
            for each in kept
        ),
        tuple(
            replace(each, reason=_unnamed(each.reason, bearer)) if concerns(each.recording) else each
            for each in waiting
        ),
    )


def _unnamed(text: str, bearer: Bearer) -> str:
    names = SafeNames(Roster((bearer.person,) if bearer.person else ()))
    return NAMED_THEM if names.names_someone(text) else text


def _keep(study: Study, name: str, before: object, after: object, by: str) -> bool:
    """Keep a record under another key, where it changed; returns whether it did."""
    if before == after:
        return False
    study.rows.drop_key(STUDY_OWNER, name)
    study.keep_shared(name, to_json(after), event=f"{name} without a participant", by=by)
    return True
