"""Codes from week to week, names linked to voices, words to speakers: measured against the truth.

    python -m bench.speakers.codes --data DIR [--turns true] [--keep DIR]

DIR holds study/ (session-s1..s3 with .json, .rttm and roster.csv) and meetings/ (xs1A, xs1B with .rttm). `--keep`
keeps what the engines heard, so that a second run is quick.
"""

from __future__ import annotations

import argparse
import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bench.small import add_data, data_of
from bench.speakers.words import right_speaker_share
from pipeline.flow import Choices, Engines, Stages
from pipeline.records import (
    Attribution,
    Diarization,
    Record,
    Roster,
    Transcription,
    Turn,
    from_json,
    to_json,
)
from pipeline.speakers.attribution import attribute
from pipeline.speakers.codes import KnownVoices, assign, learn, relabel
from pipeline.speakers.roster import read as read_roster
from pipeline.speakers.rttm import read as read_rttm

STUDY = ("session-s1", "session-s2", "session-s3")
MEETINGS = ("xs1A", "xs1B")
STEP_SECONDS = 0.05


@dataclass(frozen=True)
class Heard:
    """What the engines made of one recording, and who truly spoke when."""

    name: str
    transcription: Transcription
    diarization: Diarization
    truth: tuple[Turn, ...]

    def person(self, speaker: str) -> str:
        """Who a local speaker mostly is."""
        seconds: Counter[str] = Counter()
        for turn in self.diarization.turns:
            if turn.speaker == speaker:
                for true in self.truth:
                    seconds[true.speaker] += max(0.0, min(turn.end, true.end) - max(turn.start, true.start))
        return seconds.most_common(1)[0][0] if seconds else ""


class Ears:
    """The engines, with what they heard kept in a folder if wanted."""

    def __init__(self, keep: Path | None, true_turns: bool) -> None:
        self.keep, self.true_turns = keep, true_turns
        self.engines = Engines(Choices(language="en"))

    def listen(self, sound: Path, roster: Roster | None) -> Heard:
        """Words and turns of one recording."""
        stages = Stages(self.engines, roster)
        audio = stages.decode(sound, name=sound.name)
        with_names = "names" if roster else "plain"
        transcription = self._kept(
            f"{sound.stem}.{with_names}.words", Transcription, lambda: stages.transcribe(audio)
        )
        truth = read_rttm(sound.with_suffix(".rttm"))
        diarization = self._kept(f"{sound.stem}.turns", Diarization, lambda: stages.diarize(audio))
        if self.true_turns:
            diarization = self._kept(f"{sound.stem}.true", Diarization, lambda: self._true(audio, truth))
        return Heard(sound.stem, transcription, diarization, truth)

    def _true(self, audio: object, truth: tuple[Turn, ...]) -> Diarization:
        names = {s: f"S{i}" for i, s in enumerate(dict.fromkeys(t.speaker for t in truth), 1)}
        turns = tuple(replace(t, speaker=names[t.speaker]) for t in truth)
        prints = []
        for name in names.values():
            regions = [(t.start, t.end) for t in turns if t.speaker == name]
            if heard := self.engines.diarizer.embed(audio, regions, speaker=name):  # type: ignore[attr-defined]
                prints.append(heard)
        return Diarization(audio.duration, turns, tuple(prints))  # type: ignore[attr-defined]

    def _kept(self, name: str, kind: type[Record], make: object) -> Record:
        path = self.keep / name if self.keep else None
        if path and path.is_file():
            return from_json(kind, path.read_bytes())
        record: Record = make()  # type: ignore[operator]
        if path:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(to_json(record))
        return record


def run_study(recordings: Sequence[Heard], roster: Roster | None) -> list[Attribution]:
    """All recordings in order, unverified; then every attribution with the codes known at the end."""
    known, found = KnownVoices(), []
    for heard in recordings:
        utterances = attribute(heard.transcription, heard.diarization)
        attribution = assign(heard.diarization, utterances, roster=roster, known=known)
        known = learn(known, attribution, heard.diarization, False, recording=heard.name)
        found.append(attribution)
    return [relabel(a, known, h.name) for a, h in zip(found, recordings, strict=True)]


