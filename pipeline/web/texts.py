"""The page's texts: one catalogue a language, `texts/en.json` and others. A language is a file.

A text may hold {facts}; one that counts has the forms `.one` and `.other` (and what else the language needs, by the
plural rules of Unicode CLDR, which browsers know).
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

FOLDER = Path(__file__).parent / "texts"
COOKIE = "language"
FIRST = "en"
SERVERS = ("error.", "said.")  # told by the server alone (pipeline.web.told)


@cache
def languages() -> tuple[str, ...]:
    """The languages there are, by their codes; English first."""
    found = sorted(path.stem for path in FOLDER.glob("*.json"))
    return (FIRST, *(code for code in found if code != FIRST))


@cache
def catalogue(language: str) -> dict[str, str]:
    """A language's texts by key; what it lacks is said in English."""
    own: dict[str, str] = json.loads((FOLDER / f"{language}.json").read_text(encoding="utf-8"))
    return own if language == FIRST else catalogue(FIRST) | own


def language_of(request: Request) -> str:
    """The language chosen on the page, else the first of the browser's that there is."""
    chosen = request.cookies.get(COOKIE, "")
    if chosen in languages():
        return chosen
    for part in request.headers.get("accept-language", "").split(","):
        code = part.partition(";")[0].strip().lower().partition("-")[0]
        if code in languages():
            return code
    return FIRST


def say(language: str, key: str, **facts: object) -> str:
    """A text of the catalogue, for what the server writes itself."""
    return catalogue(language)[key].format(**facts)


def texts_module(request: Request) -> Response:
    """The catalogue as a JavaScript module."""
    from starlette.responses import Response

    language = language_of(request)
    own = {key: text for key, text in catalogue(language).items() if not key.startswith(SERVERS)}
    shown = json.dumps(own, ensure_ascii=True)
    text = f"export const language = {json.dumps(language)};\nexport const texts = {shown};\n"
    return Response(text, media_type="text/javascript")
