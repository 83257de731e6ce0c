"""What the page's scripts ask for. Every answer is JSON but the sound."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import wraps
from typing import TYPE_CHECKING, Any

from pipeline.errors import SessionDeidError
from pipeline.verify.classes import CHOICES
from pipeline.verify.edits import get_line
from pipeline.verify.final import review_digest
from pipeline.verify.known import known_at_end
from pipeline.verify.lines import is_voice
from pipeline.verify.log import read_decision
from pipeline.verify.mentions import find_mentions
from pipeline.verify.offers import offer_after
from pipeline.verify.session import make_statement
from pipeline.verify.sightings import look_again
from pipeline.verify.tokens import heard_without_hints
from pipeline.web import view
from pipeline.web.answers import answer, refusal
from pipeline.web.bodies import (
    MAX_NAME_CHARACTERS,
    RequestError,
    holder_of,
    name_of,
    number_of,
    text_of,
    texts_of,
)
from pipeline.web.desk import Desk
from pipeline.web.place import Place
from pipeline.web.sound import sound_response
from pipeline.web.told import told

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

Handler = Callable[[Desk, str, dict[str, Any]], dict[str, Any]]


def routes() -> list[Route]:
    """The routes under /api/."""
    from starlette.routing import Route

    one = "/api/recordings/{recording}"
    return [
        Route("/api/active", _alive, methods=["POST"]),
        Route("/api/end", _end, methods=["POST"]),
        Route(one, _answer(get_review), methods=["GET"]),
        Route(f"{one}/progress", _answer(get_progress), methods=["GET"]),
        Route(f"{one}/approval", _answer(get_approval), methods=["GET"]),
        Route(f"{one}/sound", get_sound, methods=["GET", "HEAD"]),
        Route(f"{one}/words", _answer(get_words), methods=["POST"]),
        Route(f"{one}/pulse", _answer(pulse), methods=["POST"]),
        Route(f"{one}/leave", _answer(leave), methods=["POST"]),
        Route(f"{one}/mentions", _answer(get_mentions), methods=["POST"]),
        Route(f"{one}/known", _answer(get_known), methods=["POST"]),
        Route(f"{one}/look", _answer(look), methods=["POST"]),
        Route(f"{one}/decisions", _answer(decide), methods=["POST"]),
        Route(f"{one}/approval", _answer(approve), methods=["POST"]),
    ]


def get_review(desk: Desk, recording: str, _body: dict[str, Any]) -> dict[str, Any]:
    """The whole state."""
    return view.show_review(desk.review(recording))


def get_progress(desk: Desk, recording: str, _body: dict[str, Any]) -> dict[str, Any]:
    """Only how far it is, for the list."""
    return view.show_progress(desk.progress(recording))


def get_words(desk: Desk, recording: str, body: dict[str, Any]) -> dict[str, Any]:
    """The original words under some marks, while their key is held; under heard:ID what was heard there without hints."""
    wanted = set(texts_of(body, "marks"))
    lines = desk.review(recording).state.lines.values()
    found = [(line, m) for line in lines for m in line.marks if m.id in wanted]
    heard = {f"heard:{m.id}": heard_without_hints(line, m) for line, m in found}
    return {m.id: line.words_of(m) for line, m in found} | {k: text for k, text in heard.items() if text}


def get_mentions(desk: Desk, recording: str, body: dict[str, Any]) -> dict[str, Any]:
    """Where marked words are said elsewhere, and the label they would get."""
    from pipeline.verify.labels import label_for

    state = desk.review(recording).state
    line, start, end = (
        get_line(state, text_of(body, "line")),
        number_of(body, "start"),
        number_of(body, "end"),
    )
    mentions = find_mentions(state, line.id, start, end)
    words, before = line.text[start:end], line.text[:start]
    labels = {kind: label_for(state, kind, words, before) for kind in CHOICES}
    return {"mentions": view.show_mentions(state, mentions), "labels": labels}


def get_known(desk: Desk, recording: str, body: dict[str, Any]) -> dict[str, Any]:
    """Names and other words of the study that what was typed ends with, to be offered."""
    known = known_at_end(desk.review(recording).state, text_of(body, "words", most=MAX_NAME_CHARACTERS))
    return {"known": [asdict(each) for each in known]}


def look(desk: Desk, recording: str, _body: dict[str, Any]) -> dict[str, Any]:
    """Let the recognizers look through what was typed; a decision of the kind "look" keeps what they found."""
    return {"looked": desk.review(recording).look()}


def decide(desk: Desk, recording: str, body: dict[str, Any]) -> dict[str, Any]:
    """Take a decision."""
    decision = read_decision(body.get("decision"))
    change = desk.decide(recording, decision, holder_of(body))
    shown = view.show_change(desk.review(recording), change)
    offer = offer_after(decision, change.after)
    return {**shown, "offer": asdict(offer)} if offer else shown


def pulse(desk: Desk, recording: str, body: dict[str, Any]) -> dict[str, Any]:
    """Renew the right to decide; say whether something changed."""
    standing = desk.stand(recording, holder_of(body))
    return {
        "can": standing.can_decide,
        "because": told(standing.because),
        "number": desk.review(recording).number,
    }


def leave(desk: Desk, recording: str, body: dict[str, Any]) -> dict[str, Any]:
    """The page closes: somebody else may decide."""
    desk.leave(recording, holder_of(body))
    return {}


def get_approval(desk: Desk, recording: str, _body: dict[str, Any]) -> dict[str, Any]:
    """What one is asked to approve, and what follows."""
    review = desk.review(recording)
    review.look()
    destruction = desk.store.destruction(recording)
    still_open = look_again(review.state)
    statement = make_statement(review.progress, len(still_open))
    return {
        "statement": told(statement),
        "recorded": statement if told(statement) != statement else "",
        "stillOpen": view.show_sightings(review.state, still_open),
        "digest": review_digest(review.state),
        "what": [told(each) for each in destruction.what],
        "when": told(destruction.when),
        "reviewer": desk.reviewer,
        "progress": view.show_progress(review.progress),
        "unlinked": [code for code in review.state.participants() if is_voice(code)],
    }


def approve(desk: Desk, recording: str, body: dict[str, Any]) -> dict[str, Any]:
    """Verify."""
    accepted = body.get("accepted") is True
    over = number_of(body, "over") if "over" in body else 0
    approval = desk.approve(
        recording, name_of(body, "reviewer"), text_of(body, "digest"), accepted, holder_of(body), over
    )
    return {"by": approval.reviewer, "at": approval.at, "digest": approval.digest}


def get_sound(request: Request) -> Response:
    """The sound as WAV, in ranges."""
    from starlette.responses import JSONResponse

    place: Place = request.app.state.place
    recording = request.path_params["recording"]
    try:
        with place.at_work():
            desk = place.desk
            sound = desk.sound(recording)
    except (SessionDeidError, RequestError) as error:
        return refusal(error)
    if sound is None:
        return JSONResponse({"error": told("The sound of this recording was destroyed.")}, 410)
    whole: Response = sound_response(sound, request, lambda: desk.store.holds(recording))
    return whole


async def _alive(request: Request) -> Response:
    from starlette.responses import JSONResponse

    return JSONResponse({"left": request.app.state.door.seconds_left(request.state.visit)})


async def _end(request: Request) -> Response:
    from starlette.concurrency import run_in_threadpool
    from starlette.responses import JSONResponse

    request.app.state.door.end(request.state.visit)
    if not request.app.state.door.anybody():
        await run_in_threadpool(request.app.state.place.forget)
    return JSONResponse({})


def _answer(handler: Handler) -> Callable[[Request], Any]:
    """A handler of one recording's review as an endpoint."""

    @wraps(handler)
    def work(place: Place, path: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
        return handler(place.desk, path["recording"], body)

    return answer(work)
