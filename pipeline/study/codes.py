"""Who takes part, by code and without names: what an analyst may know, sealed for the analysis ring."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.records import Roster, from_json, to_json
from pipeline.speakers.consent import agreed, is_kept
from pipeline.study.vault.states import CODES, STUDY_OWNER
from pipeline.study.vault.study_key import Ring

if TYPE_CHECKING:
    from pipeline.study.study import Study


@dataclass(frozen=True, slots=True)
class Coded:
    """One participant as an export may know them; whether they agreed is None where the study does not keep it."""

    code: str
    role: str = ""
    quotation: bool | None = None
    archiving: bool | None = None


@dataclass(frozen=True, slots=True)
class CodeBook:
    """All participants of the roster, and whether the study keeps who agreed to being quoted and archived."""

    people: tuple[Coded, ...] = ()
    keeps_quotation: bool = False
    keeps_archiving: bool = False

    def find(self, code: str) -> Coded:
        """One by the code; somebody the roster does not have agreed to nothing the study keeps answers of."""
        found = next((each for each in self.people if each.code == code), None)
        return found or Coded(
            code, "", False if self.keeps_quotation else None, False if self.keeps_archiving else None
        )


def codes_of(roster: Roster) -> CodeBook:
    """A roster without its names."""
    return CodeBook(
        tuple(_coded(roster, person.code, person.role) for person in roster.people),
        is_kept(roster, "quotation"),
        is_kept(roster, "archiving"),
    )


def _coded(roster: Roster, code: str, role: str) -> Coded:
    return Coded(code, role, agreed(roster, code, "quotation"), agreed(roster, code, "archiving"))


def load_codes(study: Study) -> CodeBook:
    """Who takes part by code; of a study no version of ours has kept it for yet, from its roster."""
    data = study.read_shared(CODES)
    if data is not None:
        return from_json(CodeBook, data)
    return codes_of(study.roster.load()) if study.key.opens(Ring.IDENTITY) else CodeBook()


def renew_codes(study: Study, roster: Roster) -> dict[str, bytes]:
    """The record as it is to be kept for a roster. Where somebody is not in it any more, the key it lay under goes."""
    after = codes_of(roster)
    held = study.read_shared(CODES)
    before = {each.code for each in from_json(CodeBook, held).people} if held is not None else set()
    if before - {each.code for each in after.people}:
        study.rows.drop_key(STUDY_OWNER, CODES)
    return {CODES: to_json(after)}
