"""What was said about who is who: self-introductions, and who answers when addressed.

Each finding is a `Claim` with a weight: about 4 for "I'm Priya" spelt as in the roster, about 1 for answering when
addressed, below 0 for speaking a name (people call others by name, not themselves). `linking` adds them up.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pipeline.records import Claim, ClaimKind, Turn, Utterance
from pipeline.speakers.backchannels import is_backchannel
from pipeline.speakers.namebook import Hit, NameBook, Token, tokens_of
from pipeline.speakers.timeline import overlapped_seconds

INTRODUCED, FULL_NAME_OPENS, NAME_ALONE = 4.0, 3.2, 1.5
_ANSWERED, _ANSWERED_LATER, _THANKED = 1.0, 0.8, 0.6
_SAID_ANOTHERS, _SAID_ANOTHERS_MISHEARD = -1.0, -0.5
_ANSWER_WITHIN_SECONDS = 8.0
_SOON_WORDS, _LATER_WORDS = 6, 30
_OVERLAPPED_INTRODUCTION = 0.5

# Words after which one's own name is due, and where in an utterance they must stand.
CUES = (
    ("im",), ("i", "am"), ("my", "name", "is"), ("my", "names"), ("name", "is"), ("the", "names"),
    ("im", "called"), ("call", "me"), ("i", "go", "by"), ("me", "im"),
)  # fmt: skip
_OPENING_CUES = (("this", "is"), ("its",), ("it", "is"), ("am",), ("ko",), ("name",))
_FILLERS = frozenset("um uh er erm ah a arm oh doctor dr just actually also".split())
_OPENERS = frozenset(
    "okay ok right so now yes yeah yep no good all well thanks thank you sorry um uh er oh and but lovely great hi hello"
    " hey kia ora morning afternoon evening everyone everybody sure cool thats then alright perfect fine hm mm".split()
)
_TO_YOU = frozenset(
    "you your youre youve youd yours can could would will do did are have what whats how hows why where when who shall"
    " come go get tell say take sit hold give carry start please quickly welcome over any anything if maybe want".split()
)
_THANKS = frozenset("thanks thank cheers ta".split())
_TALKED_TO = frozenset("you your youre youve youd yours thanks thank please welcome".split())
_TO_ALL = frozenset("everyone everybody anyone anybody lot group others rest folks guys".split())
_INVITING = (("over", "to"), ("hear", "from"), ("back", "to"), ("turn", "to"), ("bring",))


@dataclass(frozen=True, slots=True)
class _Said:
    """An utterance with its tokens, the names in it, and which of these its speaker gave as its own."""

    index: int
    utterance: Utterance
    tokens: tuple[Token, ...] = field(repr=False)
    own: tuple[tuple[Hit, float], ...] = field(repr=False)
    names: tuple[Hit, ...] = field(repr=False)


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
    own = tuple(_own_names(tokens, book))
    taken = {i for hit, _ in own for i in range(hit.first, hit.last + 1)}
    names = tuple(h for h in book.spelt(tokens) if not taken & set(range(h.first, h.last + 1)))
    return _Said(index, utterance, tokens, own, names)


# --- one's own name -------------------------------------------------------------------------------


def _own_names(tokens: Sequence[Token], book: NameBook) -> Iterator[tuple[Hit, float]]:
    """Names the speaker gives as its own, with the weight of each place."""
    taken = -1
    for position in range(len(tokens)):
        if position <= taken:
            continue
        found = _after_cue(tokens, position, book) or _before_cue(tokens, position, book)
        if found:
            taken = found[0].last
            yield found
    if taken < 0 and (opening := _opening_name(tokens, book)):
        yield opening


def _after_cue(tokens: Sequence[Token], position: int, book: NameBook) -> tuple[Hit, float] | None:
    """A name right after "I'm", "my name is" ...; a filler may stand between."""
    cues = CUES + (_OPENING_CUES if opens(tokens, position) else ())
    for cue in cues:
        if tuple(t.norm for t in tokens[position : position + len(cue)]) != cue:
            continue
        for start in _name_starts(tokens, position + len(cue)):
            hit = book.heard(tokens, start)
            if hit and not tokens[hit.last].possessive:
                return hit, INTRODUCED * _certainty(hit)
    return None


def _name_starts(tokens: Sequence[Token], start: int) -> Iterator[int]:
    yield start
    while start < len(tokens) and tokens[start].norm in _FILLERS:
        start += 1
        yield start


def _before_cue(tokens: Sequence[Token], position: int, book: NameBook) -> tuple[Hit, float] | None:
    """A name before "here", "speaking" or "is fine"."""
    hit = book.heard(tokens, position)
    if not hit or hit.last + 1 >= len(tokens):
        return None
    after = tokens[hit.last + 1]
    rest = tuple(t.norm for t in tokens[hit.last + 1 : hit.last + 3])
    here = after.norm in {"here", "speaking"} and (after.closes or hit.last + 2 == len(tokens))
    if (here and opens(tokens, position)) or rest == ("is", "fine"):
        return hit, INTRODUCED * _certainty(hit)
    return None


def _opening_name(tokens: Sequence[Token], book: NameBook) -> tuple[Hit, float] | None:
    """A full name that opens an utterance as its own phrase: "Tom Whitcombe. Most people call me ..."."""
    for position in range(min(3, len(tokens))):
        if not opens(tokens, position) and position != 1:
            continue
        hit = book.heard(tokens, position, full_only=True)
        if hit is None or tokens[hit.last].asks or tokens[hit.last].possessive:
            continue
        after = tokens[hit.last + 1] if hit.last + 1 < len(tokens) else None
        if after is None:
            return hit, NAME_ALONE * _certainty(hit)
        if tokens[hit.last].closes or after.raw[:1].isupper() or after.norm in {"i", "im", "and", "um"}:
            return hit, FULL_NAME_OPENS * _certainty(hit)
    return None


def opens(tokens: Sequence[Token], position: int) -> bool:
    """True at the start of an utterance, after greetings and fillers at most."""
    return position <= 4 and all(t.norm in _OPENERS or t.norm in _FILLERS for t in tokens[:position])


def _certainty(hit: Hit) -> float:
    """1 for a name spelt right, less the less alike it sounds; two names together are safer than one."""
    if hit.exact:
        return 1.0
    return hit.likeness if hit.full else max(0.0, 2 * hit.likeness - 1)


def _introductions(said: _Said, turns: Sequence[Turn]) -> Iterator[Claim]:
    for hit, weight in said.own:
        first, last = said.tokens[hit.first].word, said.tokens[hit.last].word
        others = [t for t in turns if t.speaker != said.utterance.participant]
        shared = overlapped_seconds(first.start, last.end, others)
        if shared > (last.end - first.start) / 2:  # somebody else may have said it
            weight *= _OVERLAPPED_INTRODUCTION
        yield _claim(said.utterance.participant, hit, "introduced", first.start, weight)


# --- others' names --------------------------------------------------------------------------------


def _mentions(said: _Said) -> Iterator[Claim]:
    """Who says a name is somebody else (spelt-out e-mail addresses, and one's own name said again, aside)."""
    own = {hit.code for hit, _ in said.own}
    for hit in said.names:
        if hit.code in own:
            continue
        around = said.tokens[max(0, hit.first - 1) : hit.last + 2]
        if any(t.norm in {"dot", "at"} or "@" in t.raw or "." in t.raw[:-1] for t in around):
            continue
        weight = _SAID_ANOTHERS if hit.exact else _SAID_ANOTHERS_MISHEARD
        yield _claim(said.utterance.participant, hit, "named", said.tokens[hit.first].word.start, weight)


def _addresses(said: _Said, utterances: Sequence[Utterance]) -> Iterator[Claim]:
    """The last person addressed in an utterance answers next; one thanked spoke before."""
    called = [h for h in said.names if _is_address(said.tokens, h)]
    if not called:
        return
    last = called[-1]
    after, before = len(said.tokens) - 1 - last.last, last.first
    answering, previous = _answering(said, utterances), _previous(said, utterances)
    at = said.tokens[last.first].word.start
    thanked = any(t.norm in _THANKS for t in said.tokens[max(0, last.first - 2) : last.first])
    if thanked and after <= 2:
        if previous and len(called) == 1 and before <= 4:
            yield _claim(previous, last, "thanked", at, _THANKED * last.likeness)
    elif answering and not any(t.norm in _TO_ALL for t in said.tokens[last.last + 1 :]):
        talked_to = any(t.norm in _TALKED_TO for t in said.tokens)
        weight = (
            _ANSWERED
            if after <= _SOON_WORDS
            else _ANSWERED_LATER
            if after <= _LATER_WORDS and talked_to
            else 0.0
        )
        if weight:
            yield _claim(answering, last, "answered", at, weight * last.likeness * (0.5 if thanked else 1.0))


def _is_address(tokens: Sequence[Token], hit: Hit) -> bool:
    """True for a name used to call somebody: set off by marks, opening a request, or closing a question."""
    if tokens[hit.last].possessive:
        return False
    opens_phrase = (
        hit.first == 0 or tokens[hit.first - 1].closes or _since_mark_only_openers(tokens, hit.first)
    )
    closes_phrase = tokens[hit.last].closes or hit.last + 1 == len(tokens)
    following = tokens[hit.last + 1].norm if hit.last + 1 < len(tokens) else ""
    if opens_phrase and (closes_phrase or following in _TO_YOU):
        return True
    before = tuple(t.norm for t in tokens[max(0, hit.first - 2) : hit.first])
    if any(before[-len(cue) :] == cue for cue in _INVITING):
        return True
    spoken_to = any(t.norm in _TALKED_TO for t in tokens[max(0, hit.first - 8) : hit.first])
    return (
        closes_phrase
        and spoken_to
        and before[-1:] not in (("for",), ("to",), ("of",), ("with",), ("and",), ("about",))
    )


def _since_mark_only_openers(tokens: Sequence[Token], position: int) -> bool:
    """True when only "right", "so", "thank you" and the like stand between the last mark and `position`."""
    while position > 0 and not tokens[position - 1].closes:
        position -= 1
        if tokens[position].norm not in _OPENERS:
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
