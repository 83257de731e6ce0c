"""Reading what a request brings: bounded, well-formed, flat enough; everything else is the sender's fault.

A body that does not fit raises RequestError, which every route answers with its status and none of the body's words.
"""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from starlette.requests import Request

MAX_BODY_BYTES = 1 << 20
MAX_DEPTH = 16
MAX_NUMBER = 1 << 53  # what a page's numbers hold exactly
MAX_NAME_CHARACTERS = 200
NOT_UNDERSTOOD = "The request was not understood."
_HOLDER = re.compile(r"[0-9A-Za-z-]{1,64}")


class RequestError(Exception):
    """A request that cannot be answered; `status` is 4xx and the message holds nothing of the request."""

    def __init__(self, status: int, why: str = NOT_UNDERSTOOD) -> None:
        super().__init__(why)
        self.status = status


async def read_body(request: Request, most: int = MAX_BODY_BYTES) -> dict[str, Any]:
    """The JSON object a request brings; {} for a request without a body by its method. Raises RequestError."""
    if request.method in ("GET", "HEAD"):
        return {}
    raw = bytearray()
    async for piece in request.stream():
        raw += piece
        if len(raw) > most:
            raise RequestError(413, "The request is too large.")
    return parse_body(bytes(raw))


def parse_body(raw: bytes) -> dict[str, Any]:
    """A JSON object of finite numbers and sound text, not nested deeper than MAX_DEPTH. Raises RequestError."""
    try:
        body = json.loads(raw.decode("utf-8"), parse_constant=_refuse_constant)
        _check(body, 0)
    except (
        ValueError,
        RecursionError,
    ):  # ValueError: of JSON, of UTF-8, and of numbers with thousands of digits
        raise RequestError(422) from None
    if not isinstance(body, dict):
        raise RequestError(422)
    return body


def _refuse_constant(_name: str) -> None:
    raise ValueError("NaN and Infinity are not JSON")


def _check(value: object, depth: int) -> None:
    """Raise ValueError for what no page of ours sends: deep nesting, half characters, endless numbers."""
    if depth > MAX_DEPTH:
        raise ValueError("nested too deeply")
    if isinstance(value, str):
        value.encode("utf-8")  # a lone surrogate raises UnicodeEncodeError
    elif isinstance(value, (int, float)) and not (math.isfinite(value) and abs(value) < MAX_NUMBER):
        raise ValueError("out of range")
    elif isinstance(value, dict):
        _check(list(value), depth)
        _check(list(value.values()), depth)
    elif isinstance(value, list):
        for inner in value:
            _check(inner, depth + 1)


def text_of(body: dict[str, Any], name: str, default: str | None = None, most: int = MAX_BODY_BYTES) -> str:
    """A text of the body; raises RequestError."""
    value = body.get(name, default)
    if not isinstance(value, str) or len(value) > most:
        raise RequestError(422)
    return value


def name_of(body: dict[str, Any], name: str, default: str | None = None) -> str:
    """A person's or a thing's name: one short line of printable characters."""
    value = text_of(body, name, default, MAX_NAME_CHARACTERS).strip()
    if not value.isprintable():
        raise RequestError(422)
    return value


def number_of(body: dict[str, Any], name: str) -> int:
    """A whole number of the body; raises RequestError."""
    value = body.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise RequestError(422)
    return value


def flag_of(body: dict[str, Any], name: str) -> bool:
    """True or false; missing is false."""
    value = body.get(name, False)
    if not isinstance(value, bool):
        raise RequestError(422)
    return value


def texts_of(body: dict[str, Any], name: str) -> list[str]:
    """A list of texts; raises RequestError."""
    value = body.get(name)
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise RequestError(422)
    return value


def holder_of(body: dict[str, Any]) -> str:
    """The mark under which a page holds the right to decide: short, since the ledger keeps it."""
    value = text_of(body, "holder")
    if not _HOLDER.fullmatch(value):
        raise RequestError(422)
    return value
