"""Labels: one for each thing, the same everywhere in a study, never shared by two.

Participants have their code. Other people, places and organisations are numbered in the order they are
first spoken of. A label belongs to a class and an identity (pipeline.deidentify.people, .things), not to
a text: "Tess", "Tess's" and "Tess Marinkovich" are one [Person 1], Washington the man and Washington the
town are two. A mention that could be either of two things gets a label that says so, [Person 2 or 3],
and is put to a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pipeline.deidentify import people, things
from pipeline.deidentify.classes import CLASSES, IdentifierClass
from pipeline.deidentify.likeness import SOUNDS_SAME
from pipeline.deidentify.people import Known, Mention
from pipeline.records import LabelMap, Roster

NAME = "name"
RETIRED = "retired"  # rows that keep a label taken whose words were forgotten: nobody else may get it
_NUMBER = re.compile(r"(\d+)$")


@dataclass(frozen=True, slots=True)
class Found:
    """One mention to be labelled: its class, its words, and what stands before them in the utterance."""

    kind: IdentifierClass
    text: str = field(repr=False)
    before: str = field(default="", repr=False)
    by_roster: bool = False


@dataclass(frozen=True, slots=True)
class Label:
    """A label without brackets, and a question to a person where it is not sure."""

    text: str
    uncertain: bool = False
    reason: str = ""


@dataclass(slots=True)
class _Entry:
    """A thing that is no person: its label and the forms it was spoken of by."""

    label: str
    forms: list[things.Thing] = field(default_factory=list, repr=False)

    def fit(self, thing: things.Thing) -> int:
        """The best fit among the forms; 0 when one of them is of another kind (Rimu House, Rimu ward)."""
        if any(thing.heads and f.heads and thing.heads != f.heads for f in self.forms):
            return 0
        return max(things.fit(thing, f) for f in self.forms)


class Labeller:
    """Gives labels over a transcript, on top of those the study has given so far."""

    def __init__(self, roster: Roster | None = None, labels: LabelMap | None = None) -> None:
        self._rows = list(labels.labels) if labels else []
        self._participants = people.from_roster(roster.people if roster else ())
        self._others: list[Known] = []
        self._things: dict[str, list[_Entry]] = {}
        for kind, canonical, label in self._rows:
            self._recall(kind, canonical, label)

    def __repr__(self) -> str:
        return f"Labeller({len(self._participants)} participants, {len(self._rows)} labels)"

    def assign(self, found: Sequence[Found]) -> list[Label]:
        """A label for each mention, in the order given (which is the order of speaking)."""
        given: dict[int, Label] = self._name_people(found)
        for index, item in enumerate(found):
            if index not in given:
                given[index] = self._label_thing(item) if item.kind.numbered else Label(item.kind.label)
        return [given[index] for index in range(len(found))]

    def grown(self) -> LabelMap:
        """The study's labels with those given here; rows are in the order they were first given."""
        return LabelMap(tuple(self._rows))

    def known_words(self) -> tuple[tuple[str, str], ...]:
        """(class, name) of every person, place and organisation the study has named so far."""
        people_ = [(NAME, " ".join(form)) for person in self._others for form in person.forms]
        return (
            *people_,
            *((kind, " ".join(f.tokens)) for kind, es in self._things.items() for e in es for f in e.forms),
        )

    def remember(self, kind: str, canonical: str, value: str) -> None:
        """Keep a fact of the study beside the labels (a surrogate, the dates' shift)."""
        self._keep(kind, canonical, value)

    def recalled(self, kind: str) -> dict[str, str]:
        """What was kept under a kind."""
        return {canonical: value for k, canonical, value in self._rows if k == kind}

    # --- people ---------------------------------------------------------------------------------

    def _name_people(self, found: Sequence[Found]) -> dict[int, Label]:
        """Full names first, then names with a title, then bare ones: who is meant by "Tess" may be said later."""
        mentions = {
            i: people.parse_mention(f.text, f.before) for i, f in enumerate(found) if f.kind.key == NAME
        }
        mentions = {i: m for i, m in mentions.items() if m.tokens}
        newcomers: dict[int, Known] = {}
        chosen: dict[int, list[Known]] = {}
        doubts: dict[int, str] = {}
        for index in sorted(mentions, key=lambda i: (not mentions[i].is_full, not mentions[i].titled, i)):
            who, doubt = self._who(mentions[index], found[index])
            if not who:
                who = [Known("")]
                self._others.append(who[0])
                newcomers[index] = who[0]
            if len(who) == 1:
                who[0].learn(mentions[index])
            chosen[index], doubts[index] = who, doubt
        self._number_newcomers(chosen)
        self._keep_people()
        return {i: _label_people(chosen[i], doubts[i]) for i in chosen} | {
            i: Label(f.kind.label, True, "a name without words")
            for i, f in enumerate(found)
            if f.kind.key == NAME and i not in chosen
        }

    def _who(self, mention: Mention, item: Found) -> tuple[list[Known], str]:
        """Everyone the mention may mean, and a question where it is not plain."""
        sure, own = people.best_fits(mention, self._participants)
        rival, others = people.best_fits(mention, self._others)
        others = [p for p in others if p.label not in {q.label for q in own}]
        if own and sure >= rival:
            doubt = ""
            if len(own) > 1:
                doubt = "two participants go by this name"
            elif others and rival > sure - people.RIVAL:
                doubt = "a participant's name that another person may bear as well"
            elif sure <= SOUNDS_SAME and people.is_known_name(mention):
                doubt = "sounds like a participant's name"
            return own, doubt
        if others:
            return others, "two people go by this name" if len(others) > 1 else ""
        if item.by_roster and (nearest := people.sounds_nearest(mention, self._participants)):
            return [nearest], "may be a participant's name misheard"
        return [], ""

    def _number_newcomers(self, chosen: dict[int, list[Known]]) -> None:
        for index in sorted(chosen):
            for person in chosen[index]:
                if not person.label:
                    person.label = f"{CLASSES[NAME].label} {self._next_number(NAME)}"
                    self._rows.append((NAME, _canonical(person.forms[0], person.gender), person.label))

    def _keep_people(self) -> None:
        for person in self._others:
            for form in person.forms:
                self._keep(NAME, _canonical(form, ""), person.label)
            if person.gender:
                self._keep(NAME, _canonical(person.forms[0], person.gender), person.label)

    # --- things ---------------------------------------------------------------------------------

    def _label_thing(self, item: Found) -> Label:
        thing = things.parse_thing(item.text)
        entries = self._things.setdefault(item.kind.key, [])
        scored = [(e.fit(thing), e) for e in entries]
        best = max((s for s, _ in scored), default=0)
        fitting = [e for s, e in scored if s == best] if best else []
        if not fitting:
            fitting = [_Entry(f"{item.kind.label} {self._next_number(item.kind.key)}")]
            entries.append(fitting[0])
        if len(fitting) > 1:
            return Label(either([e.label for e in fitting]), True, "two things go by this name")
        if thing not in fitting[0].forms:
            fitting[0].forms.append(thing)
        self._keep(item.kind.key, " ".join(thing.tokens), fitting[0].label)
        return Label(fitting[0].label)

    # --- the map --------------------------------------------------------------------------------

    def _recall(self, kind: str, canonical: str, label: str) -> None:
        if kind == NAME:
            tokens, _, gender = canonical.partition("|")
            person = next((p for p in self._others if p.label == label), None)
            if person is None:
                person = Known(label)
                self._others.append(person)
            person.learn(Mention(tuple(tokens.split()), gender))
        elif kind in CLASSES:
            entries = self._things.setdefault(kind, [])
            entry = next((e for e in entries if e.label == label), None)
            if entry is None:
                entry = _Entry(label)
                entries.append(entry)
            entry.forms.append(things.Thing(tuple(canonical.split())))

    def _keep(self, kind: str, canonical: str, label: str) -> None:
        if (kind, canonical, label) not in self._rows:
            self._rows.append((kind, canonical, label))

    def _next_number(self, kind: str) -> int:
        """One more than the highest given in the study, so that no number is given twice: by whomever, a reviewer's
        labels stand in brackets, and whether its words were forgotten since."""
        word = CLASSES[kind].label
        taken = [label.strip("[]") for _, _, label in self._rows]
        taken += [e.label for e in self._things.get(kind, ())]
        taken += [p.label for p in self._participants]
        numbered = re.compile(rf"{re.escape(word)} (\d+)")
        return 1 + max((int(m[1]) for label in taken if (m := numbered.fullmatch(label))), default=0)


def _canonical(form: people.Tokens, gender: str) -> str:
    return " ".join(form) + (f"|{gender}" if gender else "")


def _label_people(who: Sequence[Known], doubt: str) -> Label:
    return Label(either([p.label for p in who]), bool(doubt), doubt)


def either(labels: Iterable[str]) -> str:
    """One label for a mention that may be any of several: "Person 2 or 3", "P02 or P05"."""
    first, *rest = dict.fromkeys(labels)
    word = _NUMBER.sub("", first) if " " in first else ""
    return " or ".join([first, *(r.removeprefix(word) for r in rest)])
