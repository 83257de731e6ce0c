"""Who takes part, by code and without names: what an analyst may know, sealed for the analysis ring."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.records import Roster, from_json
from pipeline.study.vault.states import CODES
from pipeline.study.vault.study_key import Ring

if TYPE_CHECKING:
    from pipeline.study.study import Study


@dataclass(frozen=True, slots=True)
class Coded:
    """One participant as an export may know them."""

    code: str
    role: str = ""


@dataclass(frozen=True, slots=True)
class CodeBook:
    """All participants of the roster."""

    people: tuple[Coded, ...] = ()

    def find(self, code: str) -> Coded:
        """One by the code; of a code the roster does not have, nothing but the code."""
        return next((each for each in self.people if each.code == code), Coded(code))


def codes_of(roster: Roster) -> CodeBook:
    """A roster without its names."""
    return CodeBook(tuple(Coded(person.code, person.role) for person in roster.people))


def load_codes(study: Study) -> CodeBook:
    """Who takes part by code; of a study no version of ours has kept it for yet, from its roster."""
    data = study.read_shared(CODES)
    if data is not None:
        return from_json(CodeBook, data)
    return codes_of(study.roster.load()) if study.key.opens(Ring.IDENTITY) else CodeBook()
