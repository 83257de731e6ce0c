"""Where two recognizers disagree on the class of a place (a person, or a place or organisation): what a question would
cost and gain there.

    python -m bench.deidentify.disagreements --data DATA [--sets talk,talk-real,consultations,study] [--bare]

For every place that is replaced as a person, place or organisation: the surest recognizer of each of the two kinds over
at least half of it. By how far their scores lie apart: the places, those of them with a label of another class than
marked, and those that identify nobody. A question is worth asking about the last two; left open instead of replaced,
all but the harmless ones would stand in the open.
"""

from __future__ import annotations

import argparse
import pathlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bench.deidentify.talk import KIND, class_of, read, roster_for, utterances_of
from bench.small import add_data, data_of
from pipeline.records import Span

SITES = frozenset({"LOCATION", "ORG", "ADDRESS"})
STEPS = (0.05, 0.1, 0.2, 0.4, 1.0)
Row = list[int]


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_data(p)
    p.add_argument("--sets", default="talk,talk-real,consultations,study")
    p.add_argument("--bare", action="store_true", help="lower case without punctuation")
    a = p.parse_args()
    for name in a.sets.split(","):
        print(f"== {name}: scores apart by less than, places, asked already, wrong class, harmless")
        for step, row in count(data_of(a) / name, a.bare).items():
            print(f"{step:>5} {' '.join(f'{n:>5}' for n in row)}")


def count(folder: pathlib.Path, bare: bool) -> Mapping[float, Row]:
    """By how far apart the surest scores of both kinds are: places, of them asked about already, with a label of another
    class than marked, and harmless. `inf` stands for places on which nobody disagrees."""
    from pipeline.deidentify import detect, redact
    from pipeline.deidentify.speakers_named import name_speakers

    detector = detect.load()
    assert isinstance(detector, detect.Detector)
    deidentifier = redact.load(detector=detector)
    rows: dict[float, Row] = defaultdict(lambda: [0, 0, 0, 0])
    for file in sorted(f for f in folder.glob("*.json") if f.stem != "roster"):
        doc = read(file, bare)
        utterances = utterances_of(doc)
        named = name_speakers([u.participant for u in utterances], roster_for(file, folder / "rosters"))
        done = deidentifier.redact(named.rename(utterances), roster=named.roster, labels=named.labels)
        found, view = detector.recognise(named.rename(utterances), named.roster)
        starts = view.dialogue.starts if view else []
        candidates = [(c.start, c.end, c.type, c.score) for c in found]
        for span in done.spans:
            if span.replacement and span.type in {"PERSON", *SITES}:
                _add(rows[_apart(span, starts, candidates)], span, doc["identifiers"])
    return dict(sorted(rows.items()))


def _apart(span: Span, starts: Sequence[int], candidates: Iterable[tuple[int, int, str, float]]) -> float:
    first = starts[span.utterance] + span.start_char
    last = first + len(span.text)
    best = {"person": 0.0, "place": 0.0}
    for start, end, kind, score in candidates:
        covers = min(end, last) - max(start, first)
        if 2 * covers >= len(span.text) and kind in {"PERSON", *SITES}:
            which = "person" if kind == "PERSON" else "place"
            best[which] = max(best[which], score)
    if not all(best.values()):
        return float("inf")
    return next(s for s in STEPS if abs(best["person"] - best["place"]) < s)


def _add(row: Row, span: Span, marks: Iterable[Mapping[str, Any]]) -> None:
    here = [
        g
        for g in marks
        if g["utterance"] == span.utterance
        and g["start_char"] < span.end_char
        and span.start_char < g["end_char"]
    ]
    row[0] += 1
    row[1] += span.uncertain
    classes = {KIND[g["type"]] for g in here if g["tier"] == "direct" and g["type"] in KIND}
    row[2] += bool(classes) and class_of(span) not in classes
    row[3] += not here


if __name__ == "__main__":
    main()
