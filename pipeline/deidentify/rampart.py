"""Rampart, a token classifier for personal data in written text (National Design Studio), over a whole dialogue."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.deidentify.token_classifier import TokenClassifier

GROUPS = {
    "given": ("GIVEN_NAME",),
    "surname": ("SURNAME",),
    "place": ("CITY", "STATE"),
    "street": ("BUILDING_NUMBER", "STREET_NAME", "SECONDARY_ADDRESS", "ZIP_CODE"),
    "contact": ("EMAIL", "PHONE", "URL"),
    "number": ("TAX_ID", "BANK_ACCOUNT", "ROUTING_NUMBER", "GOVERNMENT_ID", "PASSPORT", "DRIVERS_LICENSE"),
}


@dataclass(frozen=True, slots=True)
class Opinion:
    """Probabilities that a word is part of each group, in [0, 1]."""

    given: float = 0.0
    surname: float = 0.0
    place: float = 0.0
    street: float = 0.0
    contact: float = 0.0
    number: float = 0.0

    @property
    def name(self) -> float:
        """Probability of a given name or a surname."""
        return min(1.0, self.given + self.surname)


class Rampart:
    """The classifier, loaded from its folder (model_q4.onnx, tokenizer.json, config.json)."""

    def __init__(self, folder: Path, threads: int = 2) -> None:
        self._classifier = TokenClassifier(
            folder / "model_q4.onnx", folder / "tokenizer.json", marks_turns=False, threads=threads
        )
        names = json.loads((folder / "config.json").read_text(encoding="utf-8"))["id2label"]
        self._columns = {
            group: [int(k) for k, v in names.items() if v[2:] in kinds] for group, kinds in GROUPS.items()
        }

    def judge(self, text: str, words: Sequence[tuple[int, int]]) -> list[Opinion]:
        """An opinion on each word, given by its offsets in the text, in order."""
        return [self._opinion(row) for row in self._classifier.judge(text, words)]

    def _opinion(self, row: Any) -> Opinion:
        return Opinion(*(float(row[columns].sum()) for columns in self._columns.values()))
