"""The study's labels in the page: where each stands, one renamed, two made one; in every recording that is open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.errors import DecisionError, SessionDeidError
from pipeline.records import in_brackets
from pipeline.verify.classes import word_of
from pipeline.verify.decisions import Decision, RenameLabel, SameAs
from pipeline.verify.labelling import as_asked, means_one, two_people
from pipeline.verify.labels import offered_labels
from pipeline.verify.lines import is_voice
from pipeline.verify.session import ReviewSession
from pipeline.verify.state import Mark, ReviewedTranscript
from pipeline.web.answers import answer
from pipeline.web.bodies import holder_of, name_of, text_of
from pipeline.web.desk import FROZEN, Desk
from pipeline.web.everywhere import decide_in_each, recordings_around, standing_of, written
from pipeline.web.place import Place

if TYPE_CHECKING:
    from starlette.routing import Route


def routes() -> list[Route]:
    """The routes of this room."""
    from starlette.routing import Route

    return [
        Route("/api/labels", answer(list_labels), methods=["POST"]),
        Route("/api/labels/rename", answer(rename), methods=["POST"]),
        Route("/api/labels/same", answer(unite), methods=["POST"]),
    ]


@dataclass(frozen=True, slots=True)
class _Looked:
    """One recording of the study: what the page says of it, and its transcript as it stands."""

    about: dict[str, Any]
    state: ReviewedTranscript


def list_labels(room: Place, _path: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
    """Every label and participant's code of the study, with how often it stands in which recording."""
    looked = _look(room.desk, body)
    kinds: dict[str, str] = {}
    places: dict[str, list[dict[str, Any]]] = {}
    for each in looked:
        marks = _own_marks(each.state)
        kinds |= {m.replacement: word_of(m.type) for m in marks}
        for label, count in Counter(m.replacement for m in marks).items():
            places.setdefault(label, []).append({**each.about, "n": count})
    here = looked[0].state
    codes = {in_brackets(code) for each in looked for code in each.state.participants() if not is_voice(code)}
    known = {*places, *codes, *(label for label in offered_labels(here) if means_one(here, label))}
    return {
        "labels": [
            {
                "label": label,
                "kind": kinds.get(label, ""),
                "code": label in codes,
                "in": places.get(label, []),
            }
            for label in sorted(known, key=_natural)
        ]
    }


def _own_marks(state: ReviewedTranscript) -> list[Mark]:
    """The marks whose label one person or thing bears."""
    marks = [m for line in state.in_order() for m in line.marks if m.hides and m.replacement[:1] == "["]
    own = {label for label in {m.replacement for m in marks} if means_one(state, label)}
    return [m for m in marks if m.replacement in own]


def _natural(label: str) -> tuple[str, int]:
    digits = "".join(c for c in label if c.isdigit())
    return label.rstrip("]0123456789"), int(digits[:9] or 0)


def rename(room: Place, _path: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
    """Whoever or whatever bears a label is called otherwise from now on, in every open recording that has it."""
    looked = _look(room.desk, body)
    label, to = text_of(body, "label"), written(name_of(body, "to"))
    if any(
        to.casefold() == each.casefold() and each != label
        for one in looked
        for each in one.state.written_labels()
    ):
        raise DecisionError(why=two_people(to))
    return _decide(room, body, looked, label, RenameLabel(label, to))


def unite(room: Place, _path: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
    """Two labels mean one: in every open recording that has the one given up. A participant's code is kept."""
    looked = _look(room.desk, body)
    asked = as_asked(SameAs(text_of(body, "label"), text_of(body, "other")), looked[0].state)
    assert isinstance(asked, SameAs)
    return {
        **_decide(room, body, looked, asked.label, asked),
        "label": asked.label,
        "other": asked.other,
    }


def _look(desk: Desk, body: dict[str, Any]) -> Sequence[_Looked]:
    """The recording at hand and the study's others; one that cannot be read is left out."""
    found = []
    here, holder = text_of(body, "here"), holder_of(body)
    for info in recordings_around(desk, here, study=True):
        try:
            state = desk.look(info.id).state
        except SessionDeidError:
            if info.id == here:
                raise
            continue
        found.append(_Looked(standing_of(desk, info, holder), state))
    return found


def _decide(
    room: Place, body: dict[str, Any], looked: Sequence[_Looked], label: str, decision: Decision
) -> dict[str, Any]:
    """The decision in each recording that bears the label; checked against all of them before it is taken in one."""
    bearing = [each for each in looked if label in each.state.written_labels()]
    if not any(each.about["why"] not in FROZEN for each in bearing):
        raise DecisionError(why=_why_nowhere(label, bearing, _gone(room, label)))
    for each in bearing:
        as_asked(decision, each.state)
    makers = {each.about["id"]: _always(decision) for each in bearing}
    return decide_in_each(room.desk, text_of(body, "here"), holder_of(body), makers)


def _why_nowhere(label: str, verified: Sequence[_Looked], gone: Sequence[str]) -> str:
    """Which recordings bear a label that none bears that is open, and what can be done there."""
    reasons = [f"{label} stands in no recording that is open"]
    if verified:
        names = ", ".join(each.about["name"] for each in verified)
        reasons.append(f"it stands in verified recordings ({names}): reopen one of them, and rename it there")
    if gone:
        names = ", ".join(gone)
        reasons.append(
            f"it stands in recordings whose sound is destroyed ({names}): amend each on its own page"
        )
    return "; ".join(reasons)


def _gone(room: Place, label: str) -> list[str]:
    """The names of the recordings whose sound is destroyed and whose approved transcript bears the label."""
    from pipeline.study.approved import read_approved

    study = room.open_study
    if study is None:
        return []
    rows = [info for info in room.desk.store.recordings() if info.state == "destroyed"]
    kept = [(info, read_approved(study, info.id)) for info in rows]
    return [info.name for info, it in kept if it and any(label in line.text for line in it.utterances)]


def _always(decision: Decision) -> Callable[[ReviewSession], Decision]:
    return lambda _: decision
