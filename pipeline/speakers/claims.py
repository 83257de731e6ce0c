"""What was said about who is who: self-introductions, and who answers when addressed.

Each finding is a `Claim` with a weight: about 4 for "I'm Priya" spelt as in the roster, about 1 for answering when
addressed, below 0 for speaking a name (people call others by name, not themselves). `linking` adds them up.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from pipeline.language.conversation import conversation, is_backchannel
from pipeline.records import Claim, ClaimKind, Turn, Utterance
from pipeline.speakers.introductions import own_names
from pipeline.speakers.namebook import Hit, NameBook, Token, tokens_of
from pipeline.speakers.timeline import overlapped_seconds

_ANSWERED, _ANSWERED_LATER, _THANKED = 1.0, 0.8, 0.6
_SAID_ANOTHERS, _SAID_ANOTHERS_MISHEARD = -1.0, -0.5
_ANSWER_WITHIN_SECONDS = 8.0
_SOON_WORDS, _LATER_WORDS = 6, 30
_THANKS_WORDS = 6  # of a sentence that thanks, before the name; a longer one says something else as well
_OWN_WORDS = 12  # before the name in a whole turn; thanks at the end of a longer one may be for anything
_ENDS = frozenset(".?!")
_OVERLAPPED_INTRODUCTION = 0.5
_ONLY_HINTED_INTRODUCTION = 0.5  # "Wei Zhao.", improbable to a recogniser that was not given the name


@dataclass(frozen=True, slots=True)
class _Said:
    """An utterance with its tokens, the names in it, which of these its speaker gave as its own, and everyday words
    that stand where a name is called and sound like one ("Way, I can see you want to come in")."""

    index: int
    utterance: Utterance
    tokens: tuple[Token, ...] = field(repr=False)
    own: tuple[tuple[Hit, float], ...] = field(repr=False)
    names: tuple[Hit, ...] = field(repr=False)
    sounding: tuple[Hit, ...] = field(repr=False)


def find_claims(utterances: Sequence[Utterance], turns: Sequence[Turn], book: NameBook) -> tuple[Claim, ...]:
    """All claims of a recording; `participant` of each utterance is its local speaker."""
    if not book.forms:
        return ()
    claims: list[Claim] = []
    for index, utterance in enumerate(utterances):
        said = _read(index, utterance, book)
        claims += _introductions(said, turns)
        claims += _mentions(said)
        claims += _addresses(said, utterances)
    return tuple(claims)


def _read(index: int, utterance: Utterance, book: NameBook) -> _Said:
    tokens = tokens_of(utterance)
    own = tuple(own_names(tokens, book))
    taken = {i for hit, _ in own for i in range(hit.first, hit.last + 1)}
    spelt = (h for h in book.spelt(tokens) if not taken & set(range(h.first, h.last + 1)))
    names = tuple(h for h in spelt if not _is_only_hinted(tokens, h))
    sounding = tuple(h for h in book.sounding(tokens) if _set_off(tokens, h) and h.first not in taken)
    return _Said(index, utterance, tokens, own, names, sounding)


def _is_only_hinted(tokens: Sequence[Token], hit: Hit) -> bool:
    """True for a name that was heard only because the recogniser had been given it: weak evidence of who is who."""
    return any(t.word.without_hint is not None for t in tokens[hit.first : hit.last + 1])


def _set_off(tokens: Sequence[Token], hit: Hit) -> bool:
    """True for a word between two marks (or the utterance's ends) that is no "right" or "well"."""
    alone = (hit.first == 0 or tokens[hit.first - 1].closes) and tokens[hit.last].closes
    return alone and tokens[hit.first].spoken not in conversation().openers | conversation().listening


def _introductions(said: _Said, turns: Sequence[Turn]) -> Iterator[Claim]:
    for hit, weight in said.own:
        first, last = said.tokens[hit.first].word, said.tokens[hit.last].word
        others = [t for t in turns if t.speaker != said.utterance.participant]
        shared = overlapped_seconds(first.start, last.end, others)
        if shared > (last.end - first.start) / 2:  # somebody else may have said it
            weight *= _OVERLAPPED_INTRODUCTION
        if _is_only_hinted(said.tokens, hit):
            weight *= _ONLY_HINTED_INTRODUCTION
        yield _claim(said.utterance.participant, hit, "introduced", first.start, weight)


# --- others' names --------------------------------------------------------------------------------


def _mentions(said: _Said) -> Iterator[Claim]:
    """Who says a name is somebody else (spelt-out e-mail addresses, and one's own name said again, aside)."""
    own = {hit.code for hit, _ in said.own}
    for hit in said.names:
        if hit.code in own:
            continue
        around = said.tokens[max(0, hit.first - 1) : hit.last + 2]
        if any(t.norm in {"dot", "at"} or "@" in t.raw or "." in t.raw.rstrip(".?!,;:") for t in around):
            continue
        weight = _SAID_ANOTHERS if hit.exact else _SAID_ANOTHERS_MISHEARD
        yield _claim(said.utterance.participant, hit, "named", said.tokens[hit.first].word.start, weight)


def _addresses(said: _Said, utterances: Sequence[Utterance]) -> Iterator[Claim]:
    """The last person addressed in an utterance answers next; one thanked spoke before."""
    called = [h for h in said.names if _is_address(said.tokens, h)]
    called = sorted((*called, *said.sounding), key=lambda h: h.first)
    if not called:
        return
    last = called[-1]
    after, before = len(said.tokens) - 1 - last.last, _sentence_before(said.tokens, last.first)
    answering, previous = _answering(said, utterances), _previous(said, utterances)
    at = said.tokens[last.first].word.start
    near = before if len(before) <= _THANKS_WORDS else before[-2:]
    thanked = _holds(near, conversation().thanks)
    if thanked and after <= 2:
        if previous and len(called) == 1 and len(before) <= _THANKS_WORDS and last.first <= _OWN_WORDS:
            yield _claim(previous, last, "thanked", at, _THANKED * last.likeness)
    elif answering and (weight := _answer_weight(said, last)):
        yield _claim(answering, last, "answered", at, weight * last.likeness * (0.5 if thanked else 1.0))


def _sentence_before(tokens: Sequence[Token], position: int) -> Sequence[Token]:
    """The words of the same sentence before a position: "Thank you very much" of "Lovely. Thank you very much, Dov."."""
    first = position
    while first and tokens[first - 1].raw[-1:] not in _ENDS:
        first -= 1
    return tokens[first:position]


def _answer_weight(said: _Said, called: Hit) -> float:
    """By how many words come behind the name; 0 where all are spoken to."""
    behind = said.tokens[called.last + 1 :]
    if _holds(behind, conversation().spoken_to_all):
        return 0.0
    if len(behind) <= _SOON_WORDS:
        return _ANSWERED
    late = len(behind) <= _LATER_WORDS and _holds(said.tokens, conversation().spoken_to)
    return _ANSWERED_LATER if late else 0.0


def _holds(tokens: Sequence[Token], words: Collection[str]) -> bool:
    return any(t.spoken in words for t in tokens)


def _is_address(tokens: Sequence[Token], hit: Hit) -> bool:
    """True for a name used to call somebody: set off by marks, opening a request, or closing a question."""
    if tokens[hit.last].possessive:
        return False
    opens_phrase = _since_mark_only_openers(tokens, hit.first)
    closes_phrase = tokens[hit.last].closes or hit.last + 1 == len(tokens)
    following = tokens[hit.last + 1].spoken if hit.last + 1 < len(tokens) else ""
    if opens_phrase and (closes_phrase or following in conversation().requests):
        return True
    before = tuple(t.spoken for t in tokens[max(0, hit.first - 2) : hit.first])
    if any(before[-len(cue) :] == cue for cue in conversation().invitations):
        return True
    spoken_to = any(t.spoken in conversation().spoken_to for t in tokens[max(0, hit.first - 8) : hit.first])
    return closes_phrase and spoken_to and not set(before[-1:]) & conversation().spoken_of


def _since_mark_only_openers(tokens: Sequence[Token], position: int) -> bool:
    """True when at most "right", "so", "thank you" and the like stand between the last mark and `position`."""
    while position > 0 and not tokens[position - 1].closes:
        position -= 1
        if tokens[position].spoken not in conversation().openers:
            return False
    return True


def _answering(said: _Said, utterances: Sequence[Utterance]) -> str | None:
    """Who takes the turn next: the first other speaker with more than a listener's noise."""
    noise: str | None = None
    for later in utterances[said.index + 1 :]:
        if later.start - said.utterance.end > _ANSWER_WITHIN_SECONDS:
            break
        if later.end < said.utterance.end - 1.0:
            continue  # said while the address was still to come
        if later.participant == said.utterance.participant:
            break
        if not is_backchannel(later.text):
            return later.participant
        noise = noise or later.participant
    return noise


def _previous(said: _Said, utterances: Sequence[Utterance]) -> str | None:
    for earlier in reversed(utterances[: said.index]):
        if said.utterance.start - earlier.end > _ANSWER_WITHIN_SECONDS:
            return None
        if earlier.participant != said.utterance.participant and not is_backchannel(earlier.text):
            return earlier.participant
    return None


def _claim(speaker: str, hit: Hit, kind: ClaimKind, at: float, weight: float) -> Claim:
    return Claim(speaker, hit.code, kind, round(at, 2), round(weight, 3))
