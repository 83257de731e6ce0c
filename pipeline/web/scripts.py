"""The page's scripts, styles and mark: fifty small files, kept in memory.

Each of them read anew, by a thread of its own, would cost a review a fifth of the time until it shows.
"""

from __future__ import annotations

import mimetypes
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

FOLDER = Path(__file__).parent / "static"
TYPES = {".js": "text/javascript"}  # what a computer's own table says of it differs
_IMPORTED = re.compile(r'^(?:import|export)\b[^"]*"\./([\w-]+)\.js";', re.MULTILINE)


async def send(request: Request) -> Response:
    """One of them."""
    from starlette.exceptions import HTTPException
    from starlette.responses import Response

    found = _files().get(request.path_params["name"])
    if found is None:
        raise HTTPException(404)
    return Response(found[0], media_type=found[1])


@cache
def _files() -> dict[str, tuple[bytes, str | None]]:
    return {each.name: (each.read_bytes(), _type_of(each)) for each in FOLDER.iterdir() if each.is_file()}


def _type_of(path: Path) -> str | None:
    return TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0]


@cache
def modules_of(script: str) -> tuple[str, ...]:
    """The scripts that one imports, directly or not. A page asks for them at once: a browser that finds imports one after
    another waits for each."""
    found: dict[str, None] = {}
    left = [script]
    while left:
        source = _files()[f"{left.pop()}.js"][0].decode()
        new = [name for name in _IMPORTED.findall(source) if name not in found]
        found.update(dict.fromkeys(new))
        left += new
    return tuple(found)
