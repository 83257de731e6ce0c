"""A participant leaves, from the page: told first, stated, finished; the log of requests, the certificate, the letter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from pipeline.errors import NotWithdrawableError, RecordingUnknownError
from pipeline.study.finding import user
from pipeline.study.requests import DONE, all_requests, confirm, unfinished
from pipeline.web.answers import answer
from pipeline.web.bodies import RequestError, flag_of, name_of, text_of, texts_of
from pipeline.web.endings import MOST_NOTE_CHARACTERS, allow_own_style
from pipeline.web.place import Place
from pipeline.web.told import told

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

MOST_DAY_CHARACTERS = 10
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def routes() -> list[Route]:
    """The routes of this room."""
    from starlette.routing import Route

    one = "/api/participants/{code}/withdrawal"
    return [
        Route("/api/requests", answer(show_requests), methods=["GET"]),
        Route(f"{one}/look", answer(look), methods=["POST"]),
        Route(one, answer(withdraw), methods=["POST"]),
        Route(f"{one}/confirmed", answer(note_confirmed), methods=["POST"]),
        Route("/participants/{code}/letter", letter, methods=["GET"]),
        Route("/participants/{code}/certificate", certificate_page, methods=["GET"]),
    ]


def show_requests(place: Place, _path: Mapping[str, str], _body: dict[str, Any]) -> dict[str, Any]:
    """Who asked to leave: when, and how far it is."""
    return {
        "requests": [asdict(each) for each in all_requests(place.study)],
        "rule": place.study.settings.withdrawal,
    }


def look(place: Place, path: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
    """What would go, what cannot be called back, and what a person states; nothing is changed."""
    from pipeline.erase.participant.asking import MEANINGS, OTHERS, find_loss
    from pipeline.erase.participant.withdrawing import check_ready, digest_of

    study, code = place.study, path["code"].upper()
    if begun := unfinished(study, code):
        return {"finish": True, "rule": begun.rule}
    names = _recordings(place, body)
    for name in names:
        place.desk.let_go(name)
    loss = find_loss(study, code, names, asked=day_of(body, "asked"))
    check_ready(study, loss, by=user())
    return {
        "finish": False,
        "rule": loss.rule,
        "meaning": told(f"{MEANINGS[loss.rule]} {OTHERS}"),
        "touched": [str(each) for each in loss.touched],
        "study": list(loss.study_wide),
        "given": list(loss.given_out),
        "unreached": list(loss.not_reached),
        "statement": loss.statement(),
        "digest": digest_of(loss),
        "reviewer": place.reviewer,
    }


def withdraw(place: Place, path: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
    """Keep a person's statement and, when it is enough, do it; or finish what was interrupted."""
    from pipeline.erase.participant import withdrawing
    from pipeline.erase.participant.asking import PersonClaim, find_loss

    study, code = place.study, path["code"].upper()
    if flag_of(body, "finish"):
        left = withdrawing.finish_participant(study, code, by=user())
        return {"done": True, "checks": left.checks}
    names, asked = _recordings(place, body), day_of(body, "asked")
    loss = find_loss(study, code, names, asked=asked)
    if withdrawing.digest_of(loss) != text_of(body, "digest", most=64):
        raise NotWithdrawableError(recording=code, why="something changed since it was shown to you")
    for recording in loss.recordings:
        place.desk.let_go(recording)
    note = text_of(body, "note", "", MOST_NOTE_CHARACTERS)
    claim = PersonClaim(name_of(body, "reviewer"), loss, asked, note)
    done = withdrawing.withdraw_participant(study, claim, by=user())
    for recording in loss.recordings:
        place.desk.forget(recording)
    return {"done": done is not None, "checks": done.checks if done else 0}


def _recordings(place: Place, body: dict[str, Any]) -> tuple[str, ...]:
    """The recordings meant; none for the whole study."""
    named = texts_of(body, "recordings") if "recordings" in body else []
    return tuple(place.study.recording(each).id for each in named)


def day_of(body: dict[str, Any], name: str) -> str:
    """A day of the body (ISO), today where none is given; raises RequestError."""
    today = datetime.now().astimezone().date().isoformat()
    try:
        return date.fromisoformat(text_of(body, name, today, MOST_DAY_CHARACTERS)).isoformat()
    except ValueError:
        raise RequestError(422, "That is no day.") from None


def note_confirmed(place: Place, path: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
    """Note the day the participant was told on."""
    by = name_of(body, "reviewer", place.reviewer) or user()
    return asdict(confirm(place.study, path["code"].upper(), day_of(body, "on"), by=by))


def letter(request: Request) -> Response:
    """A letter to the participant, as a Word file; it names nobody."""
    from starlette.responses import Response

    from pipeline.erase.participant.letter import make_letter

    place: Place = request.app.state.place
    code = request.path_params["code"].upper()
    with place.at_work():
        try:
            data = make_letter(place.study, code)
        except NotWithdrawableError:
            raise RecordingUnknownError(recording=code) from None
    name = f"{''.join(c for c in code if c.isalnum())}-letter.docx"
    return Response(data, media_type=WORD, headers={"content-disposition": f'attachment; filename="{name}"'})


def certificate_page(request: Request) -> Response:
    """The certificate of a participant's newest withdrawal, to read and print."""
    from starlette.responses import HTMLResponse

    from pipeline.study.evidence import certificate_files

    place: Place = request.app.state.place
    code = request.path_params["code"].upper()
    with place.at_work():
        ends = [e for e in place.study.audit.events(DONE) if e.facts()["participant"] == code]
        if not ends:
            raise RecordingUnknownError(recording=code)
        text = list(certificate_files(place.study, ends[-1]))[-1].content.decode()
    allow_own_style(request, text)
    return HTMLResponse(text)
