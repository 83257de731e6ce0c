"""Written sentences (presidio-research's synthetic data set): ours beside Presidio's default, same run.

    python -m bench.deidentify.written --data DATA [--limit N]

Counts entities by whether every letter and digit is covered, and spans that touch an entity. Of the set's
types those count that name a person or lead to one; titles, and dates and times that stand alone, do not.
"""

from __future__ import annotations

import argparse
import json
from typing import Any

from bench.deidentify.detect import Finder, ours, presidio
from bench.deidentify.score import Tally
from bench.small import add_data, data_of
from pipeline.records import Utterance

TYPES = {
    "PERSON", "STREET_ADDRESS", "GPE", "ORGANIZATION", "CREDIT_CARD", "PHONE_NUMBER", "AGE", "NRP", "EMAIL_ADDRESS", "ZIP_CODE",
    "DOMAIN_NAME", "IBAN_CODE", "US_SSN", "IP_ADDRESS", "US_DRIVER_LICENSE",
}  # fmt: skip
# Presidio's types that stand for none of the above.
NOT_COMPARED = {"DATE_TIME", "DATE", "PROFESSION", "CONDITION", "EVENT", "RELATIONSHIP"}


def score(rows: list[dict[str, Any]], find: Finder) -> Tally:
    """One tally over all sentences, each a transcript of one turn."""
    tally = Tally()
    for n, row in enumerate(rows):
        text = row["full_text"].replace("\n", " ")
        gold = [
            {
                "utterance": 0,
                "start_char": s["start_position"],
                "end_char": s["end_position"],
                "text": s["entity_value"],
                "type": s["entity_type"],
                "tier": "direct" if s["entity_type"] in TYPES else "other",
            }
            for s in row["spans"]
        ]
        found = [f for f in find([Utterance("S1", 0.0, 1.0, text)], None) if f[3] not in NOT_COMPARED]
        tally.add([text], gold, found, str(n))
    return tally


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_data(p)
    p.add_argument("--limit", type=int, default=1500)
    a = p.parse_args()
    data = data_of(a)
    rows = json.loads((data / "written" / "synth_dataset_v2.json").read_text(encoding="utf-8"))[: a.limit]
    for name, find in (("ours", ours("balanced")), ("presidio", presidio())):
        figures = score(rows, find).figures()
        r, p_ = figures["recall_touched"], figures["precision"]
        print(f"== {name}: F1 {2 * r * p_ / max(r + p_, 1e-9):.4f}\n{json.dumps(figures, indent=1)}")


if __name__ == "__main__":
    main()
