"""How an export shall look: the choices, their defaults, and how study.toml names them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal, get_args

from pipeline.errors import SettingsError
from pipeline.export.document import CODE_PATTERN, clean

Wording = Literal["verbatim", "clean"]
Replacements = Literal["labels", "pseudonyms"]


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """The conventions of a transcript.

    `draft` lets a transcript out that nobody has verified; it then carries a mark.
    `wording`: "verbatim" keeps fillers, repetitions and false starts, "clean" smooths them by rule.
    `times`: True for a time at each utterance, False for none, or a number of seconds for a time
    every so often. `pauses` marks silences as (..) from `short_pause` seconds and (12 s) from
    `long_pause`. `overlap` marks utterances spoken while another speaks. `inaudible_below`: words
    the recogniser was less sure of than this (0 to 1) become [inaudible 00:12:03].
    `replacements`: "labels" as [Person 2], or "pseudonyms" for people as the UK Data Service
    advises; `pseudonyms` gives chosen ones, by code or label. `line_numbers` is for docx,
    `coded_turns` for qdpx.
    """

    draft: bool = False
    wording: Wording = "verbatim"
    times: bool | float = True
    pauses: bool = False
    short_pause: float = 1.0
    long_pause: float = 3.0
    overlap: bool = True
    inaudible_below: float = 0.0
    replacements: Replacements = "labels"
    pseudonyms: tuple[tuple[str, str], ...] = ()
    line_numbers: bool = True
    coded_turns: bool = True

    def __post_init__(self) -> None:
        if problem := self._problem():
            raise ValueError(problem)

    def _problem(self) -> str:
        """What is wrong with the choices, or nothing."""
        if self.wording not in get_args(Wording):
            return 'wording must be "verbatim" or "clean"'
        if self.replacements not in get_args(Replacements):
            return 'replacements must be "labels" or "pseudonyms"'
        if not isinstance(self.times, bool) and not 1 <= self.times <= 86_400:
            return "times must be true, false or a number of seconds, 1 or more"
        if not 0 < self.short_pause <= self.long_pause:
            return "short_pause must be above 0 and not above long_pause"
        if not 0 <= self.inaudible_below <= 1:
            return "inaudible_below must be from 0 to 1"
        return self._pseudonym_problem()

    def _pseudonym_problem(self) -> str:
        names = [name.casefold() for _, name in self.pseudonyms]
        if len(set(names)) != len(names):
            return "two people have one pseudonym"
        if any(not name or name != clean(name) or "[" in name or "]" in name for name in names):
            return "a pseudonym must be a name without brackets"
        return ""


def options_from_table(table: Mapping[str, Any], *, file: str = "study.toml") -> ExportOptions:
    """Read the [export] table of study.toml.

    `draft` is no setting: it is asked for each time. Raises SettingsError naming an unknown key
    or a value that cannot be.
    """
    values = dict(table)
    known = {f.name for f in fields(ExportOptions)} - {"draft"}
    if unknown := sorted(set(values) - known):
        raise SettingsError(file=file, why=f"[export] has an unknown key: {', '.join(unknown)}")
    if "pseudonyms" in values:
        values["pseudonyms"] = _read_pseudonyms(values["pseudonyms"], file)
    for name, value in values.items():
        _check_type(name, value, file)
    try:
        return ExportOptions(**values)
    except ValueError as wrong:
        raise SettingsError(file=file, why=f"[export] {wrong}") from None


def _read_pseudonyms(table: object, file: str) -> tuple[tuple[str, str], ...]:
    if not isinstance(table, Mapping) or not all(isinstance(v, str) for v in table.values()):
        raise SettingsError(file=file, why='[export] pseudonyms must be a table such as P01 = "Plover"')
    if not all(CODE_PATTERN.fullmatch(str(key).replace(" ", "_")) for key in table):
        raise SettingsError(file=file, why="[export] pseudonyms are given by code (P01) or label (Person 2)")
    return tuple((str(key), str(value)) for key, value in table.items())


def _check_type(name: str, value: object, file: str) -> None:
    """A number where a number belongs: dataclasses check nothing themselves."""
    default = getattr(ExportOptions(), name)
    if name == "times":
        right = isinstance(value, (bool, int, float))
    elif isinstance(default, float):
        right = isinstance(value, (int, float)) and not isinstance(value, bool)
    else:
        right = isinstance(value, type(default))
    if not right:
        raise SettingsError(file=file, why=f"[export] {name} has a value of the wrong kind")
