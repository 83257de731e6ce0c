"""JSON that is evidence: read so that two programs cannot see two different things in it."""

from __future__ import annotations

import json
from typing import Any, NoReturn

DEEPEST = 32


def read_strictly(data: bytes) -> Any:
    """The JSON value of UTF-8 bytes; raises ValueError.

    Refused beside what is no JSON: a key that stands twice in an object, nesting deeper than DEEPEST, and numbers that
    are none (NaN, Infinity), each of which other readers take otherwise.
    """
    try:
        value = json.loads(data.decode("utf-8"), object_pairs_hook=_object, parse_constant=_refuse_constant)
    except RecursionError:
        raise ValueError("it is nested too deep") from None
    _check_depth(value)
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands in it twice")
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _check_depth(value: Any, left: int = DEEPEST) -> None:
    if not left:
        raise ValueError("it is nested too deep")
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for each in inner:
        _check_depth(each, left - 1)
