"""Build config/words/{given_names,surnames,countries}.txt from Faker's provider lists (MIT).

    python -m bench.deidentify.words_from_faker

Only names written in Latin letters are taken, in lower case, one a line, a tab and then f, m or fm for
given names. Run it again after a new Faker; the lists we wrote ourselves lie beside them and stay.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

WORDS = Path(__file__).resolve().parents[2] / "config" / "words"
LATIN = re.compile(r"[a-zà-öø-ÿāēīōūăđĕĭłńőœřśşšţťůźżžčćğęąňŏșț'’ʻ-]+$")
HEADER = (
    "# {what}, from Faker {version}'s provider lists (MIT), built by bench/deidentify/words_from_faker.py\n"
)
# Where the ranks mislead (code, file names and German in the vocabulary's sources), by hand.
NAMES_FIRST = {
    "ben",
    "sam",
    "max",
    "nick",
    "roy",
    "ruth",
    "tim",
    "todd",
    "vic",
    "mel",
    "ed",
    "ali",
    "liz",
    "phil",
    "levy",
    "von",
}
WORDS_TOO = {
    "frank",
    "dean",
    "rob",
    "sue",
    "bill",
    "jack",
    "heather",
    "hazel",
    "ivy",
    "lily",
    "daisy",
    "robin",
    "sandy",
    "victor",
    "pearl",
    "hunter",
    "mason",
    "earl",
    "duke",
    "king",
    "queen",
    "prince",
    "princess",
    "pope",
    "lord",
    "saint",
    "mars",
    "venus",
    "easter",
    "christian",
    "sunday",
    "saturday",
    "friday",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "january",
    "february",
    "april",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "north",
    "south",
    "east",
    "west",
    "fox",
    "wolf",
    "baker",
    "butler",
    "parker",
    "potter",
    "miller",
    "mills",
    "brooks",
    "moore",
    "holmes",
    "singer",
    "turkey",
    "china",
    "india",
    "america",
    "spain",
    "france",
    "chase",
    "miles",
    "ray",
    "ham",
    "oak",
    "owen",
    "colin's",
    "jean",
    "ma",
    "pa",
    "major",
    "sergeant",
    "english",
    "french",
    "german",
    "roman",
    "muslim",
    "arab",
    "nan",
    "nana",
    "aunty",
    "auntie",
    "uncle",
    "gran",
    "grandma",
    "grandad",
    "dad",
    "mum",
    "mom",
    "hui",
    "mana",
    "tangi",
    "kai",
    "koha",
    "haka",
    "eve",
    "rocky",
    "sonny",
    "honey",
    "angel",
    "peg",
    "skip",
    "woody",
    "ash",
    "bay",
    "berry",
    "bird",
    "boy",
    "buddy",
    "burn",
    "case",
    "cherry",
    "clay",
    "cloud",
}
NOT_NAMES = {"and", "the", "of", "de", "la", "do", "dr", "mr", "mrs", "miss", "ms"}


def clean(names: Iterable[object]) -> set[str]:
    """Lower-cased single words in Latin letters, at least two long."""
    found = set()
    for name in names:
        for part in str(name).lower().split():
            part = unicodedata.normalize("NFC", part)
            if len(part) > 1 and LATIN.match(part) and part not in NOT_NAMES:
                found.add(part)
    return found


def collect() -> dict[str, set[str]]:
    """Names by kind over every locale of Faker."""
    import faker.providers.person as person

    lists: dict[str, set[str]] = {"f": set(), "m": set(), "fm": set(), "last": set()}
    for module in sorted(m.name for m in pkgutil.iter_modules(person.__path__) if m.ispkg):
        provider = importlib.import_module(f"{person.__name__}.{module}").Provider
        for attribute in dir(provider):
            key = kind_of(attribute)
            value = getattr(provider, attribute)
            if key and isinstance(value, Iterable):
                lists[key] |= clean(value)
    return lists


def kind_of(attribute: str) -> str:
    """Which list a provider's attribute belongs to; empty for formats and the rest."""
    if (
        attribute.startswith("_")
        or "name" not in attribute
        or "language" in attribute
        or "format" in attribute
    ):
        return ""
    if "last" in attribute:
        return "last"
    if "first" not in attribute:
        return ""
    return "f" if "female" in attribute else "m" if "male" in attribute else "fm"


def write(name: str, what: str, lines: Iterable[str]) -> None:
    from faker import VERSION

    text = HEADER.format(what=what, version=VERSION) + "".join(line + "\n" for line in sorted(lines))
    (WORDS / name).write_text(text, encoding="utf-8")


def ambiguous(names: Iterable[str]) -> set[str]:
    """Names that stand in lower case about as often as capitalised.

    A byte-pair vocabulary is ordered by how often its merges occur, so the ranks of " mark" and " Mark" in
    Whisper's (GPT-2's) say which is the commoner; a name without a lower-case entry is no common word.
    """
    from wordfreq import zipf_frequency

    from pipeline.models.store import find

    pieces = (find("whisper-tiny.en") / "vocabulary.txt").read_text(encoding="utf-8").splitlines()
    rank = {piece: n for n, piece in enumerate(pieces)}
    found = set()
    for name in names:
        low, high = rank.get("Ġ" + name), rank.get("Ġ" + name.capitalize(), len(rank))
        if low is not None and low < 2 * high and zipf_frequency(name, "en") >= 3.0:
            found.add(name)
    return found - NAMES_FIRST | WORDS_TOO


def own_names() -> set[str]:
    """The names we added ourselves."""
    lines = (WORDS / "more_names.txt").read_text(encoding="utf-8").splitlines()
    return clean(line for line in lines if not line.startswith("#"))


def main() -> None:
    from faker.providers.address.en import Provider

    lists = collect()
    given = lists["f"] | lists["m"] | lists["fm"]
    sex = {n: ("f" if n in lists["f"] else "") + ("m" if n in lists["m"] else "") or "fm" for n in given}
    write("given_names.txt", "Given names of many countries", (f"{n}\t{sex[n]}" for n in given))
    write("surnames.txt", "Surnames of many countries", lists["last"])
    write(
        "ambiguous_names.txt",
        "Names that are ordinary words too",
        ambiguous(given | lists["last"] | own_names()),
    )
    write("countries.txt", "Countries", (c.lower() for c in Provider.countries))


if __name__ == "__main__":
    main()
