"""Group talk through the whole way: found, kept, nobody merged, the right class.

    python -m bench.deidentify.talk --data DATA/talk [--rosters DATA/talk/rosters] [--bare] [--doubts] [--show]
        [--only NAME,NAME] [--presidio] [--without PART,PART]

DATA holds NAME.json (utterances, identifiers, look_alikes). What is scored is what `redact --spans` writes; with
--doubts the questions that were left in the text count as spans too, as flags. The rules are those of
deid_text.py: letters and digits decide; a flag counts as found for quasi-identifiers alone. Besides recall and
precision: `merged`, replacements that swallow two or more separate people, and `wrong_class`, the share of people
and places or organisations whose replacement is of another class. A study's sessions (DATA/study) are read as well.
"""

from __future__ import annotations

import argparse
import json
import pathlib
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.small import add_data, data_of
from pipeline.records import Roster, Span, Utterance

Redact = Callable[[Sequence[Utterance], Roster | None], Sequence[Span]]
KIND = {"PERSON": "person", "LOCATION": "place", "ORG": "place"}
LABELS = (
    ("person", re.compile(r"\[?(Person|[A-Z]{1,3}\d{1,3}\b)")),
    ("place", re.compile(r"\[?(Place|Organisation|Organization|Address)")),
)


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_data(p)
    p.add_argument("--rosters", type=pathlib.Path)
    p.add_argument("--bare", action="store_true", help="lower case without punctuation")
    p.add_argument("--doubts", action="store_true", help="count questions left in the text as flags")
    p.add_argument("--show", action="store_true")
    p.add_argument("--only", default="", help="names of files, divided by commas")
    p.add_argument("--sensitivity", default="balanced")
    p.add_argument("--presidio", action="store_true", help="Presidio's default analyzer on the same files")
    p.add_argument("--without", default="", help="passes and recognizers left out, by name")
    a = p.parse_args()
    data = data_of(a) / "study" if a.small else a.data
    files = [f for f in sorted(data.glob("*.json")) if f.stem in a.only.split(",") or not a.only]
    files = [f for f in files if f.stem != "roster"]
    ways = {"ours": ours(a.sensitivity, a.doubts, frozenset(filter(None, a.without.split(","))))} | (
        {"presidio": presidio()} if a.presidio else {}
    )
    for name, redact in ways.items():
        tally, began = Tally(), time.process_time()
        for file in files:
            doc = read(file, a.bare)
            tally.add(doc, redact(utterances_of(doc), roster_for(file, a.rosters)), file.stem)
        print(f"== {name}, {time.process_time() - began:.0f} s of processor time")
        print(json.dumps(tally.figures(), indent=1))
        if a.show and name == "ours":
            print("\n".join(tally.notes))


def ours(sensitivity: Any, doubts: bool, without: Collection[str] = ()) -> Redact:
    """What `session-deid redact --spans` writes."""
    from pipeline.deidentify import detect
    from pipeline.deidentify import redact as deidentifiers
    from pipeline.deidentify.speakers_named import name_speakers

    detector = detect.load(sensitivity=sensitivity, left_out=without)
    deidentifier = deidentifiers.load(sensitivity=sensitivity, detector=detector)

    def redact(utterances: Sequence[Utterance], roster: Roster | None) -> Sequence[Span]:
        named = name_speakers([u.participant for u in utterances], roster)
        done = deidentifier.redact(named.rename(utterances), roster=named.roster, labels=named.labels)
        return [s for s in done.spans if doubts or deidentifier.is_identifier(s)]

    return redact


def presidio() -> Redact:
    """Presidio's default analyzer, each identifier replaced by its type."""
    from bench.deidentify.detect import presidio as finder

    find = finder()

    def redact(utterances: Sequence[Utterance], roster: Roster | None) -> Sequence[Span]:
        found = []
        for i, start, end, kind in find(utterances, roster):
            text = utterances[i].text[start:end]
            found.append(Span(i, start, end, kind, "direct", 1.0, "presidio", text, replacement=f"<{kind}>"))
        return found

    return redact


def roster_for(file: pathlib.Path, folder: pathlib.Path | None) -> Roster | None:
    """The roster of a talk, where the folder has one."""
    from pipeline.speakers import roster as rosters

    path = folder / f"{file.stem}.csv" if folder else None
    return rosters.read(path) if path and path.exists() else None


