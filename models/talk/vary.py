"""One dialogue told again with other people: names, places and numbers are swapped, some misheard, punctuation lost.

What is learnt shall be how people speak about each other, not who: so within a dialogue a name becomes another
one throughout, listed, invented, an ordinary word, or what a recogniser makes of it.
"""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence

from bench.deidentify.said_values import STREET_ENDS
from bench.deidentify.say import Maker, number
from models.talk.dialogues import Dialogue, Piece, Turn
from pipeline.language.wordlists import read as words_of

BARE_SHARE = 0.35  # of dialogues without any punctuation
NOISY_SHARE = 0.5  # of dialogues in which words are lost, doubled or misheard that identify nobody
NOISE = 0.01  # of their words each
UNMARKED = re.compile(r"[^\w\s'’]+")
FILLERS = ("um,", "uh,", "er,", "like,", "you know,")
NAME_KINDS = ("given", "sur")
INITIALS = re.compile(r"[A-Z]{2,3}|(?:[A-Z]\.){1,3}|[A-Z]")
ORGANISATION_ENDS = (
    "House", "Clinic", "Surgery", "Medical Centre", "Hospital", "Trust", "School", "College", "Primary", "Academy", "Practice",
    "Group", "Foods", "Motors", "Logistics", "Care", "Pharmacy", "Rovers", "United", "Church", "Hospice", "Lodge", "Ward", "Unit",
    "Centre", "Foundation", "Dental", "Law", "Bakery", "Transport", "Engineering", "High", "Institute", "Union", "Hall",
)  # fmt: skip


class Pools:
    """What values are drawn from: word lists, the dialogues' own marks, spelled-out numbers."""

    def __init__(self, dialogues: Iterable[Dialogue], rng: random.Random) -> None:
        marked: dict[str, Counter[str]] = defaultdict(Counter)
        for piece in (p for d in dialogues for turn in d for p in turn if p.kind):
            marked[piece.kind][piece.text] += 1
        self.marked = {kind: sorted(texts) for kind, texts in marked.items()}
        self.given = sorted(words_of("given_names") | words_of("more_names"))
        self.sur = sorted(words_of("surnames"))
        self.places = sorted(words_of("places"))
        self.countries = sorted(words_of("countries"))
        self.nationalities = sorted(words_of("nationalities"))
        self.jobs = sorted(words_of("occupations"))
        self.plain_names = sorted(words_of("ambiguous_names"))
        self.common = _common_words()
        self.invented = Inventor(self.given + self.sur)
        self.maker = Maker(rng)


def _common_words() -> list[str]:
    """The commonest words of English a name may be misheard as, short ones."""
    from wordfreq import top_n_list

    return [w for w in top_n_list("en", 5000) if w.isalpha() and w.isascii() and 1 < len(w) < 8]


class Inventor:
    """Makes up names that nobody has, letter by letter in the manner of listed ones (trigrams)."""

    def __init__(self, names: Sequence[str]) -> None:
        self._next: dict[str, list[str]] = defaultdict(list)
        for name in names:
            padded = f"^^{name}$"
            for at in range(len(padded) - 2):
                self._next[padded[at : at + 2]].append(padded[at + 2])

    def make(self, rng: random.Random) -> str:
        for _ in range(20):
            made = "^^"
            while not made.endswith("$") and len(made) < 13:
                made += rng.choice(self._next[made[-2:]])
            name = made.strip("^$")
            if len(name) > 2 and name.isalpha():
                return name.capitalize()
        return "Orin"


def vary(dialogue: Dialogue, pools: Pools, rng: random.Random) -> Dialogue:
    """The dialogue with other values; about one in eight stays as it was written."""
    if rng.random() < 0.12:
        swapped = dialogue
    else:
        swap = _Swap(pools, rng)
        swapped = tuple(swap.turn(turn) for turn in dialogue)
    if rng.random() < NOISY_SHARE:
        swapped = tuple(_noised(turn, pools.common, rng) for turn in swapped)
    return tuple(map(_bare, swapped)) if rng.random() < BARE_SHARE else swapped


def _noised(turn: Turn, common: Sequence[str], rng: random.Random) -> Turn:
    """As a recogniser loses, doubles and mishears words."""

    def hear(word: re.Match[str]) -> str:
        chance = rng.random() / NOISE
        doubled = f"{word[0]} {word[0]}"
        return ("", doubled, rng.choice(common))[int(chance)] if chance < 3 else word[0]

    return tuple(p if p.kind else Piece("", re.sub(r"[\w'’]+", hear, p.text)) for p in turn)


def _bare(turn: Turn) -> Turn:
    return tuple(Piece(p.kind, re.sub(r" {2,}", " ", UNMARKED.sub(" ", p.text))) for p in turn)


