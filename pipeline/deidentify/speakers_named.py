"""Speakers a transcript names in its margin: they are identifiers too.

A name of the roster becomes its code, any other [Person n], and the name is then looked for in the words
like a participant's. Codes and roles ("P01", "Interviewer") stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from pipeline.deidentify.label_book import NAME
from pipeline.deidentify.labels import Found, Labeller
from pipeline.identifiers import CLASSES
from pipeline.language.cues import NO_NAME_PARTS
from pipeline.readers.margins import is_anonymous
from pipeline.records import LabelMap, Person, Roster, Utterance, in_brackets


@dataclass(frozen=True, slots=True)
class NamedSpeakers:
    """How each speaker is shown, the roster with them added, and the study's labels grown."""

    shown: dict[str, str] = field(repr=False)
    roster: Roster = field(repr=False)
    labels: LabelMap = field(repr=False)

    def rename(self, utterances: Iterable[Utterance]) -> tuple[Utterance, ...]:
        """The utterances with speakers as they are shown."""
        return tuple(replace(u, participant=self.shown.get(u.participant, u.participant)) for u in utterances)

    def shown_after(self, labels: LabelMap) -> dict[str, str]:
        """As `shown`, but with the surrogate of whoever was given one, so that margin and words agree."""
        surrogates = {in_brackets(s.original): s.text for s in labels.surrogates if not s.kind}
        return {speaker: surrogates.get(label, label) for speaker, label in self.shown.items()}


def name_speakers(
    speakers: Sequence[str], roster: Roster | None = None, labels: LabelMap | None = None
) -> NamedSpeakers:
    """Decide how each speaker of a margin is shown."""
    people = roster or Roster()
    labeller = Labeller(people, labels)
    initials = {s: code for s in dict.fromkeys(speakers) if (code := _bearer_of_initials(s, people))}
    named = [s for s in dict.fromkeys(speakers) if not is_anonymous(s) and s not in initials]
    given = labeller.assign([Found(CLASSES[NAME], s) for s in named])
    codes = {p.code for p in people.people}
    shown = {
        s: label.text if label.text in codes else in_brackets(label.text)
        for s, label in zip(named, given, strict=True)
    }
    shown |= initials
    new = [
        Person(label.text, _without_title(s))
        for s, label in zip(named, given, strict=True)
        if label.text not in codes and not label.uncertain
    ]
    return NamedSpeakers(shown, replace(people, people=(*people.people, *new)), labeller.grown())


def _bearer_of_initials(speaker: str, roster: Roster) -> str:
    """ "DH" in a margin is David Hallwood, where nobody else on the roster has these initials: his code, else ""."""
    letters = speaker.replace(".", "").strip()
    if not (2 <= len(letters) <= 4 and letters.isalpha() and letters.isupper()):
        return ""
    if any(p.code == speaker for p in roster.people):
        return ""
    bearers = [p.code for p in roster.people if letters in _initials(p.name)]
    return bearers[0] if len(bearers) == 1 else ""


def _initials(name: str) -> set[str]:
    """Of all words, and of the first and last alone."""
    words = [w for w in re.split(r"[\s.-]+", name) if w]
    return (
        {"".join(w[0].upper() for w in words), f"{words[0][0]}{words[-1][0]}".upper()}
        if len(words) > 1
        else set()
    )


def _without_title(name: str) -> str:
    words = name.split()
    while len(words) > 1 and words[0].rstrip(".").casefold() in NO_NAME_PARTS:
        words.pop(0)
    return " ".join(words)
