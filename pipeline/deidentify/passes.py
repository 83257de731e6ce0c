"""Every pass of de-identification, by name, in order.

    read -> recognise -> allow -> extend -> propagate -> resolve -> decide -> label -> replace -> residual check

A detector takes a dialogue through the first of them (`find`), `pipeline.deidentify.redact` through the rest. Between
them goes one record, `Candidate`, which keeps its evidence; what is allowed to stay goes along, and says why. A
benchmark may leave any pass out by its name.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from pipeline.deidentify.common_knowledge import without_common_knowledge
from pipeline.deidentify.edges import trim_edges
from pipeline.deidentify.heard_faintly import doubt_faint_numbers
from pipeline.deidentify.keep import reason_to_keep
from pipeline.deidentify.mentions import spread
from pipeline.deidentify.merge import Acts, Candidate, as_candidate, left_of, resolve
from pipeline.deidentify.name_classes import judge_classes
from pipeline.deidentify.people_apart import part_people
from pipeline.deidentify.recognizers.base import View
from pipeline.deidentify.things import doubt_things, without_things
from pipeline.deidentify.turn_ends import cut_at_sites, cut_at_turns
from pipeline.deidentify.whole_names import grow
from pipeline.records import Span, Utterance

if TYPE_CHECKING:
    from pipeline.deidentify.dialogue import Dialogue

READ, RECOGNISE, CUT, ALLOW, EXTEND, PROPAGATE = (
    "read",
    "recognise",
    "cut at turns",
    "allow",
    "extend",
    "propagate",
)
RESOLVE, PART, JUDGE, TRIM = "resolve", "part people", "judge classes", "trim edges"
FAINT = "doubt faint numbers"
DECIDE, LABEL, REPLACE, CHECK = "decide", "label", "replace", "residual check"
ORDER = (
    READ, RECOGNISE, CUT, ALLOW, EXTEND, PROPAGATE, RESOLVE, PART, JUDGE, TRIM, FAINT, DECIDE, LABEL, REPLACE, CHECK,
)  # fmt: skip
# Without these there is no result; the others may be left out to see what they are worth.
NEEDED = frozenset({READ, RECOGNISE, RESOLVE, DECIDE, LABEL, REPLACE})
ONLY_HINTED = "heard as this name only because it is on the roster: listen whether it was said"
COMMON_KNOWLEDGE = "what everybody knows: somebody who is cited, a brand, a work, a word for kin"
A_THING = "a thing in this talk: it stands behind an article, and no list has it as a name"

Found = list[Candidate]
Pass = Callable[[Found, View], Found]


@dataclass(frozen=True)
class Finding:
    """The passes from what recognizers found to what stands for a place. `acts`: is a candidate of these words sure
    enough to be acted on? `left_out` names passes that are skipped."""

    acts: Callable[[Candidate, str], bool]
    left_out: Collection[str] = frozenset()

    def find(self, recognised: Found, view: View) -> Found:
        """Candidates that do not overlap, and those that are allowed to stay."""
        found = recognised
        for name, run in self.passes().items():
            found = self._run(name, run, found, view)
        return found

    def passes(self) -> dict[str, Pass]:
        """By name, in order."""
        return {
            CUT: cut,
            ALLOW: allow,
            EXTEND: extend,
            PROPAGATE: self._propagate,
            RESOLVE: self._resolve,
            PART: partial(_of_sure, part_people, self._acts_in),
            JUDGE: partial(_of_sure, judge_classes, self._acts_in),
            TRIM: trim_edges,
            FAINT: doubt_faint_numbers,
        }

    def _run(self, name: str, run: Pass, found: Found, view: View) -> Found:
        """A pass over what is not allowed to stay; the rest goes along."""
        if name in self.left_out:
            return found
        return [*run([c for c in found if not c.allowed], view), *(c for c in found if c.allowed)]

    def _propagate(self, found: Found, view: View) -> Found:
        """Further mentions of what was found; they are extended and allowed as the first ones were."""
        again = self._run(EXTEND, extend, list(spread(found, view)), view)
        return [*found, *self._run(ALLOW, allow, again, view)]

    def _resolve(self, found: Found, view: View) -> Found:
        return resolve(found, view.dialogue.text, self._acts_in(view))

    def _acts_in(self, view: View) -> Acts:
        text = view.dialogue.text
        return lambda c: self.acts(c, text[c.start : c.end])


def cut(found: Found, view: View) -> Found:
    """A name does not run on into the next turn, nor into the place somebody is from."""
    named = [piece for c in found for piece in cut_at_turns(c, view.dialogue)]
    return [piece for c in named for piece in cut_at_sites(c, view.dialogue)]


def allow(found: Found, view: View) -> Found:
    """What identifies nobody is marked with the reason."""
    judged = [replace(c, allowed=reason_to_keep(c, view.dialogue)) for c in doubt_things(found, view)]
    open_ = [c for c in judged if not c.allowed]
    named = {id(c) for c in without_things(open_, view)}
    known = {id(c) for c in without_common_knowledge(open_, view)}
    why = [
        c.allowed or (A_THING if id(c) not in named else COMMON_KNOWLEDGE if id(c) not in known else "")
        for c in judged
    ]
    return [replace(c, allowed=reason) for c, reason in zip(judged, why, strict=True)]


def extend(found: Found, view: View) -> Found:
    """Each over all words of its name."""
    grown = grow(found, view.dialogue)
    return [
        after if (before.start, before.end) == (after.start, after.end) else after.noting("whole names")
        for before, after in zip(found, grown, strict=True)
    ]


def _of_sure(run: Pass, acts_in: Callable[[View], Acts], found: Found, view: View) -> Found:
    """A pass over what will be acted on; doubts stay as they are, and so does what is no more than a part of a word."""
    acts, starts = acts_in(view), [t.start for t in view.dialogue.content]
    judged = [c for c in found if acts(c) and bisect_left(starts, c.start) < bisect_left(starts, c.end)]
    rest = [c for c in found if c not in judged]
    return sorted([*run(judged, view), *rest], key=lambda c: (c.start, c.end))


def as_spans(found: Iterable[Candidate], dialogue: Dialogue) -> Iterator[Span]:
    """By utterance: a candidate over several turns is one span a turn. What has a question is uncertain; what is allowed
    to stay has the action "keep"."""
    for c in found:
        if not c.reason and dialogue.is_only_hinted(c.start, c.end):
            c = replace(c, reason=ONLY_HINTED)
        for turn, low, high in dialogue.pieces(c.start, c.end):
            start, end = _trim(dialogue.turns[turn], low, high)
            if text := dialogue.turns[turn][start:end]:
                yield _as_span(c, turn, start, end, text)


def _as_span(c: Candidate, utterance: int, start: int, end: int, text: str) -> Span:
    return Span(
        utterance,
        start,
        end,
        c.type,
        c.known_tier,
        round(c.score, 3),
        c.found_by,
        text,
        action="keep" if c.allowed else "remove",
        uncertain=bool(c.reason) and not c.allowed,
        reason=c.allowed or c.reason,
        evidence=c.evidence,
    )


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    """Without spaces and punctuation at the ends."""
    while start < end and not text[start].isalnum():
        start += 1
    while end > start and not text[end - 1].isalnum():
        end -= 1
    return start, end


def resolve_spans(spans: Iterable[Span], utterances: Iterable[Utterance]) -> list[Span]:
    """Spans of which none overlaps another, in order of speaking: by the rule of `resolve`. What is replaced settles its
    place before what is only flagged."""
    by_utterance: dict[int, list[Span]] = {}
    for span in spans:
        by_utterance.setdefault(span.utterance, []).append(span)
    return [
        settled
        for index, said in enumerate(utterances)
        if index in by_utterance
        for settled in _settle(by_utterance[index], said.text)
    ]


def _settle(spans: list[Span], text: str) -> list[Span]:
    acting = [s for s in spans if s.action in ("remove", "generalise")]
    replaced = resolve(map(as_candidate, acting), text)
    taken = [(c.start, c.end) for c in replaced]
    flagged = [s for s in spans if s not in acting]
    free = [part for s in flagged for part in left_of(as_candidate(s), taken, text)]
    settled = [_span_of(c, acting, text) for c in replaced]
    settled += [_span_of(c, flagged, text) for c in resolve(free, text)]
    return sorted(settled, key=lambda s: s.start_char)


def _span_of(c: Candidate, spans: Iterable[Span], text: str) -> Span:
    """The place as a span, as sure as the surest of its own kind that was found there."""
    here = [s for s in spans if s.start_char < c.end and c.start < s.end_char and s.type == c.type]
    lead = max(here, key=lambda s: (s.found_by == c.found_by, s.score))
    sure = [s for s in here if not s.uncertain]
    return replace(
        lead,
        start_char=c.start,
        end_char=c.end,
        text=text[c.start : c.end],
        tier=c.known_tier,
        score=c.score,
        uncertain=not sure,
        reason=lead.reason if not sure else sure[0].reason,
        evidence=c.evidence,
    )
