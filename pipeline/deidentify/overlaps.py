"""One span for each stretch of text: overlapping finds become one, and nothing that was found is lost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from pipeline.records import Span, Utterance

_POSSESSIVES = ("'s", "’s")
_ACTS = frozenset(("remove", "generalise"))


def settle(spans: Iterable[Span], utterances: Sequence[Utterance]) -> list[Span]:
    """Spans in order of speaking, none overlapping another.

    What is replaced wins over what is only flagged. Of two replaced ones that overlap, the longer names
    the class and the two become one stretch, so no letter that either found stays in the text.
    """
    by_utterance: dict[int, list[Span]] = defaultdict(list)
    for span in spans:
        if trimmed := trim(span):
            by_utterance[trimmed.utterance].append(trimmed)
    settled: list[Span] = []
    for index in sorted(by_utterance):
        here = by_utterance[index]
        acting = _join((s for s in here if s.action in _ACTS), utterances[index].text)
        flagged = _join(
            (s for s in here if s.action not in _ACTS and not _touches(s, acting)), utterances[index].text
        )
        settled += sorted([*acting, *flagged], key=lambda s: s.start_char)
    return settled


def trim(span: Span) -> Span | None:
    """Without spaces at its ends, and without a possessive: "Tess's" is [Person 1]'s."""
    text = span.text
    start = span.start_char + len(text) - len(text.lstrip())
    text = text.strip()
    if span.type == "PERSON" and text.endswith(_POSSESSIVES) and len(text) > 2:
        text = text[:-2]
    return replace(span, start_char=start, end_char=start + len(text), text=text) if text else None


def _touches(span: Span, others: Sequence[Span]) -> bool:
    return any(span.start_char < o.end_char and o.start_char < span.end_char for o in others)


def _join(spans: Iterable[Span], text: str) -> list[Span]:
    joined: list[Span] = []
    for span in sorted(spans, key=lambda s: (s.start_char, -s.end_char, -s.score, s.type)):
        if joined and span.start_char < joined[-1].end_char:
            joined[-1] = _unite(joined[-1], span, text)
        else:
            joined.append(span)
    return joined


def _unite(a: Span, b: Span, text: str) -> Span:
    lead = max((a, b), key=lambda s: (s.end_char - s.start_char, s.score))
    start, end = min(a.start_char, b.start_char), max(a.end_char, b.end_char)
    sure = [s for s in (a, b) if not s.uncertain]
    return replace(
        lead,
        start_char=start,
        end_char=end,
        text=text[start:end],
        tier="direct" if "direct" in (a.tier, b.tier) else "quasi",
        score=max(a.score, b.score),
        uncertain=not sure,
        reason=lead.reason if not sure else sure[0].reason,
    )
