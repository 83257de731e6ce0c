"""Label maps as earlier versions sealed them: rows of (kind, words, label), in two dialects.

De-identification wrote `["name", "brigitta okonkwo|f", "Person 1"]`, a review `["PERSON", "Brigitta", "[Person 1]"]`;
rows of other kinds kept surrogates, the shift of dates, and labels that stay taken.
"""

from __future__ import annotations

from typing import Any

from pipeline.identifiers import CLASSES, class_of, tier_of

_SURROGATE, _SHIFT, _RETIRED = "surrogate", "date-shift", "retired"


def read_rows(data: Any) -> Any:
    """The plain data of a label map as it is now; what is in that form already comes back as it is."""
    rows = data.get("labels", ()) if isinstance(data, dict) else ()
    if not any(isinstance(row, list | tuple) for row in rows):
        return data
    kinds = [row[0] for row in rows]
    shift = next((int(value) for kind, _, value in rows if kind == _SHIFT), 0)
    return {
        "labels": _each_once(_label(*row) for row in rows if not _is_fact(row[0])),
        "retired": _each_once(row[1] for row, kind in zip(rows, kinds, strict=True) if kind == _RETIRED),
        "surrogates": [_surrogate(*row) for row in rows if row[0].partition("-")[0] == _SURROGATE],
        "date_shift": shift,
    }


def _is_fact(kind: str) -> bool:
    return kind in (_SHIFT, _RETIRED) or kind.partition("-")[0] == _SURROGATE


def _label(kind: str, words: str, label: str) -> dict[str, str]:
    said, _, gender = words.partition("|")
    key = kind if kind in CLASSES else class_of(kind, tier_of(kind)).key
    return {
        "kind": key,
        "words": " ".join(said.casefold().split()),
        "text": label.strip("[]"),
        "gender": gender,
    }


def _surrogate(kind: str, original: str, text: str) -> dict[str, str]:
    return {"kind": kind.removeprefix(_SURROGATE).removeprefix("-"), "original": original, "text": text}


def _each_once(items: Any) -> list[Any]:
    found: list[Any] = []
    for item in items:
        if item not in found:
            found.append(item)
    return found
