"""Scores spans as shared/eval/deid_text.py does, in one process: recall over direct identifiers, precision over
all spans, words removed that identify nobody."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipeline.records import Utterance

Found = Sequence[tuple[int, int, int, str]]


@dataclass
class Tally:
    """Counts over documents; `figures` gives the rates."""

    found: dict[tuple[str, str], list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0, 0]))
    false: Counter[str] = field(default_factory=Counter)
    words: int = 0
    over: int = 0
    spans: int = 0
    hits: int = 0
    notes: list[str] = field(default_factory=list)

    def add(
        self, texts: Sequence[str], gold: Iterable[dict[str, Any]], predicted: Found, name: str = ""
    ) -> None:
        """Count one document. `gold` holds utterance, start_char, end_char, text, type, tier."""
        covered: list[set[int]] = [set() for _ in texts]
        marked: list[set[int]] = [set() for _ in texts]
        for i, start, end, _ in predicted:
            covered[i].update(range(start, end))
        for g in gold:
            self._add_one(g, texts[g["utterance"]], covered, marked, name)
        for i, start, end, kind in predicted:
            self.spans += 1
            if marked[i] & set(range(start, end)):
                self.hits += 1
            else:
                self.false[kind] += 1
                self.notes.append(
                    f"FALSE {kind} {name} {i} {texts[i][start:end]!r} | {texts[i][max(0, start - 40) : end + 30]}"
                )
        for i, text in enumerate(texts):
            for m in re.finditer(r"\S+", text):
                at = set(range(*m.span()))
                self.words += 1
                if at & covered[i] and not at & marked[i]:
                    self.over += 1
                    self.notes.append(
                        f"OVER {name} {i} {m[0]!r} | {text[max(0, m.start() - 40) : m.end() + 30]}"
                    )

    def _add_one(
        self, g: dict[str, Any], text: str, covered: list[set[int]], marked: list[set[int]], name: str
    ) -> None:
        i = g["utterance"]
        here = range(g["start_char"], g["end_char"])
        marked[i].update(here)
        need = {k for k in here if text[k].isalnum()}
        full, part = need <= covered[i], bool(need & covered[i])
        for key in ((g["tier"], "all"), (g["tier"], g["type"])):
            for at, value in enumerate((1, full, part)):
                self.found[key][at] += value
        if not full:
            self.notes.append(
                f"{'PARTLY' if part else 'MISSED'} {g['tier']} {g['type']} {name} {i} {g['text']!r} | {text[max(0, g['start_char'] - 50) : g['end_char'] + 40]}"
            )

    def figures(self) -> dict[str, Any]:
        """The figures of shared/eval/deid_text.py."""
        n, full, part = self.found[("direct", "all")]
        return {
            "recall_full": round(full / max(n, 1), 4),
            "recall_touched": round(part / max(n, 1), 4),
            "precision": round(self.hits / max(self.spans, 1), 4),
            "over_redacted": round(1000 * self.over / max(self.words, 1), 2),
            "identifiers": {
                f"{t} {k}": f"{v[1]}/{v[0]} whole, {v[2]} touched" for (t, k), v in sorted(self.found.items())
            },
            "false_spans": dict(self.false),
            "words": self.words,
        }


def utterances_of(rows: Iterable[dict[str, Any]], change: Callable[[str], str] = str) -> list[Utterance]:
    """Records from a transcript's JSON; `change` may alter the text but not its length."""
    return [
        Utterance(
            u.get("speaker") or u.get("participant", "S1"),
            u["start"],
            max(u["start"], u["end"]),
            change(u["text"]),
        )
        for u in rows
    ]


def bare(text: str) -> str:
    """Lower case and no punctuation, length kept: what a plain recogniser writes. Hyphens become spaces."""
    low = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    return re.sub(r"[^\w\s'’]", " ", low)