def code_accuracy(
    truths: Sequence[Mapping[str, object]], found: Sequence[Sequence[tuple[str, float, float]]]
) -> float:
    """Share of true speech seconds under the right person's code, one mapping for all recordings (Hungarian).

    Where two people truly speak at once the first utterance counts for both, so even the truth itself scores under 1.
    """
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    steps: Counter[tuple[str, str]] = Counter()
    total = 0
    for truth, utterances in zip(truths, found, strict=True):
        for said in truth["utterances"]:  # type: ignore[attr-defined]
            for i in range(math.ceil((said["end"] - said["start"]) / STEP_SECONDS)):
                now, total = said["start"] + i * STEP_SECONDS, total + 1
                code = next((c for c, start, end in utterances if start <= now < end), None)
                if code:
                    steps[said["speaker"], code] += 1
    people, codes = sorted({p for p, _ in steps}), sorted({c for _, c in steps})
    table = np.array([[steps[p, c] for c in codes] for p in people])
    rows, columns = linear_sum_assignment(-table)
    return float(table[rows, columns].sum()) / max(1, total)


def merged_people(recordings: Sequence[Heard], found: Sequence[Attribution]) -> tuple[int, int]:
    """Codes that stand for two people, and people with two codes, over all recordings."""
    pairs = {(code, h.person(s)) for h, a in zip(recordings, found, strict=True) for s, code in a.codes}
    pairs = {(code, person) for code, person in pairs if person}
    codes, people = Counter(c for c, _ in pairs), Counter(p for _, p in pairs)
    return sum(n > 1 for n in codes.values()), sum(n > 1 for n in people.values())


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_data(parser)
    parser.add_argument("--turns", choices=["found", "true"], default="found")
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    data = data_of(options)
    ears = Ears(options.keep, options.turns == "true")
    truths = [json.loads((data / "study" / f"{n}.json").read_text(encoding="utf-8")) for n in STUDY]
    roster = read_roster(data / "study" / "roster.csv")
    ids = true_codes(truths[0], roster)
    best = [[(u["speaker"], u["start"], u["end"]) for u in t["utterances"]] for t in truths]
    print(f"the truth itself scores                  {code_accuracy(truths, best):.4f}")
    for title, given in (("no roster", None), ("with the roster", roster)):
        recordings = [ears.listen(data / "study" / f"{n}.flac", given) for n in STUDY]
        found = run_study(recordings, given)
        spans = [[(u.participant, u.start, u.end) for u in a.utterances] for a in found]
        print(f"study, {title}: code accuracy  {code_accuracy(truths, spans):.4f}")
        print(
            "  codes for two people, people with two codes  {} {}".format(*merged_people(recordings, found))
        )
        for truth, attribution in zip(truths, found, strict=True):
            share, words = right_speaker_share(truth["utterances"], attribution.utterances)
            print(f"  words with the right speaker  {share:.4f} of {words}")
        if given:
            print_links(recordings, found, ids)
    recordings = [ears.listen(data / "meetings" / f"{n}.flac", None) for n in MEETINGS]
    print_matches(recordings, run_study(recordings, None))


def true_codes(truth: Mapping[str, object], roster: Roster) -> dict[str, str]:
    """The roster's code of each true speaker."""
    codes = {p.name: p.code for p in roster.people}
    return {s["id"]: codes[s["name"]] for s in truth["speakers"]}  # type: ignore[attr-defined]


def print_links(recordings: Sequence[Heard], found: Sequence[Attribution], ids: Mapping[str, str]) -> None:
    """How many voices have the right name, none, or a wrong one, by the end of the study."""
    verdicts: Counter[str] = Counter()
    for heard, attribution in zip(recordings, found, strict=True):
        for speaker, code in attribution.codes:
            right = ids.get(heard.person(speaker))
            verdicts["right" if code == right else "unlinked" if code.startswith("S") else "wrong"] += 1
    print(f"  voices linked by the end: {dict(verdicts)}")


def print_matches(recordings: Sequence[Heard], found: Sequence[Attribution]) -> None:
    """Voices of the first recording found again in the second."""
    before = {recordings[0].person(s): code for s, code in found[0].codes}
    now = {recordings[1].person(s): code for s, code in found[1].codes}
    both = sorted(set(before) & set(now))
    right = sum(before[p] == now[p] for p in both)
    strangers = [p for p in now if p not in before and now[p] in before.values()]
    print(
        f"meetings: {right} of {len(both)} voices matched on the other day, {len(strangers)} newcomers mistaken"
    )


if __name__ == "__main__":
    main()