class _Swap:
    """The other values of one dialogue: what was the same before is the same after."""

    def __init__(self, pools: Pools, rng: random.Random) -> None:
        self._pools, self._rng = pools, rng
        self._names: dict[tuple[str, str], str] = {}
        self._values: dict[tuple[str, str], str] = {}
        self._misheard = rng.random() < 0.15

    def turn(self, turn: Turn) -> Turn:
        return tuple(Piece(p.kind, self._swapped(p)) if p.kind else p for p in turn)

    def _swapped(self, piece: Piece) -> str:
        if piece.kind in NAME_KINDS:
            text = " ".join(self._name(piece.kind, word) for word in piece.text.split())
        else:
            key = (piece.kind, piece.text.lower())
            if key not in self._values:
                self._values[key] = self._value(piece)
            text = self._values[key]
        return self._with_filler(text)

    def _name(self, kind: str, word: str) -> str:
        if self._misheard and self._rng.random() < 0.6:
            return self._mishear()
        key = (kind, word.lower())
        if key not in self._names:
            self._names[key] = self._new_name(kind, word)
        return self._names[key]

    def _mishear(self) -> str:
        """What a recogniser writes for a name it does not know: one or two ordinary words."""
        count = self._rng.choice((1, 1, 1, 2))
        return " ".join(self._rng.choice(self._pools.common) for _ in range(count))

    def _new_name(self, kind: str, word: str) -> str:
        rng, pools = self._rng, self._pools
        chance = rng.random()
        if INITIALS.fullmatch(word):
            return re.sub(r"[A-Z]", lambda _: rng.choice("ABCDEFGHJKLMNPRSTW"), word)
        if chance < 0.15 or len(word) == 1:
            return word
        if chance < 0.30:
            return pools.invented.make(rng)
        if chance < 0.38:
            return rng.choice(pools.plain_names).capitalize()
        if chance < 0.42:
            return rng.choice(pools.common).capitalize()
        if chance < 0.55:
            return rng.choice(pools.marked[kind]).split()[0]
        return rng.choice(pools.given if kind == "given" else pools.sur).title()

    def _value(self, piece: Piece) -> str:
        chance = self._rng.random()
        if chance < 0.25:
            return piece.text
        if chance < 0.55:
            return self._rng.choice(self._pools.marked[piece.kind])
        return self._makers()[piece.kind](piece.text)

    def _makers(self) -> dict[str, Callable[[str], str]]:
        rng, pools, maker = self._rng, self._pools, self._pools.maker
        return {
            "spell": lambda _: rng.choice((", ", " ", "-", ", ")).join(rng.choice(pools.sur)[:9].upper()),
            "place": lambda _: self._place(),
            "country": lambda _: rng.choice(pools.countries).title(),
            "addr": lambda text: self._address(text),
            "post": lambda _: maker.postcode(),
            "org": lambda _: self._organisation(),
            "date": lambda text: maker.date_short() if len(text.split()) > 3 else text,
            "age": lambda text: number(rng.randrange(1, 99)) if len(text.split()) < 3 else text,
            "phone": lambda text: maker.phone() if len(text.split()) > 5 else text,
            "email": lambda _: self._email(),
            "handle": lambda text: text,
            "id": lambda text: self._id(text),
            "nrp": lambda _: rng.choice(pools.nationalities).title(),
            "job": lambda _: rng.choice(pools.jobs),
        }

    def _place(self) -> str:
        if self._rng.random() < 0.3:
            return self._pools.invented.make(self._rng)
        return self._rng.choice(self._pools.places).title()

    def _stem(self) -> str:
        rng, pools = self._rng, self._pools
        lists = (pools.sur, pools.places, pools.given, pools.common, pools.plain_names)
        return rng.choice(rng.choice(lists)).title()

    def _address(self, old: str) -> str:
        street = f"{self._stem()} {self._rng.choice(STREET_ENDS)}"
        has_number = bool(
            re.match(
                r"\d|flat|unit|(?:one|two|three|four|five|six|seven|eight|nine|t\w+ty|\w+teen|ten|eleven|twelve)\b",
                old.lower(),
            )
        )
        return f"{self._pools.maker.house().lower()} {street}" if has_number else street

    def _organisation(self) -> str:
        rng, chance = self._rng, self._rng.random()
        if chance < 0.15:
            return f"the {rng.choice(self._pools.common).capitalize()}"
        if chance < 0.25:
            return " ".join(rng.choice("ABCDEFGHIKLMNOPRSTUW") for _ in range(rng.choice((2, 3, 3, 4))))
        if chance < 0.35:
            return f"{self._stem()} and {self._stem()}"
        if chance < 0.45:
            return self._stem()
        if chance < 0.55:
            return f"Saint {rng.choice(self._pools.given).title()}'s"
        return f"{self._stem()} {rng.choice(ORGANISATION_ENDS)}"

    def _email(self) -> str:
        rng, pools = self._rng, self._pools
        name = f"{rng.choice(pools.given)} {rng.choice(('dot', 'underscore', 'dash', ''))} {rng.choice(pools.sur)}"
        host = rng.choice(("gmail", "outlook", "yahoo", "hotmail", rng.choice(pools.common)))
        return re.sub(
            r" +", " ", f"{name} at {host} dot {rng.choice(('com', 'co dot uk', 'org', 'ac dot nz', 'net'))}"
        )

    def _id(self, old: str) -> str:
        maker, count = self._pools.maker, len(old.split())
        if count < 4:
            return old
        return self._rng.choice((maker.nhs, maker.nhi, maker.passport, maker.account, maker.plate))()

    def _with_filler(self, text: str) -> str:
        words = text.split()
        if len(words) < 2 or self._rng.random() > 0.06:
            return text
        at = self._rng.randrange(1, len(words))
        return " ".join([*words[:at], self._rng.choice(FILLERS), *words[at:]])
