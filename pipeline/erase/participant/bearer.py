"""How a participant can be found in the study's sealed records: by code, and by the names the roster has for them."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from pipeline.deidentify.leaving import name_forms, turn_text
from pipeline.erase.participant.records import Leaver
from pipeline.language.text import fold

if TYPE_CHECKING:
    from pipeline.study.study import Study


class Bearer:
    """How a participant can be found in sealed records: by code, and by the names the roster has for them."""

    def __init__(self, study: Study, code: str) -> None:
        self.code = code
        self.person = next((p for p in study.roster.load().people if p.code == code), None)
        written = (self.person.name, *self.person.nicknames) if self.person else ()
        self.forms = name_forms(written)
        known = b"|".join(re.escape(form.encode()) for form in sorted(self.forms) if len(form) > 1)
        self._names = re.compile(rb"(?<![a-z])(?:%b)(?![a-z])" % known) if known else None
        self._code = re.compile(rb"(?<![A-Za-z0-9])%b(?![A-Za-z0-9])" % code.encode())

    def leaver(self, *, everything: bool) -> Leaver:
        """Who leaves, for the rewriting."""
        return Leaver(self.code, self.forms, labels_too=everything)

    def is_in(self, data: bytes, *, by_name: bool) -> bool:
        """Whether a record holds the code (other than to say that they left), or with `by_name` a form of the name."""
        left = (turn_text(self.code).encode(), b'"participant":"%b"' % self.code.encode())
        for mark in left:
            data = data.replace(mark, b"")
        if self._code.search(data):
            return True
        if not by_name or self._names is None:
            return False
        return self._names.search(fold(data.decode(errors="ignore")).encode()) is not None

    @cached_property
    def _turn(self) -> re.Pattern[bytes]:
        code = self.code.encode()
        return re.compile(
            rb'"participant":"%b","start":[^,]+,"end":[^,]+,"text":"(?!\[%b withdrew\]")' % (code, code)
        )

    def turns_in(self, data: bytes) -> int:
        """How many turns a record of utterances has of theirs."""
        return len(self._turn.findall(data))

    def mentioned_in(self, data: bytes) -> bool:
        """Whether a label in it points at them."""
        code = self.code.encode()
        return re.search(rb"\[(?:[^\[\]\"]+ or )?%b(?: or [^\[\]\"]+)?\]" % code, data) is not None
