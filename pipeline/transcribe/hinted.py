"""What hints may change: names, and other words only where the sound bears those better. Each window is decoded with hints and without, and settled here.

The names of a roster, given as hints, make a recogniser hear more of them. They also make it write one over other
speech ("oh two seven, triple four" became a participant's name), which is a false statement about a person and a loss
of what was said, and they cost ordinary words far from any name. A word's probability is taken without the hints
(cross-attention alignment reads the text without the prompt), so both hypotheses are measured by the same rule:

- where no name of the hints is involved, the words for which the sound says more stand, and words that one alone has;
- a probable name stands, and gives up no room to more words that were heard without hints;
- a name that the sound does not bear stays where the other hypothesis sounds like it, or where it has nothing and the
  sound makes the name likelier than silence does; elsewhere what was heard without hints stands. A name that stays
  improbable keeps beside it what was heard without hints.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from pipeline.language.similarity import sound_similarity
from pipeline.records import Word

# A hinted word under it must be borne by the other hypothesis, and one that stays is a question: docs/benchmarks/transcribe.md
# says how many right and wrong ones lie under it.
IMPROBABLE = 0.1
ALIKE, SAME = 0.6, 0.9  # how much other words must sound like a name that was written for them
CERTAIN = 0.8  # what was heard this surely without hints gives way only to a name that sounds the same
BEFORE, AFTER = 4, 3  # words of context for a name that was put in
MORE = 1.15  # how many times the words make the hypothesis with hints one cut short by them


Evidence = Callable[[Sequence[Word], Sequence[Word]], float]
"""How much the sound says for the first words instead of the second, beyond what a text's words alone say (nats)."""


def hinted_words(hints: Sequence[str]) -> frozenset[str]:
    """The single words of the hints, bare."""
    return frozenset(b for hint in hints for part in re.split(r"[\s-]+", hint) if (b := bare(part)))


def bare(text: str) -> str:
    """A word without marks, possessive and capitals."""
    return re.sub(r"[^\w]", "", re.sub(r"['’]s$", "", text.strip(".,?!…:;\"'"))).casefold()


def settle(
    with_hints: Sequence[Word], without: Sequence[Word], hinted: frozenset[str], evidence: Evidence
) -> list[Word]:
    """One window's words from both hypotheses, in order.

    Where without hints clearly more was heard, the window was cut short by its hints, and of names only those that
    sound like what stands there stay.
    """
    cut_short = len(without) > MORE * len(with_hints) + 1
    first, second = [[bare(w.text) for w in words] for words in (with_hints, without)]
    settled: list[Word] = []
    for same, a, b, c, d in _stretches(first, second):
        named, other = with_hints[a:b], without[c:d]
        if same or not (named and other):
            around = with_hints[max(0, a - BEFORE) : a], with_hints[b : b + AFTER]
            settled += named if same else [*other, *_names_nobody_else_heard(named, around, hinted, evidence)]
        elif not any(bare(w.text) in hinted for w in named):
            settled += named if _mean_probability(named) >= _mean_probability(other) else other
        elif cut_short or len(other) > len(named) or any(_is_suspect(w, hinted) for w in named):
            settled += _names_put_into(other, named, hinted)
        else:
            settled += named
    return settled


def _mean_probability(words: Sequence[Word]) -> float:
    return sum(w.probability for w in words) / len(words)


def _stretches(first: list[str], second: list[str]) -> list[tuple[bool, int, int, int, int]]:
    """Whether each stretch of both texts is the same, and where it stands in each, in order.

    The least edits (Levenshtein, as word error rates are counted): the longest common run may stand elsewhere where a
    word is said several times, and then what stood before it would be there twice.
    """
    from rapidfuzz.distance import Levenshtein

    stretches: list[tuple[bool, int, int, int, int]] = []
    for step in Levenshtein.opcodes(first, second):
        same = step.tag == "equal"
        if stretches and not same and not stretches[-1][0]:
            _, a, _, c, _ = stretches.pop()
        else:
            a, c = step.src_start, step.dest_start
        stretches.append((same, a, step.src_end, c, step.dest_end))
    return stretches


def _names_put_into(other: Sequence[Word], named: Sequence[Word], hinted: frozenset[str]) -> list[Word]:
    """The words heard without hints, with each name where something like it was heard.

    A name that nothing sounds like goes, unless the sound itself makes it probable.
    """
    kept = list(other)
    for group in _name_groups(named, hinted):
        run = _run_like(group, kept, hinted)
        if run is not None:
            first, last = run
            kept[first:last] = _asked_about(group, kept[first:last], hinted)
        elif not any(_is_suspect(w, hinted) for w in group):
            kept += group
    return sorted(kept, key=lambda w: w.start)


def _names_nobody_else_heard(
    named: Sequence[Word],
    around: tuple[Sequence[Word], Sequence[Word]],
    hinted: frozenset[str],
    evidence: Evidence,
) -> list[Word]:
    """The words heard with hints alone, less improbable names for which the sound does not speak."""
    before, after = around
    kept = list(named)
    for group in _name_groups(named, hinted):
        rest = [w for w in kept if w not in group]
        if any(_is_suspect(w, hinted) for w in group) and (
            evidence([*before, *kept, *after], [*before, *rest, *after]) <= 0
        ):
            kept = rest
    return _asked_about(kept, (), hinted)


def _name_groups(words: Sequence[Word], hinted: frozenset[str]) -> Iterator[list[Word]]:
    """Hinted words that follow each other, together: a first name and a surname."""
    group: list[Word] = []
    for word in words:
        if bare(word.text) in hinted:
            group.append(word)
        elif group:
            yield group
            group = []
    if group:
        yield group


def _run_like(group: Sequence[Word], words: Sequence[Word], hinted: frozenset[str]) -> tuple[int, int] | None:
    """Where among the other words something stands that sounds like the name; the likest place."""
    name = "".join(bare(w.text) for w in group)
    places = [
        (sound_similarity("".join(bare(w.text) for w in words[first:last]), name), first, last)
        for first in range(len(words))
        for last in range(first + 1, min(len(words), first + len(group) + 1) + 1)
        if not any(bare(w.text) in hinted for w in words[first:last])
    ]
    alike, first, last = max(places, default=(0.0, 0, 0))
    sure = min((w.probability for w in words[first:last]), default=1.0)
    return (first, last) if alike >= SAME or (alike >= ALIKE and sure < CERTAIN) else None


def _asked_about(words: Sequence[Word], heard: Sequence[Word], hinted: frozenset[str]) -> list[Word]:
    """The words, improbable names among them marked with what was heard without hints (nothing: an empty text)."""
    text = " ".join(w.text for w in heard)
    return [replace(w, without_hint=text) if _is_suspect(w, hinted) else w for w in words]


def _is_suspect(word: Word, hinted: frozenset[str]) -> bool:
    return word.probability < IMPROBABLE and bare(word.text) in hinted
