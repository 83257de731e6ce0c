"""Detection beside Presidio's default analyzer on the same files in the same run.

    python -m bench.deidentify.detect --data DATA [--dev | --held-out] [--bare] [--show] [--no-presidio]

DATA holds consultations/, study/ and written/. --dev takes the consultations whose errors were read while the
rules were written, --held-out those of which only totals were ever seen (each other one of two in three);
--bare lower-cases all texts and takes the punctuation away.
"""

from __future__ import annotations

import argparse
import json
import pathlib
import time
from collections.abc import Callable, Sequence
from typing import Any

from bench.deidentify.score import Found, Tally, bare, utterances_of
from bench.small import add_data, data_of
from pipeline.records import Person, Roster, Utterance

Finder = Callable[[Sequence[Utterance], Roster | None], Found]


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_data(p)
    p.add_argument("--dev", action="store_true")
    p.add_argument("--held-out", action="store_true")
    p.add_argument("--bare", action="store_true")
    p.add_argument("--show", action="store_true")
    p.add_argument("--no-presidio", action="store_true")
    p.add_argument("--sensitivity", default="balanced")
    a = p.parse_args()
    data = data_of(a)
    finders = {"ours": ours(a.sensitivity)} | ({} if a.no_presidio else {"presidio": presidio()})
    change = bare if a.bare else str
    for name, find in finders.items():
        files = consultations(data, a.dev, a.held_out)
        report(
            f"{name}: {len(files)} consultations",
            score_consultations(files, find, change),
            a.show and name == "ours",
        )
        for roster in (None, roster_of(data / "study")):
            label = f"{name}: study, {'with' if roster else 'without'} roster"
            report(label, score_study(data / "study", find, roster, change), a.show and name == "ours")


def ours(sensitivity: str) -> Finder:
    from pipeline.deidentify.detect import load

    detector = load(sensitivity=sensitivity)  # type: ignore[arg-type]

    def find(utterances: Sequence[Utterance], roster: Roster | None) -> Found:
        return [(s.utterance, s.start_char, s.end_char, s.type) for s in detector.find(utterances, roster)]

    return find


def presidio() -> Finder:
    """Presidio's default analyzer (its registry, spaCy), an utterance at a time."""
    from presidio_analyzer import AnalyzerEngine
    from presidio_analyzer.nlp_engine import NlpEngineProvider

    from pipeline.models.store import find as folder

    models = [{"lang_code": "en", "model_name": str(folder("en_core_web_md"))}]
    engine = NlpEngineProvider(
        nlp_configuration={"nlp_engine_name": "spacy", "models": models}
    ).create_engine()
    analyzer = AnalyzerEngine(nlp_engine=engine)

    def find(utterances: Sequence[Utterance], _roster: Roster | None) -> Found:
        return [
            (i, r.start, r.end, r.entity_type)
            for i, u in enumerate(utterances)
            for r in analyzer.analyze(u.text, "en")
        ]

    return find


def consultations(data: pathlib.Path, dev: bool, held_out: bool) -> list[pathlib.Path]:
    files = sorted((data / "consultations").glob("*.json"))
    unread = [f for i, f in enumerate(files) if i % 3][::2]
    if dev:
        return [f for f in files if f not in unread]
    return unread if held_out else files


def score_consultations(files: Sequence[pathlib.Path], find: Finder, change: Callable[[str], str]) -> Tally:
    tally = Tally()
    for path in files:
        doc = json.loads(path.read_text(encoding="utf-8"))
        utterances = utterances_of(doc["utterances"], change)
        tally.add([u.text for u in utterances], doc["identifiers"], find(utterances, None), path.stem)
    return tally


def score_study(
    folder: pathlib.Path, find: Finder, roster: Roster | None, change: Callable[[str], str]
) -> Tally:
    """The study's truth as text. Look-alikes that a span touches are noted and counted as LOOK-ALIKE."""
    tally = Tally()
    for path in sorted(folder.glob("session-*.json")):
        doc = json.loads(path.read_text(encoding="utf-8"))
        utterances = utterances_of(doc["utterances"], change)
        gold = [
            g | {"utterance": i} for i, u in enumerate(doc["utterances"]) for g in u.get("identifiers", [])
        ]
        found = find(utterances, roster)
        tally.add([u.text for u in utterances], gold, found, path.stem)
        for k in doc["keep"]:
            if any(i == k["utterance"] and s < k["end_char"] and k["start_char"] < e for i, s, e, _ in found):
                tally.false["LOOK-ALIKE"] += 1
                tally.notes.append(f"LOOK-ALIKE {path.stem} {k['utterance']} {k['text']!r} {k['why']}")
    return tally


def roster_of(folder: pathlib.Path) -> Roster:
    import csv

    with (folder / "roster.csv").open(encoding="utf-8") as lines:
        people = tuple(
            Person(r["code"], r["name"], tuple(n for n in r["nicknames"].split(";") if n), r["role"])
            for r in csv.DictReader(lines)
        )
    return Roster(people)


def report(label: str, tally: Tally, show: bool) -> None:
    started: dict[str, Any] = tally.figures()
    print(f"== {label}\n{json.dumps(started, indent=1, ensure_ascii=False)}")
    if show:
        print("\n".join(tally.notes))


if __name__ == "__main__":
    begin = time.time()
    main()
    print(f"took {time.time() - begin:.0f} s")
