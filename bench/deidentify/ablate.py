"""What each rule is worth: one recognizer or pass left out at a time, on every set.

    python -m bench.deidentify.ablate --data DATA [--sets talk,talk-real,consultations,study] [--bare] [--only NAME,NAME]

DATA holds the sets as folders of NAME.json (utterances, identifiers, maybe look_alikes; talk/rosters for some). For each
rule and set: direct identifiers no longer touched, and no longer wholly covered, without it, and quasi-identifiers no longer seen; and what it costs, which is
what is saved without it: harmless words, look-alikes, questions to a person. The recognizers read each text once; only
what becomes of their finds is done anew. The residual check is left out of all and measured by itself.
"""

from __future__ import annotations

import argparse
import pathlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.deidentify.talk import Tally, read, roster_for, utterances_of
from bench.small import add_data, data_of
from pipeline.deidentify import detect, passes
from pipeline.deidentify import redact as deidentifiers
from pipeline.deidentify.detect import Detector
from pipeline.deidentify.findings import Findings
from pipeline.deidentify.merge import Candidate
from pipeline.deidentify.recognizers.base import View
from pipeline.deidentify.speakers_named import NamedSpeakers, name_speakers
from pipeline.records import Span, Utterance

SETS = ("talk", "talk-real", "consultations", "study")
PASSES = tuple(name for name in passes.ORDER if name not in passes.NEEDED and name != passes.CHECK)
WORTH = ("touched", "whole", "quasi")
COSTS = ("words", "look-alikes", "questions")


@dataclass(frozen=True)
class Read:
    """A text that the recognizers have read once."""

    name: str
    doc: Mapping[str, Any] = field(repr=False)
    named: NamedSpeakers = field(repr=False)
    utterances: tuple[Utterance, ...] = field(repr=False)
    found: Sequence[Candidate] = field(repr=False)
    view: View | None = field(repr=False)


@dataclass(frozen=True)
class Replay:
    """A detector that gives what was found before."""

    findings: Findings = field(repr=False)

    def find(self, *_: object) -> tuple[Span, ...]:
        return self.findings.spans

    def examine(self, *_: object) -> Findings:
        return self.findings


class NoCheck:
    """No residual check."""

    def look(self, *_: object) -> tuple[Span, ...]:
        return ()


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_data(p)
    p.add_argument("--sets", default=",".join(SETS), help="folders of DATA, divided by commas")
    p.add_argument("--bare", action="store_true", help="lower case without punctuation")
    p.add_argument("--only", default="", help="recognizers and passes, divided by commas")
    a = p.parse_args()
    detector = detect.load()
    assert isinstance(detector, Detector)
    data = data_of(a)
    texts = {
        name: list(read_set(data / name, detector, a.bare))
        for name in a.sets.split(",")
        if (data / name).is_dir()
    }
    rules = a.only.split(",") if a.only else [*rules_of(texts), *PASSES]
    worthless = dict.fromkeys(rules, True)
    for name, read_texts in texts.items():
        whole = figures(read_texts, detector)
        print(
            f"== {name}: {whole['all']} direct identifiers, {whole['touched']} touched, {whole['whole']} whole"
        )
        print(
            f"{'without':28}"
            + "".join(f"{'-' + key:>12}" for key in WORTH)
            + "".join(f"{key:>14}" for key in COSTS)
        )
        for rule in rules:
            left = figures(read_texts, detector, rule)
            lost, saved = [whole[k] - left[k] for k in WORTH], [left[k] - whole[k] for k in COSTS]
            worthless[rule] &= not any(n > 0 for n in lost)
            if any((*lost, *saved)):
                print(f"{rule:28}" + "".join(f"{n:12}" for n in lost) + "".join(f"{n:+14}" for n in saved))
    print("touched and covered no identifier by themselves: " + ", ".join(r for r in rules if worthless[r]))


def read_set(folder: pathlib.Path, detector: Detector, bare: bool) -> Iterator[Read]:
    """Each text of a set, read by the recognizers."""
    for file in sorted(f for f in folder.glob("*.json") if f.stem != "roster"):
        doc = read(file, bare)
        utterances = utterances_of(doc)
        roster = roster_for(file, folder / "rosters")
        named = name_speakers([u.participant for u in utterances], roster)
        renamed = named.rename(utterances)
        found, view = detector.recognise(renamed, named.roster)
        yield Read(file.stem, doc, named, renamed, found, view)


def rules_of(texts: Mapping[str, Sequence[Read]]) -> list[str]:
    """Every recognizer that proposed anything."""
    return sorted({c.found_by for read_texts in texts.values() for text in read_texts for c in text.found})


def figures(texts: Sequence[Read], detector: Detector, without: str = "") -> dict[str, int]:
    """Counts over a set, one rule left out."""
    tally = Tally()
    for text in texts:
        findings = detector.settle(text.found, text.view, {without}) if text.view else Findings(())
        deidentifier = deidentifiers.load(detector=Replay(findings), second_look=NoCheck())
        done = deidentifier.redact(text.utterances, roster=text.named.roster, labels=text.named.labels)
        tally.add(text.doc, [s for s in done.spans if deidentifier.is_identifier(s)], text.name)
        tally.counts["asked"] += sum(s.uncertain for s in done.spans)
    count, full, touched = tally.found["direct", "all"]
    _, _, quasi = tally.found["quasi", "all"]
    return {
        "all": count,
        "touched": touched,
        "whole": full,
        "quasi": quasi,
        "words": tally.counts["over"],
        "look-alikes": sum(lost for _, lost in tally.look_alikes.values()),
        "questions": tally.counts["asked"],
    }


if __name__ == "__main__":
    main()
