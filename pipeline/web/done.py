"""What was done in a review: its steps, taking back the last of them, and the transcript before and after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from pipeline.errors import DecisionError
from pipeline.verify.changes import Passage, passages
from pipeline.verify.decisions import Undo
from pipeline.verify.edits import get_line
from pipeline.verify.final import redacted_text
from pipeline.verify.state import Line
from pipeline.verify.telling import Step
from pipeline.web import view
from pipeline.web.answers import answer
from pipeline.web.bodies import flag_of, holder_of, number_of, text_of
from pipeline.web.place import Place
from pipeline.web.told import told

if TYPE_CHECKING:
    from starlette.routing import Route


def routes() -> list[Route]:
    """The routes of this room."""
    from starlette.routing import Route

    one = "/api/recordings/{recording}"
    return [
        Route(f"{one}/steps", answer(list_steps), methods=["POST"]),
        Route(f"{one}/take-back", answer(take_back), methods=["POST"]),
        Route(f"{one}/before", answer(show_before), methods=["POST"]),
    ]


def list_steps(room: Place, path: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
    """The steps that stand, the last one first; with `words` what differs by each, as a reader saw it."""
    steps = room.desk.review(path["recording"]).tell_steps(flag_of(body, "words"))
    return {"steps": [show_step(step) for step in reversed(steps)]}


def show_step(step: Step) -> dict[str, Any]:
    """A step, told in the page's language."""
    return {**asdict(step), "what": told(step.what)}


def take_back(room: Place, path: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
    """A step and all after it taken back, the last one first: each is an undo of its own, which can be done again."""
    desk, holder, wanted = room.desk, holder_of(body), number_of(body, "number")
    review = desk.review(path["recording"])
    if wanted not in {step.number for step in review.steps}:
        raise DecisionError(why="that step is not there any more")
    first = last = desk.decide(path["recording"], Undo(), holder)
    count = 1
    while review.steps and review.steps[-1].number >= wanted:
        last = desk.decide(path["recording"], Undo(), holder)
        count += 1
    return {**view.show_change(review, last, first.before), "count": count}


def show_before(room: Place, path: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
    """What the software left and what stands there now, of the passages that changed or of the one of a line; with
    `hidden` the words behind the replacements too. It is shown in the page alone, and no export has it."""
    review = room.desk.review(path["recording"])
    begun, now, line = review.begun, review.state, text_of(body, "line", "")
    found = passages(begun, now)
    if line:
        get_line(now, line)
        found = tuple(each for each in found if line in {part.id for part in each.after})
    else:
        found = tuple(each for each in found if each.changed)
    hidden = flag_of(body, "hidden")
    return {"passages": [_show_passage(each, hidden) for each in found]}


def _show_passage(passage: Passage, hidden: bool) -> dict[str, Any]:
    first = (passage.after or passage.before)[0]
    return {
        "line": passage.after[0].id if passage.after else "",
        "at": first.start,
        "before": [_show_line(line, hidden) for line in passage.before],
        "after": [_show_line(line, hidden) for line in passage.after],
    }


def _show_line(line: Line, hidden: bool) -> dict[str, str]:
    return {"p": line.participant, "t": line.text if hidden else redacted_text(line)}
