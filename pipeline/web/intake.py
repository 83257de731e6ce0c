"""Taking in from the page: files dropped on it, streamed straight into the seal."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from pipeline.errors import SessionDeidError
from pipeline.study.intake.streaming import Offer, look_at, look_inside, take_stream, take_transcript
from pipeline.web.answers import answer, refusal
from pipeline.web.bodies import MAX_NAME_CHARACTERS, RequestError, number_of, text_of
from pipeline.web.place import Place
from pipeline.web.told import told

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route


MOST_TRANSCRIPT_BYTES = 64 << 20
_DIGEST = re.compile(r"[0-9a-f]{64}")


def routes() -> list[Route]:
    """The routes of this room."""
    from starlette.routing import Route

    return [
        Route("/api/offers", answer(offer), methods=["POST"]),
        Route("/api/intake", receive, methods=["POST"]),
    ]


def offer(place: Place, _path: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
    """Whether a file is wanted: known by its digest before a byte of it is sent."""
    offered = _offer(
        text_of(body, "name", most=MAX_NAME_CHARACTERS), number_of(body, "size"), text_of(body, "digest")
    )
    if not (offered.looks_like_sound or offered.is_transcript):
        raise RequestError(415, "This is neither a recording nor a transcript, going by the end of its name.")
    if offered.is_transcript and offered.size > MOST_TRANSCRIPT_BYTES:
        raise RequestError(413, "This is too large for a transcript.")
    found = look_at(place.study, offered)
    return {"outcome": found.outcome, "recording": found.recording}


def _offer(name: str, size: int, digest: str) -> Offer:
    if not name.strip() or not name.isprintable() or size < 0 or not _DIGEST.fullmatch(digest):
        raise RequestError(422)
    return Offer(name, size, digest)


async def receive(request: Request) -> Response:
    """One file as the body of the request; its name, size and digest in headers, so that no address holds them."""
    from starlette.concurrency import run_in_threadpool
    from starlette.responses import JSONResponse

    place: Place = request.app.state.place
    try:
        offered = _offer_of(request)
        source = _Body(request.stream())

        def work() -> dict[str, str]:
            with place.at_work():
                if offered.is_transcript:
                    data = source.read_all(MOST_TRANSCRIPT_BYTES)
                    return {"recording": take_transcript(place.study, offered, data).id, "problem": ""}
                row = take_stream(place.study, offered, source)
                return {"recording": row.id, "problem": told(look_inside(place.study, row))}

        return JSONResponse(await run_in_threadpool(work))
    except (SessionDeidError, RequestError, ValueError) as error:
        return refusal(error)


def _offer_of(request: Request) -> Offer:
    size = request.headers.get("content-length", "")
    if not re.fullmatch(r"[0-9]{1,15}", size):
        raise RequestError(411, "How long the file is must be said before.")
    name = unquote(request.headers.get("x-file-name", ""), errors="strict")
    if len(name) > MAX_NAME_CHARACTERS:
        raise RequestError(422)
    return _offer(name, int(size), request.headers.get("x-file-digest", ""))


class _Body:
    """A request's body as a blocking reader, for the thread that seals it."""

    def __init__(self, pieces: AsyncIterator[bytes]) -> None:
        self._pieces = pieces
        self._held = b""

    def read(self, size: int = -1, /) -> bytes:
        """Up to `size` bytes as they arrive; nothing at the end, also when the browser has gone."""
        import anyio

        while not self._held:
            piece = anyio.from_thread.run(self._next)
            if piece is None:
                return b""
            self._held = piece
        taken, self._held = (self._held, b"") if size < 0 else (self._held[:size], self._held[size:])
        return taken

    def read_all(self, most: int) -> bytes:
        """All of it; raises RequestError when it is longer than that."""
        whole = bytearray()
        while piece := self.read():
            whole += piece
            if len(whole) > most:
                raise RequestError(413, "This is too large for a transcript.")
        return bytes(whole)

    async def _next(self) -> bytes | None:
        from starlette.requests import ClientDisconnect

        try:
            return await anext(self._pieces)
        except (StopAsyncIteration, ClientDisconnect):
            return None
