"""Leaks of the whole way from sound: planted identifiers that survive, look-alikes that are lost.

    python -m bench.deidentify.leaks --data DATA [--judge leaks.py] [--no-roster] [--cache DIR] [--show]

DATA holds study/ (recordings, truth, roster); --judge is the scorer that came with it, without it bench.deidentify.planted. For each recording:
recognise, find speakers, give codes, redact, in the order of the sessions with one label map; then the
same transcripts as recognised, unredacted ("recogniser alone"), and with Presidio's default in place of ours.
--cache keeps what the recogniser and the diarizer gave (invented people only: it is plain text).
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.small import add_data, data_of
from pipeline.flow import Choices, Engines, Stages
from pipeline.records import (
    Diarization,
    LabelMap,
    Redaction,
    Roster,
    Transcription,
    Utterance,
    from_json,
    to_json,
)
from pipeline.speakers.codes import KnownVoices, learnt_roster


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_data(p)
    p.add_argument("--judge", type=Path, default=Path(__file__).with_name("planted.py"))
    p.add_argument("--no-roster", action="store_true")
    p.add_argument("--cache", type=Path)
    p.add_argument("--no-presidio", action="store_true")
    p.add_argument("--show", action="store_true")
    a = p.parse_args()
    data = data_of(a)
    study = data / "study"
    stages = Stages(
        Engines(Choices(language="en")), None if a.no_roster else read_roster(study / "roster.csv")
    )
    truths = sorted(p for p in study.glob("session-*.json"))
    heard, redacted, rosters = redact_study(stages, truths, a.cache)
    report("recogniser alone", truths, heard, a.judge)
    if not a.no_presidio:
        report("presidio default", truths, [presidio(u) for u in heard], a.judge)
    report(
        "ours, " + ("without" if a.no_roster else "with") + " roster",
        truths,
        [r.utterances for r in redacted],
        a.judge,
        a.show,
    )
    asked = [sum(s.uncertain for s in r.spans) for r in redacted]
    print(
        "questions to a person, a recording:",
        asked,
        "; names of the roster left:",
        names_left(redacted, rosters),
    )


def read_roster(path: Path) -> Roster:
    from pipeline.speakers.roster import read

    return read(path)


def redact_study(
    stages: Stages, truths: Sequence[Path], cache: Path | None
) -> tuple[list[tuple[Utterance, ...]], list[Redaction], list[Roster | None]]:
    """Each recording the whole way, in order, with labels and voices of those before it."""
    known, labels = KnownVoices(), LabelMap()
    heard, redacted, rosters = [], [], []
    for truth in truths:
        transcription, diarization = hear(stages, truth.with_suffix(".flac"), cache)
        attribution, known = stages.attribute(truth.stem, transcription, diarization, known)
        redaction = stages.redact(attribution, labels)
        labels = redaction.labels
        heard.append(attribution.utterances)
        redacted.append(redaction)
        rosters.append(learnt_roster(stages.roster, attribution))
    return heard, redacted, rosters


def hear(stages: Stages, source: Path, cache: Path | None) -> tuple[Transcription, Diarization]:
    """Recognise and find speakers, or take both from the cache."""
    kind = "hinted" if stages.roster else "plain"
    files = [cache / f"{source.stem}.{kind}.json", cache / f"{source.stem}.turns.json"] if cache else []
    if files and all(f.is_file() for f in files):
        return from_json(Transcription, files[0].read_bytes()), from_json(Diarization, files[1].read_bytes())
    audio = stages.decode(source, name=source.name)
    both = stages.transcribe(audio), stages.diarize(audio)
    for file, record in zip(files, both, strict=False):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(to_json(record))
    return both


def presidio(utterances: Sequence[Utterance]) -> tuple[Utterance, ...]:
    """Presidio's default analyzer and anonymizer, an utterance at a time."""
    from dataclasses import replace

    from bench.deidentify.detect import presidio as default

    found = default()(utterances, None)
    out = []
    for index, utterance in enumerate(utterances):
        text = utterance.text
        for _, start, end, kind in sorted((f for f in found if f[0] == index), key=lambda f: -f[1]):
            text = text[:start] + f"[{kind}]" + text[end:]
        out.append(replace(utterance, text=text))
    return tuple(out)


def names_left(redacted: Sequence[Redaction], rosters: Sequence[Roster | None]) -> int:
    """Words of participants' names that still stand in the transcripts, ordinary words aside."""
    from pipeline.deidentify.second_look import roster_words
    from pipeline.language.text import fold

    return sum(
        fold(word.strip(".,?!'’s")) in roster_words(roster)
        for redaction, roster in zip(redacted, rosters, strict=True)
        for utterance in redaction.utterances
        for word in utterance.text.split()
    )


def report(
    label: str, truths: Sequence[Path], made: Sequence[Sequence[Utterance]], judge: Path, show: bool = False
) -> None:
    """Score transcripts with the judge's own program and print its figures in one line."""
    with tempfile.TemporaryDirectory() as folder:
        pairs: list[str] = []
        for truth, utterances in zip(truths, made, strict=True):
            path = Path(folder, truth.name)
            rows = [
                {"participant": u.participant, "start": u.start, "end": u.end, "text": u.text}
                for u in utterances
            ]
            path.write_text(json.dumps({"utterances": rows}), encoding="utf-8")
            pairs += [str(truth), str(path)]
        figures = run_judge(judge, pairs, show)
    print(f"{label}: {json.dumps(figures)}")


def run_judge(judge: Path, pairs: Sequence[str], show: bool) -> dict[str, Any]:
    """Run the scorer in this process; its last printed object is its figures."""
    import contextlib
    import io

    spec = importlib.util.spec_from_file_location("judge", judge)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    said, before = io.StringIO(), sys.argv
    sys.argv = [str(judge), *pairs, *(["--show"] if show else [])]
    try:
        with contextlib.redirect_stdout(said):
            module.main()
    finally:
        sys.argv = before
    text = said.getvalue()
    start = text.index("{\n")
    print(text[:start], end="")
    return dict(json.loads(text[start:]))


if __name__ == "__main__":
    main()
