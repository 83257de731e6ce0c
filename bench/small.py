"""The small form of a benchmark: the same code on little data, to see that it still runs. Its figures mean nothing.

    python -m bench.NAME --small

The data is made anew each time, in the layout that --data has: the first seconds of the recordings in samples/ with their
truth, and invented talk of `bench.deidentify.generate`.
"""

from __future__ import annotations

import argparse
import atexit
import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
SECONDS = 30.0
SESSIONS = ("session-s1", "session-s2", "session-s3")
MEETINGS = {"meetings/xs1A": "session-s1", "meetings/xs1B": "session-s2", "ami/trn01": "session-s3"}
CONSULTATIONS = 3


def add_data(parser: argparse.ArgumentParser, *, required: bool = True) -> None:
    """The options --data DIR and --small, one of which must be given where data is `required`."""
    chosen = parser.add_mutually_exclusive_group(required=required)
    chosen.add_argument("--data", type=Path, help="The folder with the data.")
    chosen.add_argument(
        "--small", action="store_true", help="Only see that it runs, on a little data made for it."
    )


def data_of(options: argparse.Namespace) -> Path:
    """The folder given, or one with small data, which goes when the program ends."""
    if not options.small:
        return Path(options.data)
    folder = Path(tempfile.mkdtemp(prefix="bench-small-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    make(folder)
    return folder


def make(folder: Path) -> None:
    """The small data, in the layout of --data."""
    for name in ("study", "meetings", "ami", "consultations", "written"):
        (folder / name).mkdir(parents=True)
    shutil.copy(SAMPLES / "roster.csv", folder / "study")
    for name in SESSIONS:
        _cut(name, folder / "study" / name)
    for place, name in MEETINGS.items():
        _cut(name, folder / place)
    names = [*SESSIONS, *(Path(place).name for place in MEETINGS)]
    (folder / "all.uem").write_text("".join(f"{name} NA 0.000 {SECONDS:.3f}\n" for name in names))
    _write_texts(folder)


def _cut(session: str, target: Path) -> None:
    """The beginning of a sample recording, with its truth and its turns as far as that goes."""
    from bench.whole.__main__ import as_flac
    from pipeline.audio.decode import decode

    audio = decode(SAMPLES / f"{session}.m4a", name=session)
    target.with_suffix(".flac").write_bytes(as_flac(audio.samples[: round(SECONDS * audio.rate)]))
    truth = json.loads((SAMPLES / "truth" / f"{session}.json").read_text(encoding="utf-8"))
    within = [n for n, u in enumerate(truth["utterances"]) if u["end"] <= SECONDS]
    kept = [
        k | {"utterance": within.index(k["utterance"])} for k in truth["keep"] if k["utterance"] in within
    ]
    truth |= {"duration": SECONDS, "utterances": [truth["utterances"][n] for n in within], "keep": kept}
    target.with_suffix(".json").write_text(json.dumps(truth), encoding="utf-8")
    turns = (SAMPLES / "truth" / f"{session}.rttm").read_text(encoding="utf-8").splitlines()
    ended = [line for line in turns if float(line.split()[3]) + float(line.split()[4]) <= SECONDS]
    target.with_suffix(".rttm").write_text("\n".join(ended) + "\n", encoding="utf-8")


def _write_texts(folder: Path) -> None:
    """Invented consultations, and their utterances once more as the written set has sentences."""
    from bench.deidentify.generate import build

    talks = build(1, 2 * CONSULTATIONS)[::2]  # every other one is a group's
    for number, talk in enumerate(talks, 1):
        for said in talk["utterances"]:
            said["speaker"] = {"D": "doctor", "P": "patient"}[said["speaker"]]
        file = folder / "consultations" / f"day1_consultation{number:02d}.json"
        file.write_text(json.dumps(talk), encoding="utf-8")
    rows = [row for talk in talks for row in _sentences(talk)]
    (folder / "written" / "synth_dataset_v2.json").write_text(json.dumps(rows), encoding="utf-8")


def _sentences(talk: Mapping[str, Any]) -> Sequence[dict[str, object]]:
    spans: list[list[dict[str, object]]] = [[] for _ in talk["utterances"]]
    for each in talk["identifiers"]:
        spans[each["utterance"]].append(
            {
                "entity_type": "PERSON" if each["type"] == "PERSON" else "GPE",
                "entity_value": each["text"],
                "start_position": each["start_char"],
                "end_position": each["end_char"],
            }
        )
    return [{"full_text": u["text"], "spans": s} for u, s in zip(talk["utterances"], spans, strict=True)]
