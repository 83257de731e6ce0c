"""Finding all through a recording and the study's others, and deciding in several of them at once.

Each recording's own log gets its own step. One that somebody else is deciding on, or that is verified, is left as it is
and named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pipeline.errors import DecisionError, SessionDeidError
from pipeline.records import in_brackets
from pipeline.verify.decisions import ChangeLabel, Decision, Place, ReplaceAll, Undo
from pipeline.verify.replacing import Hit, Wanted, find_words
from pipeline.verify.session import ReviewSession
from pipeline.verify.store import REVIEWABLE, RecordingInfo
from pipeline.web import view
from pipeline.web.answers import answer
from pipeline.web.bodies import RequestError, flag_of, holder_of, name_of, number_of, text_of
from pipeline.web.desk import FROZEN, Desk
from pipeline.web.place import Place as Room
from pipeline.web.told import told_error

if TYPE_CHECKING:
    from starlette.routing import Route

MOST_PLACES = 1000  # more than anybody looks through
MOST_CHARACTERS = 1000
STALE = "it changed since it was looked through; look again"

Maker = Callable[[ReviewSession], Decision]


def routes() -> list[Route]:
    """The routes of this room."""
    from starlette.routing import Route

    return [
        Route("/api/find", answer(find), methods=["POST"]),
        Route("/api/replace", answer(replace_found), methods=["POST"]),
        Route("/api/take-back", answer(take_back), methods=["POST"]),
    ]


def find(room: Room, _path: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
    """Every place of the words or the label, by recording: of the one at hand, with `study` of all there are."""
    desk, wanted, here = room.desk, _wanted(body), text_of(body, "here")
    found, left = [], MOST_PLACES
    for info in recordings_around(desk, here, flag_of(body, "study")):
        shown = _find_in(desk, info, wanted, body)
        if shown["places"] or info.id == here:
            found.append(shown)
            left -= len(shown["places"])
        if left < 0:
            raise RequestError(422, f"More than {MOST_PLACES} places: look for something longer.")
    return {"recordings": found}


def recordings_around(desk: Desk, here: str, study: bool) -> Iterator[RecordingInfo]:
    """The recording at hand first; with `study` the others that have a transcript and are not destroyed."""
    yield desk.info(here)
    if study:
        yield from (info for info in desk.store.recordings() if info.id != here and info.state in REVIEWABLE)


def standing_of(desk: Desk, info: RecordingInfo, holder: str) -> dict[str, Any]:
    """A recording's name, whether this page may decide on it, and if not, why."""
    held = desk.store.held_by(info.id, holder)
    frozen = info.state in FROZEN
    why = "verified" if frozen else "held" if held else ""
    return {"id": info.id, "name": info.name, "open": not why, "why": why, "by": info.verified_by or held}


def _find_in(desk: Desk, info: RecordingInfo, wanted: Wanted, body: dict[str, Any]) -> dict[str, Any]:
    shown = standing_of(desk, info, holder_of(body))
    try:
        state = desk.look(info.id).state
    except (
        SessionDeidError
    ) as error:  # one that cannot be read does not keep the others from being looked through
        return {**shown, "open": False, "why": told_error(error), "places": []}
    return {**shown, "places": view.show_hits(state, find_words(state, wanted))}


def _wanted(body: dict[str, Any]) -> Wanted:
    words = text_of(body, "words", most=MOST_CHARACTERS)
    return Wanted(words, flag_of(body, "label"), not flag_of(body, "parts"), flag_of(body, "case"))


def replace_found(room: Room, _path: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
    """What was found and ticked is replaced, one step in each recording; looked for again first, so that nothing else is."""
    wanted, text = _wanted(body), name_of(body, "text")
    keep_case = flag_of(body, "keepCase")
    makers = {
        text_of(each, "id"): _replacing(wanted, text, keep_case, _places(each)) for each in _chosen(body)
    }
    return decide_in_each(room.desk, text_of(body, "here"), holder_of(body), makers)


def _chosen(body: dict[str, Any]) -> Sequence[dict[str, Any]]:
    chosen = body.get("chosen")
    if not isinstance(chosen, list) or not all(isinstance(each, dict) for each in chosen):
        raise RequestError(422)
    return chosen


def _places(chosen: dict[str, Any]) -> frozenset[tuple[str, int, int]]:
    places = chosen.get("places")
    if not isinstance(places, list) or not all(isinstance(each, dict) for each in places):
        raise RequestError(422)
    return frozenset((text_of(p, "line"), number_of(p, "start"), number_of(p, "end")) for p in places)


def _replacing(wanted: Wanted, text: str, keep_case: bool, chosen: frozenset[tuple[str, int, int]]) -> Maker:
    def make(review: ReviewSession) -> Decision:
        hits = [h for h in find_words(review.state, wanted) if (h.line, h.start_char, h.end_char) in chosen]
        if len(hits) != len(chosen):
            raise DecisionError(why=STALE)
        if wanted.label:
            return _relabel(hits, text)
        return ReplaceAll(tuple(Place(h.line, h.start_char, h.end_char) for h in hits), text, keep_case)

    return make


def _relabel(hits: Sequence[Hit], text: str) -> ChangeLabel:
    if not text:
        raise DecisionError(why="say what label they get")
    return ChangeLabel(tuple(h.mark for h in hits), written(text))


def written(label: str) -> str:
    """A label as it stands in a transcript, however it was typed."""
    return in_brackets(" ".join(label.strip().removeprefix("[").removesuffix("]").split()))


def take_back(room: Room, _path: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
    """A step that was taken in several recordings taken back in each, where nothing was decided since."""
    makers = {text_of(each, "id"): _taking_back(number_of(each, "event")) for each in _chosen(body)}
    return decide_in_each(room.desk, text_of(body, "here"), holder_of(body), makers)


def _taking_back(event: int) -> Maker:
    def make(review: ReviewSession) -> Decision:
        if not review.steps or review.steps[-1].number != event:
            raise DecisionError(why="something else was decided there since")
        return Undo()

    return make


def decide_in_each(desk: Desk, here: str, holder: str, makers: Mapping[str, Maker]) -> dict[str, Any]:
    """A decision in each of some recordings: where it was taken (by event), where not and why, and what it changed in
    the one at hand."""
    done: list[dict[str, Any]] = []
    left: list[dict[str, Any]] = []
    shown: dict[str, Any] = {}
    for recording, make in makers.items():
        info = desk.info(recording)
        about = {"id": info.id, "name": info.name}
        try:
            with _right_to_decide(desk, info, holder, here):
                review = desk.look(recording)
                change = review.decide(make(review), desk.reviewer, holder)
        except SessionDeidError as error:
            left.append({**about, "why": told_error(error)})
            continue
        done.append({**about, "event": change.event.number})
        if recording == here:
            shown = view.show_change(review, change)
    return {"done": done, "left": left, "change": shown or None}


@contextmanager
def _right_to_decide(desk: Desk, info: RecordingInfo, holder: str, here: str) -> Iterator[None]:
    """Taken for the moment; the page holds it for the recording at hand."""
    if info.state in FROZEN:
        raise DecisionError(why=f"it is verified by {info.verified_by}; reopen it first")
    if info.id == here:
        yield
        return
    desk.store.take_lease(info.id, holder, desk.reviewer)
    try:
        yield
    finally:
        desk.store.release_lease(info.id, holder)