def utterances_of(doc: Mapping[str, Any]) -> list[Utterance]:
    """As the command's reader gives them."""
    return [
        Utterance(u["speaker"], u["start"], max(u["start"], u["end"]), u["text"]) for u in doc["utterances"]
    ]


def read(file: pathlib.Path, without_case: bool = False) -> dict[str, Any]:
    """A talk with its marks; `without_case` also takes the punctuation away, and moves the marks along."""
    doc: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    if "identifiers" not in doc:
        doc["identifiers"] = [
            g | {"utterance": i} for i, u in enumerate(doc["utterances"]) for g in u.get("identifiers", [])
        ]
        doc["look_alikes"] = [k | {"kind": k.get("why", "keep")} for k in doc.get("keep", [])]
    if without_case:
        for i, u in enumerate(doc["utterances"]):
            u["text"], at = _bared(u["text"])
            for mark in [*doc["identifiers"], *doc.get("look_alikes", [])]:
                if mark["utterance"] == i:
                    mark["start_char"], mark["end_char"] = at[mark["start_char"]], at[mark["end_char"]]
                    mark["text"] = u["text"][mark["start_char"] : mark["end_char"]]
    return doc


def _bared(text: str) -> tuple[str, list[int]]:
    """Lower case, no punctuation but inside numbers and addresses; and where each character went."""
    new, at = "", []
    for k, c in enumerate(text):
        at.append(len(new))
        before, after = text[k - 1 : k], text[k + 1 : k + 2]
        if c.isalnum() or c in "'’ -":
            new += c.lower() if len(c.lower()) == 1 else c
        elif (c in "@._" and before.isalnum() and after.isalnum()) or (
            c in ",.:/" and before.isdigit() and after.isdigit()
        ):
            new += c
        elif c in "—…/":
            new += " "
    return new, [*at, len(new)]


