"""After a withdrawal: does anything a key opens still hold the participant, or anything that lies about a replaced key?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pipeline.erase.certificate import Check
from pipeline.erase.participant.asking import FROM_NOW_ON
from pipeline.erase.participant.bearer import Bearer
from pipeline.erase.participant.records import holds_nothing_of
from pipeline.erase.proof import SCOPE, every_key_id
from pipeline.erase.search import find_copy
from pipeline.erase.traces import LOOKED_FOR, Traces, forget_traces, join, kept_traces
from pipeline.records import Attribution, from_json
from pipeline.study.leftovers import find_leftovers
from pipeline.study.requests import COPIES_REMOVED, FORGOTTEN, LEFT, traces_label
from pipeline.study.vault.states import WITHDRAWN_STATES, Artifact

if TYPE_CHECKING:
    from pipeline.study.requests import Request
    from pipeline.study.study import Study
    from pipeline.study.vault.audit import Entry

CHECK_FAILED = "check of a withdrawal failed"


def prove_left(study: Study, request: Request) -> tuple[Check, ...]:
    """Every check that can be made; reads each recording of the request again, as it lies sealed."""
    return tuple(_checks(study, request))


def entries_of(study: Study, request: Request) -> list[Entry]:
    """What was done for a request, in order: recordings, then the study's own records."""
    done = [entry for event in (LEFT, COPIES_REMOVED, FORGOTTEN) for entry in study.audit.events(event)]
    return [entry for entry in done if entry.facts()["request"] == request.begun]


def _checks(study: Study, request: Request) -> Iterator[Check]:
    entries = entries_of(study, request)
    traces = join(request.participant, _kept(study, request, entries))
    left = [entry.recording for entry in entries if entry.event == LEFT]
    yield Check(
        how="none of the keys the ledger holds is one that was replaced",
        passed=not set(traces.key_ids) & set(every_key_id(study)),
    )
    leftovers = find_leftovers(study)
    yield Check(
        how="no sealed file of before is left in the vault",
        passed=not leftovers.ours and not leftovers.unknown,
    )
    yield Check(
        how="opened again, each of these recordings holds no word and no label of theirs",
        passed=all(_is_clean(study, recording, request.participant) for recording in left),
    )
    yield Check(how="the study's voices hold no voiceprint of theirs", passed=_no_voice(study, request))
    if request.everything and request.rule != FROM_NOW_ON:
        bearer = Bearer(study, request.participant)
        yield Check(
            how="roster and label map hold nothing of theirs",
            passed=bearer.person is None
            and not any(request.participant == label.text for label in study.labels.load().labels),
        )
    if traces.traces:
        copy = find_copy(study, traces, "key", "sealed", "plain", besides_own=False)
        how = (
            "no uncompressed copy of replaced keys, of the files they sealed or of silenced sound lies in the study's "
            f"folder ({LOOKED_FOR}) {SCOPE}"
        )
        yield Check(how=f"{how}{f': {copy.place} holds one' if copy else ''}", passed=copy is None)


def _kept(study: Study, request: Request, entries: list[Entry]) -> Iterator[Traces]:
    for entry in entries:
        if digest := entry.facts().get("traces"):
            yield kept_traces(study, _label(request, entry), str(digest))


def note_failures(study: Study, request: Request, failed: Iterable[str], *, by: str) -> None:
    """Note in the audit chain which checks failed, once each: the certificate tells of them when they passed later."""
    known = {str(entry.facts()["check"]) for entry in failed_before(study, request)}
    with study.ledger.transaction():
        for how in failed:
            if how not in known:
                facts = {"participant": request.participant, "request": request.begun, "check": how}
                study.audit.append(CHECK_FAILED, "", facts, by=by)


def failed_before(study: Study, request: Request) -> list[Entry]:
    """The checks of a request that failed once."""
    return [e for e in study.audit.events(CHECK_FAILED) if e.facts()["request"] == request.begun]


def forget_traces_of(study: Study, request: Request) -> None:
    """Forget what to look for, inside the transaction that says it is done."""
    for entry in entries_of(study, request):
        forget_traces(study, _label(request, entry))


def _label(request: Request, entry: Entry) -> str:
    return traces_label(entry.event, request.participant, entry.recording)


def _is_clean(study: Study, recording: str, code: str) -> bool:
    if study.recording(recording).state in WITHDRAWN_STATES:
        return True
    kinds = (Artifact.APPROVED, Artifact.ATTRIBUTION, Artifact.REDACTION)
    return all(
        holds_nothing_of(study.artifact(recording, kind), code)
        for kind in kinds
        if study.has(recording, kind)
    )


def _no_voice(study: Study, request: Request) -> bool:
    from pipeline.study.who import load_voices

    voice = load_voices(study).with_code(request.participant)
    if request.everything or voice is None:
        return voice is None and all(
            _no_print(study, each, request.participant) for each in request.recordings
        )
    return not {each.recording for each in voice.prints} & set(request.recordings)


def _no_print(study: Study, recording: str, code: str) -> bool:
    """Whether no voice of a recording is theirs any more."""
    if study.recording(recording).state in WITHDRAWN_STATES or not study.has(recording, Artifact.ATTRIBUTION):
        return True
    return (
        code
        not in dict(from_json(Attribution, study.artifact(recording, Artifact.ATTRIBUTION)).codes).values()
    )
