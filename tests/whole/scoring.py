"""Scores of a whole run against the samples' truth."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path


def code_accuracy(pairs: list[tuple[Path, Path]]) -> float:
    """Share of truth speech seconds that carry the right person's code, with one mapping for all recordings."""
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    seconds: Counter[tuple[str, str]] = Counter()
    total = 0
    for truth_path, made_path in pairs:
        truth = json.loads(truth_path.read_text(encoding="utf-8"))
        made = json.loads(made_path.read_text(encoding="utf-8"))["utterances"]
        for u in truth["utterances"]:
            for step in range(int((u["end"] - u["start"]) / 0.1)):
                t = u["start"] + step * 0.1
                total += 1
                said = next((m["participant"] for m in made if m["start"] <= t < m["end"]), None)
                if said:
                    seconds[u["speaker"], said] += 1
    people, codes = sorted({p for p, _ in seconds}), sorted({c for _, c in seconds})
    table = np.array([[seconds[p, c] for c in codes] for p in people])
    rows, columns = linear_sum_assignment(-table)
    return float(table[rows, columns].sum() / max(total, 1))
