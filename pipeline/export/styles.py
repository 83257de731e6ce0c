"""Replacement styles: [Person 2] as it stands, or pseudonyms for people.

The UK Data Service asks for pseudonyms that are consistent through a project and for brackets
around what was replaced (its guide "Anonymising qualitative data"). So people get a pseudonym in
brackets; places, dates and the rest keep their descriptive label, which is what the guide asks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.export.options import ExportOptions
from pipeline.resources import config_path

_CODE = re.compile(r"(?P<kind>[PF])(?P<number>\d{1,4})")
_PERSON = re.compile(r"Person (?P<number>\d{1,4})")
_LABEL = re.compile(r"\[(?P<inside>[PF]\d{1,4}|Person \d{1,4})(?P<rest>'s|’s)?\]")
_KINDS = ("P", "F", "Person")


@dataclass(frozen=True, slots=True)
class Pseudonyms:
    """Which pseudonym stands for which code or label; `names` is empty for the style with labels."""

    names: tuple[str, ...] = ()
    chosen: Mapping[str, str] = ()  # type: ignore[assignment]

    @classmethod
    def load(cls, options: ExportOptions) -> Pseudonyms:
        """The pseudonyms of a study, or none where labels are wanted."""
        if options.replacements == "labels":
            return cls((), {})
        return cls(read_list("pseudonyms.txt"), dict(options.pseudonyms))

    def of(self, label: str) -> str:
        """The pseudonym of a code (P03) or label (Person 2); empty when there is none.

        Depends on the label alone, so it is the same in every recording and every export, and
        no two labels share one: past the end of the list a number is added.
        """
        if not self.names:
            return ""
        if label in self.chosen:
            return self.chosen[label]
        if (slot := _slot(label)) is None:
            return ""
        free = [n for n in self.names if n.casefold() not in {c.casefold() for c in self.chosen.values()}]
        cycle, place = divmod(slot, len(free))
        return free[place] + (f" {cycle + 1}" if cycle else "")

    def replace_in(self, text: str) -> str:
        """The text with people's labels as pseudonyms, still in brackets."""
        if not self.names:
            return text
        return _LABEL.sub(lambda m: f"[{self.of(m['inside'])}{m['rest'] or ''}]", text)


def _slot(label: str) -> int | None:
    """A place in the list for each code and label, none shared: P, F and Person take turns."""
    if m := _CODE.fullmatch(label):
        return int(m["number"]) * len(_KINDS) + _KINDS.index(m["kind"])
    if m := _PERSON.fullmatch(label):
        return int(m["number"]) * len(_KINDS) + _KINDS.index("Person")
    return None


def read_list(name: str) -> tuple[str, ...]:
    """A word list of config/conventions: an entry a line, # for remarks."""
    lines = config_path("conventions", name).read_text(encoding="utf-8").splitlines()
    return tuple(entry for line in lines if (entry := line.partition("#")[0].strip()))