@dataclass
class Tally:
    """Counts over talks; `figures` gives the rates."""

    found: dict[tuple[str, str], list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0, 0]))
    look_alikes: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    false: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)

    def add(self, doc: Mapping[str, Any], spans: Sequence[Span], name: str) -> None:
        """Count one talk."""
        texts = [u["text"] for u in doc["utterances"]]
        replaced: list[set[int]] = [set() for _ in texts]
        flagged: list[set[int]] = [set() for _ in texts]
        gold: list[set[int]] = [set() for _ in texts]
        for s in spans:
            (replaced if s.replacement else flagged)[s.utterance].update(range(s.start_char, s.end_char))
        for g in doc["identifiers"]:
            gold[g["utterance"]].update(range(g["start_char"], g["end_char"]))
            self._add_identifier(g, texts[g["utterance"]], replaced, flagged, name)
            self._add_class(g, spans, name)
        for s in spans:
            self._add_span(s, texts[s.utterance], gold, name)
            self._add_merged(s, doc["identifiers"], name)
        self._add_look_alikes(doc.get("look_alikes", []), replaced, name)
        for i, text in enumerate(texts):
            for m in re.finditer(r"\S+", text):
                at = set(range(*m.span()))
                self.counts["words"] += 1
                if at & replaced[i] and not at & gold[i]:
                    self.counts["over"] += 1
                    self.notes.append(f"OVER {name} {i} {m[0]!r} | {_around(text, *m.span())}")

    def _add_identifier(
        self,
        g: Mapping[str, Any],
        text: str,
        replaced: Sequence[set[int]],
        flagged: Sequence[set[int]],
        name: str,
    ) -> None:
        i = g["utterance"]
        need = {k for k in range(g["start_char"], g["end_char"]) if text[k].isalnum()}
        have = replaced[i] if g["tier"] == "direct" else replaced[i] | flagged[i]
        full, part = need <= have, bool(need & have)
        for key in ((g["tier"], "all"), (g["tier"], g["type"])):
            for at, value in enumerate((1, full, part)):
                self.found[key][at] += value
        if not full:
            asked = " asked" if need & flagged[i] else ""
            how = ("PARTLY" if part else "MISSED") + asked
            where = _around(text, g["start_char"], g["end_char"])
            self.notes.append(f"{how} {g['tier']} {g['type']} {name} {i} {g['text']!r} | {where}")

    def _add_class(self, g: Mapping[str, Any], spans: Sequence[Span], name: str) -> None:
        if g["tier"] != "direct" or g["type"] not in KIND:
            return
        whole = (
            s
            for s in spans
            if s.utterance == g["utterance"]
            and s.replacement
            and s.start_char <= g["start_char"]
            and g["end_char"] <= s.end_char
        )
        if span := next(whole, None):
            self.counts["classed"] += 1
            if class_of(span) != KIND[g["type"]]:
                self.counts["wrong"] += 1
                self.notes.append(
                    f"CLASS {g['type']} {name} {g['utterance']} {g['text']!r} -> {span.replacement} {span.found_by}"
                )

    def _add_span(self, s: Span, text: str, gold: Sequence[set[int]], name: str) -> None:
        self.counts["spans"] += 1
        self.counts["questions"] += s.uncertain
        hit = bool(gold[s.utterance] & set(range(s.start_char, s.end_char)))
        self.counts["hits"] += hit
        self.counts["good questions"] += s.uncertain and hit
        if not hit:
            self.false[s.type] += 1
            flag = "" if s.replacement else " flag"
            self.notes.append(
                f"FALSE{flag} {s.type} {name} {s.utterance} {s.text!r} {s.found_by} {s.score} | {_around(text, s.start_char, s.end_char)}"
            )

    def _add_merged(self, s: Span, marks: Iterable[Mapping[str, Any]], name: str) -> None:
        people = [
            g
            for g in marks
            if g["utterance"] == s.utterance
            and g["type"] == "PERSON"
            and g["start_char"] < s.end_char
            and s.start_char < g["end_char"]
        ]
        if s.replacement and separate_people(people) > 1:
            self.counts["merged"] += 1
            self.notes.append(f"MERGED {name} {s.utterance} {s.text!r} -> {s.replacement} {s.found_by}")

    def _add_look_alikes(
        self, marks: Iterable[Mapping[str, Any]], replaced: Sequence[set[int]], name: str
    ) -> None:
        for k in marks:
            lost = bool(replaced[k["utterance"]] & set(range(k["start_char"], k["end_char"])))
            for key in ("all", k["kind"]):
                self.look_alikes[key][0] += 1
                self.look_alikes[key][1] += lost
            if lost:
                self.notes.append(f"LOST {k['kind']} {name} {k['utterance']} {k['text']!r}")

    def figures(self) -> dict[str, Any]:
        """The figures of deid_text.py, and how many questions were asked and how many of those touch an identifier."""
        n, full, part = self.found[("direct", "all")]
        c = self.counts
        return {
            "recall_full": round(full / max(n, 1), 4),
            "recall_touched": round(part / max(n, 1), 4),
            "precision": round(c["hits"] / max(c["spans"], 1), 4),
            "over_redacted": round(1000 * c["over"] / max(c["words"], 1), 2),
            "merged": c["merged"],
            "wrong_class": round(c["wrong"] / max(c["classed"], 1), 4),
            "questions": f"{c['questions']}, {c['good questions']} of them about an identifier",
            "identifiers": {
                f"{t} {k}": f"{v[1]}/{v[0]} whole, {v[2]} touched" for (t, k), v in sorted(self.found.items())
            },
            "look_alikes": {k: f"{v[1]}/{v[0]}" for k, v in sorted(self.look_alikes.items())},
            "false_spans": dict(self.false),
            "words": c["words"],
        }


def class_of(span: Span) -> str:
    """Person, place (organisations and addresses too) or another, by the label that stands there."""
    for name, shape in LABELS:
        if shape.match(span.replacement):
            return name
    return KIND.get(span.type, "other")


def separate_people(marks: Iterable[Mapping[str, Any]]) -> int:
    """How many of these marks name people apart: not one name given in parts or said twice."""
    names = {re.sub(r"\W+", " ", g["text"]).strip().lower() for g in marks}
    return len([n for n in names if not any(n != m and set(n.split()) & set(m.split()) for m in names)])


def _around(text: str, start: int, end: int) -> str:
    return text[max(0, start - 50) : end + 40]


if __name__ == "__main__":
    main()
