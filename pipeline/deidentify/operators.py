"""Our presidio-anonymizer operators: what stands in an identifier's place.

Each is made for one span, with the label, band or shift it needs as parameters; none sees another span,
and none keeps anything.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from presidio_anonymizer.operators import Operator, OperatorType

from pipeline.language.spoken import SaidDate, read_age, read_date
from pipeline.records import in_brackets

# A year for dates said without one: no leap day, so that a shift moves every day alike.
_PLAIN_YEAR = 2001


class _SessionOperator(Operator):  # type: ignore[misc]
    """What they share: named after themselves, used to anonymise, refusing a parameter that is missing."""

    name = ""
    needs: tuple[str, ...] = ()

    def operator_name(self) -> str:
        return self.name

    def operator_type(self) -> OperatorType:
        return OperatorType.Anonymize

    def validate(self, params: dict[str, Any] | None = None) -> None:
        missing = [key for key in self.needs if key not in (params or {})]
        if missing:
            raise ValueError(f"the operator {self.name} needs {', '.join(missing)}")


class PutLabel(_SessionOperator):
    """[Person 2], [P03], [Date]: the label in brackets."""

    name = "session-label"
    needs = ("label",)

    def operate(self, text: str, params: dict[str, Any]) -> str:  # noqa: ARG002
        return in_brackets(params["label"])


class PutAgeBand(_SessionOperator):
    """[Age 60-69], [Age 90+]; [Age] where the years cannot be read."""

    name = "session-age-band"
    needs = ("width", "top")

    def operate(self, text: str, params: dict[str, Any]) -> str:
        return in_brackets(age_band(text, params["width"], params["top"]))


class PutYear(_SessionOperator):
    """[Date 1978]: of a date, the year alone; [Date] where none was said."""

    name = "session-year"

    def operate(self, text: str, params: dict[str, Any]) -> str:  # noqa: ARG002
        said = read_date(text)
        return in_brackets(f"Date {said.year}" if said and said.year else "Date")


class PutShiftedDate(_SessionOperator):
    """[Date 17 March 1979], or without brackets when `bare`: moved by the study's number of days; [Date]
    where it cannot be read."""

    name = "session-shifted-date"
    needs = ("days",)

    def operate(self, text: str, params: dict[str, Any]) -> str:
        said = read_date(text)
        moved = shift(said, params["days"]) if said else None
        if moved and params.get("bare"):
            return moved
        return in_brackets(f"Date {moved}" if moved else "Date")


class PutSurrogate(_SessionOperator):
    """A realistic stand-in, without brackets."""

    name = "session-surrogate"
    needs = ("surrogate",)

    def operate(self, text: str, params: dict[str, Any]) -> str:  # noqa: ARG002
        return str(params["surrogate"])


ALL: tuple[type[_SessionOperator], ...] = (PutLabel, PutAgeBand, PutYear, PutShiftedDate, PutSurrogate)


def age_band(text: str, width: int = 10, top: int = 90) -> str:
    """The band an age said in words falls in, e.g. "Age 40-49" or "Age 90+"."""
    age = read_age(text)
    if age is None:
        return "Age"
    if age >= top:
        return f"Age {top}+"
    first = age // width * width
    return f"Age {first}-{min(first + width, top) - 1}"


def shift(said: SaidDate, days: int) -> str | None:
    """A date moved by so many days, as "17 March 1979" or "17 March"; None when there is no such day."""
    try:
        moved = date(said.year or _PLAIN_YEAR, said.month, said.day) + timedelta(days=days)
    except (ValueError, OverflowError):
        return None
    return f"{moved.day} {moved:%B}" + (f" {moved.year}" if said.year else "")
