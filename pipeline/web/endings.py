"""The end of a recording from the page: destroyed after verification, or withdrawn because a person states why."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pipeline.errors import (
    AuditBrokenError,
    HeldError,
    KeptError,
    NotWithdrawableError,
    RecordingUnknownError,
)
from pipeline.study.finding import user
from pipeline.study.vault.states import State
from pipeline.study.withdrawals import Reason
from pipeline.web.answers import answer
from pipeline.web.bodies import RequestError, flag_of, name_of, text_of
from pipeline.web.place import Place
from pipeline.web.told import told, told_error

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    from pipeline.erase.loss import Loss
    from pipeline.study.study import Study

MOST_NOTE_CHARACTERS = 2000
_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


def routes() -> list[Route]:
    """The routes of this room."""
    from starlette.routing import Route

    one = "/api/recordings/{recording}"
    return [
        Route(f"{one}/destruction", answer(show_destruction), methods=["GET"]),
        Route(f"{one}/destruction", answer(destroy), methods=["POST"]),
        Route(f"{one}/withdrawal", answer(show_withdrawal), methods=["GET"]),
        Route(f"{one}/withdrawal", answer(withdraw), methods=["POST"]),
        Route("/recordings/{recording}/certificate", certificate_page, methods=["GET"]),
    ]


def show_destruction(place: Place, path: Mapping[str, str], _body: dict[str, Any]) -> dict[str, Any]:
    """What destroying this recording would destroy, and what stays."""
    study, recording = place.study, path["recording"]
    if rest := show_rest(study, recording):
        return rest
    destruction = place.desk.store.destruction(recording)
    stays = [
        "the approved, de-identified transcript",
        "the redaction report",
        "the certificate, and the record of who did what",
    ]
    if not study.settings.destroy_raw_transcript:
        stays.append("the raw words and the decisions, sealed (as the study's settings say)")
    exported = any(entry.recording == recording for entry in study.audit.events("exported"))
    return {
        "what": [told(each) for each in destruction.what],
        "stays": [told(each) for each in stays],
        "exported": exported,
    }


def show_rest(study: Study, recording: str) -> dict[str, Any]:
    """The same of what is left of a recording whose sound is gone: raw words that were kept, or its transcript."""
    from pipeline.erase.due import REST_WHAT
    from pipeline.erase.plan import begun_plan
    from pipeline.erase.rest import STAYS, check_rest, rest_begun

    row = study.recording(recording)
    if row.state is State.DESTROYED:
        part = check_rest(study, row, datetime.now(UTC), by=user())
    elif rest_begun(study, row):
        part = begun_plan(study, recording).parts[0]
    else:
        return {}
    stays = (*STAYS[part], "the certificate, and the record of who did what")
    exported = any(entry.recording == recording for entry in study.audit.events("exported"))
    return {"what": [told(REST_WHAT[part])], "stays": [told(each) for each in stays], "exported": exported}


def destroy(place: Place, path: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
    """Destroy a verified recording for good; finishes what was interrupted."""
    from pipeline.erase.destroy import destroy as destroy_recording

    if not flag_of(body, "accepted"):
        raise RequestError(409, "Nothing was destroyed: it was not confirmed.")
    row = place.study.recording(path["recording"])
    place.desk.let_go(row.id)
    gone = destroy_recording(place.study, row.id, by=user())
    place.desk.forget(row.id)
    return {"checks": gone.checks}


def show_withdrawal(place: Place, path: Mapping[str, str], _body: dict[str, Any]) -> dict[str, Any]:
    """What withdrawing this recording would destroy, what cannot be called back, and what a person states."""
    from pipeline.erase.loss import check_withdrawable, find_loss

    study = place.study
    row = study.recording(path["recording"])
    if row.state is State.WITHDRAWING:
        return {"finish": True}
    fitting = []
    for reason in Reason:
        try:
            check_withdrawable(study, row, reason)
        except (NotWithdrawableError, HeldError, KeptError):
            continue
        fitting.append(reason)
    if not fitting:  # say why
        check_withdrawable(study, row, Reason.CONSENT_WITHDRAWN)
    loss = find_loss(study, row)
    return {
        "finish": False,
        "things": [told(each) for each in loss.things],
        "given": [told(each) for each in loss.given_out],
        "reviewer": place.reviewer,
        "reasons": [{"id": reason.value, "statement": told(loss.statement(reason))} for reason in fitting],
        "digest": digest_of(loss),
    }


def digest_of(loss: Loss) -> str:
    """What a person was shown, so that a later answer can be held to it."""
    return hashlib.sha256(repr(loss).encode()).hexdigest()


def withdraw(place: Place, path: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
    """Keep a person's statement and, when it is enough, destroy; or finish what was interrupted."""
    from pipeline.erase import withdraw as withdrawal
    from pipeline.erase.loss import find_loss

    study = place.study
    row = study.recording(path["recording"])
    place.desk.let_go(row.id)
    if flag_of(body, "finish"):
        withdrawal.finish(study, row.id, by=user())
        return {"done": True}
    reason = Reason(text_of(body, "reason", most=40))
    loss = find_loss(study, row)
    if digest_of(loss) != text_of(body, "digest", most=64):
        raise NotWithdrawableError(recording=row.id, why="something changed since it was shown to you")
    note = text_of(body, "note", "", MOST_NOTE_CHARACTERS)
    claim = withdrawal.Claim(name_of(body, "reviewer"), reason, loss, note)
    gone = withdrawal.withdraw(study, row.id, claim, by=user())
    place.desk.forget(row.id)
    return {"done": gone is not None}


def certificate_page(request: Request) -> Response:
    """A recording's certificate to read and print; its own style is allowed by its digest, and nothing else."""
    from starlette.responses import HTMLResponse

    from pipeline.study.evidence import NAMES, certificate_files
    from pipeline.web.pages import refusal_page

    place: Place = request.app.state.place
    with place.at_work():
        study = place.study
        row = study.recording(request.path_params["recording"])
        ends = [entry for entry in study.audit.entries(row.id) if entry.event in NAMES]
        try:
            files = [file for entry in ends[-1:] for file in certificate_files(study, entry)]
        except AuditBrokenError as error:  # it is not the one the audit chain tells of
            return refusal_page(request, told_error(error), 409)
    if not files:
        raise RecordingUnknownError(recording=row.id)
    text = files[-1].content.decode()
    allow_own_style(request, text)
    return HTMLResponse(text)


def allow_own_style(request: Request, text: str) -> None:
    """Let a page of ours that brings its style along be shown with it."""
    if style := _STYLE.search(text):
        digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
        request.state.style = f"'sha256-{digest}'"
