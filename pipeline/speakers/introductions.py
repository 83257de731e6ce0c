"""Names that speakers give as their own: "I'm Priya", "Tom here", a full name that opens an utterance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.language.conversation import conversation
from pipeline.speakers.namebook import LONGEST_NAME_WORDS, Hit, NameBook, Token

_TWICE_WITHIN_WORDS = 8
# How much each place weighs for a name spelt as in the roster.
INTRODUCED, FULL_NAME_OPENS, PRESENTED, NAME_IS_FINE, NAME_ALONE = 4.0, 3.2, 2.4, 2.0, 1.5
FIRST_NAME_ALONE = 1.0
_SURELY_HEARD = 0.85


def own_names(tokens: Sequence[Token], book: NameBook) -> Iterator[tuple[Hit, float]]:
    """Names the speaker gives as its own, with the weight of each place."""
    places_of_names = [_opening_name(tokens, book), _said_twice(tokens, book), _greeting_name(tokens, book)]
    places_of_names += _standing_alone(tokens, book)
    places_of_names += [
        _after_cue(tokens, i, book) or _before_cue(tokens, i, book) for i in range(len(tokens))
    ]
    found = _without_guesses([f for f in places_of_names if f])
    taken: set[int] = set()
    for hit, weight in sorted(found, key=lambda f: (-f[1], f[0].first)):
        places = set(range(hit.first, hit.last + 1))
        if not places & taken:
            taken |= places
            yield hit, weight


def _without_guesses(found: list[tuple[Hit, float]]) -> list[tuple[Hit, float]]:
    """Who gives a full name spelt right gives no other: what only sounds like another's name is left out."""
    full = {hit.code for hit, _ in found if hit.exact and hit.full}
    return [(hit, weight) for hit, weight in found if hit.exact or not full or hit.code in full]


def _said_twice(tokens: Sequence[Token], book: NameBook) -> tuple[Hit, float] | None:
    """A first name and at once the full name, near the start: "Hi, um, Priya. Priya Raman."."""
    for position in range(1, min(_TWICE_WITHIN_WORDS, len(tokens))):
        hit = book.heard(tokens, position, full_only=True)
        if hit is None or not hit.exact or tokens[hit.last].asks or tokens[hit.last].possessive:
            continue
        own = book.names_of(hit.code)
        after = tokens[hit.last + 1].spoken if hit.last + 1 < len(tokens) else ""
        if (
            tokens[position - 1].norm in own
            and tokens[hit.last].closes
            and after not in conversation().requests
        ):
            return hit, FULL_NAME_OPENS
    return None


def _standing_alone(tokens: Sequence[Token], book: NameBook) -> list[tuple[Hit, float]]:
    """A full name as a phrase of its own, further on: "I'll start. Kez Obuya. Keziah on the form.".

    Two people's names so are a roll-call, and nobody's own.
    """
    found = []
    for position in range(1, len(tokens)):
        if not tokens[position - 1].closes:
            continue
        hit = book.heard(tokens, position, full_only=True)
        if hit and hit.certainty >= _SURELY_HEARD and _closes_calmly(tokens, hit):
            again = _said_again(tokens, hit, book)
            found.append((hit, (FULL_NAME_OPENS if again else NAME_ALONE) * hit.certainty))
    return found if len({hit.code for hit, _ in found}) == 1 else []


def _closes_calmly(tokens: Sequence[Token], hit: Hit) -> bool:
    """True for a name that ends a phrase without a question or a request after it, and without thanks before it."""
    last, after = tokens[hit.last], tokens[hit.last + 1 : hit.last + 2]
    thanked = any(t.spoken in conversation().thanks for t in tokens[max(0, hit.first - 2) : hit.first])
    called = any(t.spoken in conversation().requests for t in after)
    return last.closes and not (last.asks or last.possessive or thanked or called)


def _said_again(tokens: Sequence[Token], hit: Hit, book: NameBook) -> bool:
    """True where the person's other name follows at once: "Kez Obuya. Keziah on the form", "... Kez, please"."""
    at = hit.last + 1
    if at >= len(tokens) or tokens[at].possessive or tokens[at].norm not in book.names_of(hit.code):
        return False
    after = tokens[at + 1].spoken if at + 1 < len(tokens) else ""
    return after in conversation().goes_by or (tokens[at].closes and after not in conversation().requests)


