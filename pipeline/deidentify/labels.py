"""Labels: one for each person or thing, the same everywhere in a study, never shared by two.

Participants have their code. Other people, places and organisations are numbered in the order they are
first spoken of. A label belongs to a class and an identity (pipeline.deidentify.people, .entities), not to
a text: "Tess", "Tess's" and "Tess Marinkovich" are one [Person 1], Washington the man and Washington the
town are two. A mention that could be either of two things gets a label that says so, [Person 2 or 3],
and is put to a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from pipeline.deidentify import entities, people
from pipeline.deidentify.label_book import NAME, LabelBook
from pipeline.deidentify.label_texts import (
    EITHER,
    Entry,
    Given,
    doubt_of_participant,
    either,
    label_people,
)
from pipeline.deidentify.people import Known, Mention
from pipeline.identifiers import CLASSES, IdentifierClass
from pipeline.records import Label, LabelMap, Roster

# Classes whose words tell something only where they were said: nobody looks for "sixty-two" everywhere.
_PASSING = frozenset({"age", "age_over_89", "date", "birth_date"})


@dataclass(frozen=True, slots=True)
class Found:
    """One mention to be labelled: its class, its words, and what stands before them in the utterance."""

    kind: IdentifierClass
    text: str = field(repr=False)
    before: str = field(default="", repr=False)
    by_roster: bool = False


class Labeller(LabelBook):
    """Gives labels over a transcript, on top of those the study has given so far.

    `taken` are texts that something bears besides, such as a label a reviewer wrote.
    """

    def __init__(
        self, roster: Roster | None = None, labels: LabelMap | None = None, taken: Iterable[str] = ()
    ) -> None:
        super().__init__(labels, taken)
        self._participants = people.from_roster(roster.people if roster else ())
        self._others: list[Known] = []
        self._entities: dict[str, list[Entry]] = {}
        for label in self.known():
            self._recall(label)

    def __repr__(self) -> str:
        return f"Labeller({len(self._participants)} participants, {len(self.known())} labels)"

    def assign(self, found: Sequence[Found]) -> list[Given]:
        """A label for each mention, in the order given (which is the order of speaking)."""
        given: dict[int, Given] = self._name_people(found)
        for index, item in enumerate(found):
            if index not in given:
                given[index] = self._label_entity(item)
        return [given[index] for index in range(len(found))]

    def learn(self, item: Found, text: str) -> None:
        """Keep the label a person gave to words, unless these very words have one already."""
        if EITHER in text or item.kind.key in _PASSING:
            return
        if item.kind.key == NAME:
            self._learn_name(people.parse_mention(item.text, item.before), text)
            return
        words = " ".join(entities.parse_entity(item.text).tokens)
        if words and not self.bears(item.kind.key, words):
            self._recall(self.keep(Label(item.kind.key, words, text, by_hand=True)))

    def next_label(self, kind: IdentifierClass) -> str:
        """The text of a label of a class that nothing bears yet; the class's word where it is not numbered."""
        if not kind.numbered:
            return kind.label
        given = (*(e.label for e in self._entities.get(kind.key, ())), *(p.label for p in self._participants))
        return f"{kind.label} {self.next_number(kind.label, given)}"

    # --- people ---------------------------------------------------------------------------------

    def _name_people(self, found: Sequence[Found]) -> dict[int, Given]:
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
        return {i: label_people(chosen[i], doubts[i]) for i in chosen} | {
            i: Given(f.kind.label, True, "a name without words")
            for i, f in enumerate(found)
            if f.kind.key == NAME and i not in chosen
        }

    def _who(self, mention: Mention, item: Found) -> tuple[list[Known], str]:
        """Everyone the mention may mean, and a question where it is not plain."""
        sure, own = people.best_fits(mention, self._participants)
        rival, others = people.best_fits(mention, self._others)
        others = [p for p in others if p.label not in {q.label for q in own}]
        if own and sure >= rival:
            rivals = bool(others) and rival > sure - people.RIVAL
            return own, doubt_of_participant(mention, len(own), sure, rivals)
        if others:
            return others, "two people go by this name" if len(others) > 1 else ""
        if item.by_roster and (nearest := people.sounds_nearest(mention, self._participants)):
            return [nearest], "may be a participant's name misheard"
        if named := people.named_among(mention, self._participants):
            return [named], "a participant's name among words that are no names: listen who was meant"
        return [], ""

    def _number_newcomers(self, chosen: dict[int, list[Known]]) -> None:
        for index in sorted(chosen):
            for person in chosen[index]:
                if not person.label:
                    person.label = self.next_label(CLASSES[NAME])
                    self.keep(_named(person, person.forms[0]))

    def _keep_people(self) -> None:
        for person in self._others:
            for form in person.forms:
                self.keep(_named(person, form))

    def _learn_name(self, mention: Mention, text: str) -> None:
        if not mention.tokens or any(mention.tokens in person.forms for person in self._everybody()):
            return
        person = next((p for p in self._everybody() if p.label == text), None)
        if person is None or person.participant:
            person = Known(text)
            self._others.append(person)
        person.learn(mention)
        self.keep(replace(_named(person, mention.tokens), by_hand=True))

    def _everybody(self) -> Iterator[Known]:
        yield from self._others
        yield from self._participants

    # --- entities -------------------------------------------------------------------------------

    def _label_entity(self, item: Found) -> Given:
        if not item.kind.numbered:
            return self._label_plainly(item)
        entity = entities.parse_entity(item.text)
        entries = self._entities.setdefault(item.kind.key, [])
        scored = [(e.fit(entity), e) for e in entries]
        best = max((s for s, _ in scored), default=0)
        fitting = [e for s, e in scored if s == best] if best else []
        if not fitting:
            fitting = [Entry(self.next_label(item.kind))]
            entries.append(fitting[0])
        if len(fitting) > 1:
            return Given(either([e.label for e in fitting]), True, "two things go by this name")
        if entity not in fitting[0].forms:
            fitting[0].forms.append(entity)
        self.keep(Label(item.kind.key, " ".join(entity.tokens), fitting[0].label))
        return Given(fitting[0].label)

    def _label_plainly(self, item: Found) -> Given:
        """The class's word, unless a person gave these very words another label."""
        entity = entities.parse_entity(item.text)
        entry = next((e for e in self._entities.get(item.kind.key, ()) if entity in e.forms), None)
        return Given(entry.label if entry else item.kind.label)

    # --- the map --------------------------------------------------------------------------------

    def _recall(self, label: Label) -> None:
        if label.kind == NAME:
            mention = people.parse_mention(label.words)
            person = next((p for p in self._others if p.label == label.text), None)
            if person is None:
                person = Known(label.text)
                self._others.append(person)
            person.learn(Mention(mention.tokens, label.gender or mention.gender))
            return
        entries = self._entities.setdefault(label.kind, [])
        entry = next((e for e in entries if e.label == label.text), None)
        if entry is None:
            entry = Entry(label.text)
            entries.append(entry)
        entry.forms.append(entities.Entity(tuple(label.words.split())))


def _named(person: Known, form: people.Tokens) -> Label:
    """The gender stands with the first form of the name."""
    gender = person.gender if form == person.forms[0] else ""
    return Label(NAME, " ".join(form), person.label, gender)
