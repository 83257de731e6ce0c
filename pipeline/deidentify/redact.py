"""De-identification of a transcript: find, decide, label, replace, look again.

    utterances --detector--> spans --policy--> actions --labels--> replacements --presidio-anonymizer-->
    de-identified utterances --second look--> questions for a person

Nothing here knows files, the vault or the ledger.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, Protocol

from pipeline.deidentify import policy as policies
from pipeline.deidentify.classes import class_of_span
from pipeline.deidentify.dialogue import name_heard
from pipeline.deidentify.failsafe import UNREAD_TYPE, Detector, whole_utterance
from pipeline.deidentify.given_labels import find_beside_labels, with_given
from pipeline.deidentify.kinds import tell_kinds
from pipeline.deidentify.label_book import NAME
from pipeline.deidentify.label_texts import Given
from pipeline.deidentify.labels import Found, Labeller
from pipeline.deidentify.lean import without
from pipeline.deidentify.policy import Policy, Sensitivity
from pipeline.deidentify.replace import Edit, Replaced, Replacer, apply
from pipeline.deidentify.stand_ins import StandIns
from pipeline.identifiers import CLASSES, type_of
from pipeline.language.lexicon import is_mere_word
from pipeline.records import LabelMap, Redaction, Roster, Span, Utterance, in_brackets

Progress = Callable[[float], None]
Style = Literal["label", "surrogate"]
_DATES = frozenset(("date", "birth_date"))
_SHORTEST_KNOWN = 3  # letters; shorter words are too often something else
_POSSESSIVES = ("'s", "’s")
_AGES = frozenset(("age", "age_over_89"))


class SecondLook(Protocol):
    """An independent pass over the result. See pipeline.deidentify.second_look."""

    def look(
        self,
        replaced: Sequence[Replaced],
        originals: Sequence[Utterance],
        roster: Roster | None,
        kept: Sequence[Span] = (),
    ) -> tuple[Span, ...]: ...


def load(
    policy: str | Path | Policy = policies.DEFAULT,
    sensitivity: Sensitivity = "balanced",
    language: str = "en",
    style: Style = "label",
    detector: Detector | None = None,
    second_look: SecondLook | None = None,
) -> Deidentifier:
    """A de-identifier ready to use: models are loaded here, once.

    Raises PolicyError for a policy that cannot be read, ModelMissingError for a model not installed.
    """
    chosen = policy if isinstance(policy, Policy) else policies.load(policy)
    with without("torch"):
        if detector is None:
            from pipeline.deidentify import detect

            detector = detect.load(language, sensitivity, chosen)
        if second_look is None:
            from pipeline.deidentify import second_look as again

            second_look = again.load(language)
    return Deidentifier(chosen, sensitivity, style, detector, second_look)


@dataclass(frozen=True)
class Deidentifier:
    """A policy, a detector and a second look, joined. Holds nothing of the transcripts it has seen."""

    policy: Policy
    sensitivity: Sensitivity
    style: Style
    detector: Detector = field(repr=False)
    second_look: SecondLook = field(repr=False)
    replacer: Replacer = field(default_factory=Replacer, repr=False)

    def redact(
        self,
        utterances: Sequence[Utterance],
        *,
        roster: Roster | None = None,
        labels: LabelMap | None = None,
        progress: Progress | None = None,
    ) -> Redaction:
        """De-identify a transcript; `labels` are the study's so far, and come back grown.

        Where anything breaks on an utterance, all of it is taken out and put to a person.
        """
        say = progress or (lambda _: None)
        labeller = Labeller(roster, with_given(labels, (u.text for u in utterances)))
        finds = find_beside_labels(self.detector, utterances, with_named(roster, labeller))
        say(0.7)
        spans = self._decide(tell_kinds(finds.spans, utterances), utterances)
        spans = _with_unread(spans, finds.unread, utterances)
        spans, replaced = self._replace(spans, utterances, labeller, roster)
        redacted = tuple(apply(u, r) for u, r in zip(utterances, replaced, strict=True))
        say(0.8)
        spans += self.second_look.look(replaced, utterances, roster, finds.kept)
        say(1.0)
        return Redaction(
            redacted,
            tuple(sorted(spans, key=_place)),
            labeller.grown(),
            self.policy.name,
            self.sensitivity,
            tuple(sorted(_not_hidden(finds.kept, spans), key=_place)),
        )

    def find(self, utterances: Sequence[Utterance], roster: Roster | None, labels: LabelMap) -> list[Span]:
        """What is replaced or asked about, before anything is done about it; an utterance on which anything breaks
        is one find. Nothing in it overlaps."""
        finds = find_beside_labels(self.detector, utterances, with_named(roster, Labeller(roster, labels)))
        spans = self._decide(tell_kinds(finds.spans, utterances), utterances)
        return _with_unread(spans, finds.unread, utterances)

    def is_identifier(self, span: Span) -> bool:
        """True for what was replaced, or flagged because the policy flags its class; False for a faint doubt
        that was left in and only put to a person."""
        if span.action != "flag":
            return True
        key = class_of_span(span).key
        limits = self.policy.limits(key, self.sensitivity)
        return self.policy.rule(key).action == "flag" and span.score >= limits.likely

    def _decide(self, spans: Iterable[Span], utterances: Sequence[Utterance]) -> list[Span]:
        """What the policy acts on or asks about, none overlapping."""
        decided = []
        for span in spans:
            decision = policies.decide(self.policy, self.sensitivity, span)
            if decision.action != "keep":
                decided.append(
                    replace(
                        span, action=decision.action, uncertain=decision.uncertain, reason=decision.reason
                    )
                )
        from pipeline.deidentify.passes import resolve_spans  # takes Presidio along, and that takes torch

        return resolve_spans(filter(None, map(_trim, decided)), utterances)

    def _replace(
        self,
        spans: Sequence[Span],
        utterances: Sequence[Utterance],
        labeller: Labeller,
        roster: Roster | None,
    ) -> tuple[list[Span], list[Replaced]]:
        """Replace span by span; an utterance that breaks is taken out whole."""
        acting = [s for s in spans if s.action != "flag"]
        given = labeller.assign([_as_found(s, utterances) for s in acting])
        stand_ins = StandIns(self.style, labeller, roster, [s.text for s in acting])
        plan: dict[int, list[tuple[Span, Given, Edit]]] = defaultdict(list)
        for span, label in zip(acting, given, strict=True):
            plan[span.utterance].append((span, label, self._edit(span, label, stand_ins)))
        done, replaced = [s for s in spans if s.action == "flag"], []
        for index, utterance in enumerate(utterances):
            new, outcome = self._replace_one(index, utterance, plan.get(index, []))
            if any(s.type == UNREAD_TYPE for s in new):
                done = [s for s in done if s.utterance != index]
            done += new
            replaced.append(outcome)
        return done, replaced

    def _replace_one(
        self, index: int, utterance: Utterance, plan: Sequence[tuple[Span, Given, Edit]]
    ) -> tuple[list[Span], Replaced]:
        try:
            outcome = self.replacer.replace(utterance.text, [edit for _, _, edit in plan])
        except MemoryError:
            raise
        except Exception:
            span = whole_utterance(index, utterance)
            text = in_brackets(CLASSES["other"].label)
            return [replace(span, replacement=text)], Replaced(text, ((0, span.end_char, text),))
        put = {(start, end): text for start, end, text in outcome.parts}
        return [_finish(s, label, put[s.start_char, s.end_char]) for s, label, _ in plan], outcome

    def _edit(self, span: Span, label: Given, stand_ins: StandIns) -> Edit:
        """Which operator replaces a span, and with what."""
        key = class_of_span(span).key
        place = (span.start_char, span.end_char)
        if stand_in := stand_ins.for_span(span, key, label.text):
            return Edit(*place, "session-surrogate", {"surrogate": stand_in})
        if span.action == "generalise" and key in _AGES:
            bands = self.policy.ages
            return Edit(*place, "session-age-band", {"width": bands.width, "top": bands.top})
        if span.action == "generalise" and key in _DATES:
            return Edit(*place, "session-year")
        if key in _DATES and (self.policy.dates == "shift" or self.style == "surrogate"):
            return Edit(
                *place, "session-shifted-date", {"days": stand_ins.days(), "bare": self.style == "surrogate"}
            )
        return Edit(*place, "session-label", {"label": label.text})


def with_named(roster: Roster | None, labeller: Labeller) -> Roster | None:
    """The roster, and with it everybody and everything earlier sessions of the study have named, so that
    one detection protects all later mentions. An everyday word that was somebody's name by its place alone
    ("sit back, away") is no name in other places, unless a person said that it is one."""
    named = [
        (type_of(label.kind), label.words)
        for label in labeller.known()
        if len(label.words) >= _SHORTEST_KNOWN
        and (label.by_hand or label.kind != NAME or not is_mere_word(label.words))
    ]
    return replace(roster or Roster(), known=tuple(named)) if named else roster


def _place(span: Span) -> tuple[int, int, int]:
    return span.utterance, span.start_char, span.end_char


def _not_hidden(kept: Iterable[Span], spans: Sequence[Span]) -> Iterator[Span]:
    """What was let stand and is not replaced or asked about for another reason."""
    taken: dict[int, list[Span]] = defaultdict(list)
    for span in spans:
        taken[span.utterance].append(span)
    for span in kept:
        others = taken[span.utterance]
        if not any(o.start_char < span.end_char and span.start_char < o.end_char for o in others):
            yield span


def _trim(span: Span) -> Span | None:
    """Without spaces at its ends, and without a possessive: "Tess's" is [Person 1]'s."""
    text = span.text
    start = span.start_char + len(text) - len(text.lstrip())
    text = text.strip()
    if span.type == "PERSON" and text.endswith(_POSSESSIVES) and len(text) > 2:
        text = text[:-2]
    return replace(span, start_char=start, end_char=start + len(text), text=text) if text else None


def _as_found(span: Span, utterances: Sequence[Utterance]) -> Found:
    said = utterances[span.utterance]
    heard = name_heard(said, span.start_char, span.end_char) if span.type == "PERSON" else ""
    before = said.text[: span.start_char]
    return Found(class_of_span(span), heard or span.text, before, "roster" in span.found_by.lower())


def _finish(span: Span, label: Given, put: str) -> Span:
    """A span with what stands in its place, and the label's question if it has one."""
    reason = "; ".join(dict.fromkeys(r for r in (span.reason, label.reason) if r))
    return replace(span, replacement=put, uncertain=span.uncertain or label.uncertain, reason=reason)


def _with_unread(
    spans: Sequence[Span], unread: frozenset[int], utterances: Sequence[Utterance]
) -> list[Span]:
    """Utterances that could not be read become one span each, in place of what was found there."""
    whole = [whole_utterance(i, utterances[i]) for i in sorted(unread) if utterances[i].text]
    return sorted(
        [s for s in spans if s.utterance not in unread] + whole, key=lambda s: (s.utterance, s.start_char)
    )
