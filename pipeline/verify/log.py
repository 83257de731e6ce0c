"""The log of decisions: an event a line of JSON, only ever appended to, and what of an event the audit chain gets.

Some events hold words, so that the log is sealed; the audit chain gets the kind and the numbers, never the words.
"""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any

from pipeline.verify.decisions import Answer, ChangeClass, Decision, Event, Note, Redact


def read_decision(data: object) -> Decision:
    """A decision from plain data (a request's JSON); raises pydantic's ValidationError."""
    decision: Decision = _decision_adapter().validate_python(data)
    return decision


def pack_event(event: Event) -> bytes:
    """An event as one line of JSON. Holds identified words: for the sealed log only."""
    return bytes(_event_adapter().dump_json(event)) + b"\n"


def unpack_events(data: bytes, after: int = 0) -> tuple[Event, ...]:
    """Events of a log, a line each, without the first so many. A last line that a crash cut short is left out."""
    return tuple(_event_adapter().validate_json(line) for line in _lines(data)[after:])


def count_events(data: bytes) -> int:
    """How many events a log holds; none of them is read."""
    return len(_lines(data))


def _lines(data: bytes) -> list[bytes]:
    whole = data[: data.rfind(b"\n") + 1]
    return [line for line in whole.splitlines() if line.strip()]


def audit_facts(event: Event) -> dict[str, str | int]:
    """What the audit chain records of an event: kind, number, how many places; no words."""
    decision = event.decision
    facts: dict[str, str | int] = {"event": event.number, "decision": decision.kind, "by": event.by}
    for name in ("marks", "places", "lines"):
        if hasattr(decision, name):
            facts[name] = len(getattr(decision, name))
    if isinstance(decision, ChangeClass | Redact):
        facts["type"] = decision.type
    if isinstance(decision, Note) and decision.asks:
        facts["asks"] = 1
    if isinstance(decision, Answer):
        facts["note"] = decision.note
    return facts


@cache
def _decision_adapter() -> Any:
    from pydantic import Field, TypeAdapter

    return TypeAdapter(Annotated[Decision, Field(discriminator="kind")])


@cache
def _event_adapter() -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(Event)
