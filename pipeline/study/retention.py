"""`[retention]` in study.toml: until when things are kept, and by when they must be gone.

A rule is a day (2036-12-31) or a number of days after the recording was taken in. One that says both "keep" and "gone
by" of the same day keeps: nothing is destroyed early because two rules contradict each other.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

TABLE = "retention"
MOST_DAYS = 36_525  # a hundred years


def _read_day(value: object) -> object:
    """A day as TOML or JSON holds it; never a time, and never a number taken for one."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):  # Python's own words would hold what was typed
        raise ValueError("must be a day, such as 2036-12-31") from None


def _read_rule(value: object) -> object:
    if isinstance(value, int) and not isinstance(value, bool):
        if 0 <= value <= MOST_DAYS:
            return value
        raise ValueError(f"must be a number of days from 0 to {MOST_DAYS}, or a day such as 2036-12-31")
    return _read_day(value)


Rule = Annotated[date | int, BeforeValidator(_read_rule)]


class Retention(BaseModel):
    """What a board asks for, one key a rule; every one may be left out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sound_not_before: Rule | None = Field(
        default=None, description="The sound is not destroyed before this day."
    )
    sound_not_after: Rule | None = Field(
        default=None, description="The sound must be destroyed by this day: due on it, overdue after it."
    )

    words_until: Rule | None = Field(
        default=None,
        description="Raw words that are kept (destroy_raw_transcript = false): kept until this day, due from it on.",
    )
    transcripts_until: Rule | None = Field(
        default=None, description="Approved transcripts: kept until this day, due to be destroyed from it on."
    )
    roster_until: Rule | None = Field(
        default=None,
        description="The roster: kept until this day, due to be destroyed with `close --roster` from it on.",
    )
    labels_until: Rule | None = Field(
        default=None,
        description="The label map: kept until this day, due to be destroyed with `close --roster` from it on.",
    )

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        """Rules of one kind can be compared before any recording is there."""
        first, last = self.sound_not_before, self.sound_not_after
        same_kind = type(first) is type(last) and first is not None
        if same_kind and first > last:  # type: ignore[operator]
            raise ValueError(
                "sound_not_before lies after sound_not_after, so no day is left to destroy it on"
            )
        return self

    def say(self, name: str) -> str:
        """A rule as it stands in study.toml; empty when it is not set."""
        value = getattr(self, name)
        return "" if value is None else f"{TABLE}.{name} = {value}"


def day_of(rule: date | int | None, taken_in: datetime) -> date | None:
    """The day a rule means for a recording, on this computer's calendar."""
    if rule is None or isinstance(rule, date):
        return rule
    return (taken_in + timedelta(days=rule)).astimezone().date()
