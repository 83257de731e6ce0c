"""Build config/words/surrogates.txt from Faker's provider lists (MIT): names to stand in for real ones.

    python -m bench.deidentify.surrogates_from_faker

A line is an origin, a kind (f and m for given names, s for surnames) and names, parted by tabs and spaces.
Only single words in Latin letters are taken, at most MOST of a kind, evenly over the provider's list.
config/words/surrogates_own.txt, written by hand, adds origins that Faker lacks.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterable
from pathlib import Path

WORDS = Path(__file__).resolve().parents[2] / "config" / "words"
ORIGINS = {
    "british": ("en_GB",), "irish": ("en_IE",), "indian": ("en_IN",), "african": ("yo_NG", "tw_GH", "en_NG"),
    "hausa": ("ha_NG",), "zulu": ("zu_ZA",), "spanish": ("es_ES",), "italian": ("it_IT",), "german": ("de_DE",),
    "french": ("fr_FR",), "dutch": ("nl_NL",), "turkish": ("tr_TR",), "indonesian": ("id_ID",),
}  # fmt: skip
KINDS = {"f": "first_names_female", "m": "first_names_male", "s": "last_names"}
LATIN = re.compile(r"[A-ZÀ-Þ][a-zà-ÿ]{2,}$")
MOST = 120


def some(names: Iterable[str]) -> list[str]:
    """At most MOST names, evenly over the list, in its order."""
    good = list(dict.fromkeys(n for n in names if LATIN.match(n)))
    step = max(1, len(good) / MOST)
    return [good[int(i * step)] for i in range(min(MOST, len(good)))]


def main() -> None:
    import faker

    lines = [
        f"# Names to stand in for real ones, from Faker {faker.VERSION} (MIT), by bench/deidentify/surrogates_from_faker.py"
    ]
    for origin, locales in ORIGINS.items():
        providers = [importlib.import_module(f"faker.providers.person.{loc}").Provider for loc in locales]
        for kind, attribute in KINDS.items():
            names = some(n for p in providers for n in getattr(p, attribute, ()))
            lines.append(f"{origin}\t{kind}\t{' '.join(names)}")
    (WORDS / "surrogates.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