def _greeting_name(tokens: Sequence[Token], book: NameBook) -> tuple[Hit, float] | None:
    """A first name alone after a greeting, and then other talk: "Hello. Keziah. I look after ...". Only a hint."""
    for position in range(1, min(3, len(tokens) - 1)):
        hit = book.heard(tokens, position)
        greeted = all(t.spoken in conversation().greetings for t in tokens[:position])
        if hit and hit.exact and greeted and tokens[position - 1].closes and _closes_calmly(tokens, hit):
            spoken_to = any(t.spoken in conversation().spoken_to for t in tokens)
            return None if spoken_to or hit.last + 1 == len(tokens) else (hit, FIRST_NAME_ALONE)
    return None


def _after_cue(tokens: Sequence[Token], position: int, book: NameBook) -> tuple[Hit, float] | None:
    """A name right after "I'm", "my name is" ...; a filler may stand between."""
    cues = dict.fromkeys(conversation().introductions, INTRODUCED)
    if opens(tokens, position):
        cues |= dict.fromkeys(conversation().opening_introductions, INTRODUCED)
        cues |= dict.fromkeys(conversation().presentations, PRESENTED)
    for cue, weight in cues.items():
        if not _matches(tokens, position, cue):
            continue
        heard = [book.heard(tokens, start) for start in _name_starts(tokens, position + len(cue))]
        fitting = [h for h in heard if h and not tokens[h.last].possessive and not _denied(tokens, h)]
        if fitting:
            best = max(fitting, key=lambda h: h.certainty)
            return best, weight * best.certainty
    return None


def _denied(tokens: Sequence[Token], hit: Hit) -> bool:
    """True for "I'm not Dov", "I'm with Dov"."""
    return any(t.spoken in conversation().not_own for t in tokens[hit.first : hit.last])


def _name_starts(tokens: Sequence[Token], start: int) -> Iterator[int]:
    yield start
    while start < len(tokens) and tokens[start].spoken in conversation().fillers:
        start += 1
        yield start


def _before_cue(tokens: Sequence[Token], position: int, book: NameBook) -> tuple[Hit, float] | None:
    """A name before "here", "speaking" (both closing an opening phrase) or "is fine"."""
    for length in range(1, LONGEST_NAME_WORDS + 1):
        cue = next((c for c in conversation().after_own_name if _matches(tokens, position + length, c)), None)
        if cue is None:
            continue
        hit = book.heard(tokens, position)
        end = position + length + len(cue)
        closing = end == len(tokens) or tokens[end - 1].closes
        if (
            hit
            and hit.last == position + length - 1
            and closing
            and (len(cue) > 1 or opens(tokens, position))
        ):
            return hit, (NAME_IS_FINE if len(cue) > 1 else INTRODUCED) * hit.certainty
    return None


def _matches(tokens: Sequence[Token], start: int, phrase: tuple[str, ...]) -> bool:
    return tuple(t.spoken for t in tokens[start : start + len(phrase)]) == phrase


def _opening_name(tokens: Sequence[Token], book: NameBook) -> tuple[Hit, float] | None:
    """A full name that opens an utterance as its own phrase: "Tom Whitcombe. Most people call me ..."."""
    for position in range(min(3, len(tokens))):
        hit = book.heard(tokens, position, full_only=True)
        if hit is None or tokens[hit.last].asks or tokens[hit.last].possessive:
            continue
        if not all(_leads_in(t, hit, book) for t in tokens[:position]):
            continue
        after = tokens[hit.last + 1] if hit.last + 1 < len(tokens) else None
        if after is None:
            return hit, NAME_ALONE * hit.certainty
        if after.spoken in conversation().requests:  # "Tom Whitcombe, what do you think?" calls somebody
            return None
        if tokens[hit.last].closes or after.raw[:1].isupper() or after.norm in {"i", "im", "and", "um"}:
            return hit, FULL_NAME_OPENS * hit.certainty
    return None


def _leads_in(token: Token, hit: Hit, book: NameBook) -> bool:
    """True for what may stand before one's own name: "Um, and Tom. Tom Whitcombe." (but not "Thanks, ...")."""
    leads = conversation().fillers | conversation().listening | {"and", "so", "hi", "hello"}
    return token.spoken in leads or token.norm in book.names_of(hit.code)


def opens(tokens: Sequence[Token], position: int) -> bool:
    """True at the start of an utterance, after greetings and fillers at most."""
    return position <= 6 and all(
        t.spoken in conversation().openers or t.spoken in conversation().fillers for t in tokens[:position]
    )
