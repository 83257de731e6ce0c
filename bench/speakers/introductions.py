"""Names linked from what is said alone, on mock consultations: right, missed and wrong links.

    python -m bench.speakers.introductions --data DIR

DIR holds consultations/*.json (utterances of "doctor" and "patient" with times, marked identifiers). The roster of each is
the names the two give for themselves and five names drawn at random (--seed).
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections import Counter
from typing import Any

from bench.small import add_data, data_of
from pipeline.records import Person, Turn, Utterance, Word
from pipeline.resources import config_path
from pipeline.speakers.claims import find_claims
from pipeline.speakers.linking import Candidate, link
from pipeline.speakers.namebook import build_namebook

SPEAKERS = {"doctor": "P01", "patient": "P02"}
_OWN_NAME_NEXT = re.compile(r"(i'm|name's|name is|this is|it's)\s+(um |uh |doctor )*$")


def utterances_of(consultation: dict[str, Any]) -> list[Utterance]:
    """The utterances, words spread evenly over each."""
    found = []
    for said in consultation["utterances"]:
        texts = said["text"].split()
        step = max(0.01, said["end"] - said["start"]) / max(1, len(texts))
        words = tuple(
            Word(said["start"] + i * step, said["start"] + (i + 0.9) * step, text)
            for i, text in enumerate(texts)
        )
        found.append(Utterance(said["speaker"], said["start"], said["end"], said["text"], words))
    return found


def own_names(consultation: dict[str, Any]) -> dict[str, str]:
    """What the doctor and the patient call themselves, from the marked names."""
    names: dict[str, str] = {}
    for span in consultation["identifiers"]:
        said = consultation["utterances"][span["utterance"]]
        before = said["text"][: span["start_char"]].lower()
        if span["type"] != "PERSON":
            continue
        if said["speaker"] == "doctor" and _OWN_NAME_NEXT.search(before):
            names["doctor"] = span["text"]
        if said["speaker"] == "patient" and "hi, doctor" not in before:
            names["patient"] = max(names.get("patient", ""), span["text"], key=len)
    return names


def strangers(count: int, chance: random.Random) -> list[Person]:
    """People who are not there."""
    given, family = (
        [
            line.split("\t")[0]
            for line in config_path("words", f"{kind}.txt").read_text("utf-8").splitlines()[1:]
        ]
        for kind in ("given_names", "surnames")
    )
    return [
        Person(f"P{i:02d}", f"{chance.choice(given)} {chance.choice(family)}".title())
        for i in range(3, 3 + count)
    ]


def main() -> None:
    """Print the counts."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_data(parser)
    parser.add_argument("--seed", type=int, default=3)
    options = parser.parse_args()
    data = data_of(options)
    chance, verdicts, words = random.Random(options.seed), Counter[str](), 0
    for path in sorted((data / "consultations").glob("*.json")):
        consultation = json.loads(path.read_text(encoding="utf-8"))
        said, names = utterances_of(consultation), own_names(consultation)
        words += sum(len(u.words) for u in said)
        book = build_namebook([*(Person(SPEAKERS[s], n) for s, n in names.items()), *strangers(5, chance)])
        turns = [Turn(u.start, max(u.end, u.start + 0.1), u.participant) for u in said]
        claims = find_claims(said, turns, book)
        links = link([Candidate(s, tuple(c for c in claims if c.speaker == s)) for s in SPEAKERS], book.codes)
        for speaker, code in SPEAKERS.items():
            got = links.get(speaker)
            wanted = "missed" if speaker in names else "rightly unlinked"
            verdicts[("right" if got.code == code else "wrong") if got else wanted] += 1
    print(f"{words} words: {dict(sorted(verdicts.items()))}")


if __name__ == "__main__":
    main()
