"""Everything between the socket and the pages: refusals, headers, and errors that hold no words.

A page of another site can make the browser send requests to this computer, and a name of another site can be
made to point here (DNS rebinding). So: only our own, random Host is answered (pipeline.web.access says why it is
random), only our own Origin may write, the cookie is SameSite=Strict, and each write repeats the session's secret.
"""

from __future__ import annotations

import hmac
import sys
from collections.abc import MutableMapping
from typing import TYPE_CHECKING, Any

from pipeline.bugs import place_of
from pipeline.errors import RingNeededError
from pipeline.study.needs import needed_at
from pipeline.web.bodies import RequestError
from pipeline.web.texts import language_of
from pipeline.web.told import speak, told

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from pipeline.web.access import Door

SAFE_METHODS = frozenset({"GET", "HEAD"})
WRITTEN = frozenset({"application/json", "application/octet-stream"})
POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "media-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    ]
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), display-capture=(), usb=(), serial=()",
    "cache-control": "no-store",
    "x-robots-tag": "noindex",
}


class Guard:
    """ASGI middleware: refuses what is not ours, then adds the headers to every answer."""

    def __init__(self, app: ASGIApp, door: Door, host: str, cookie: str) -> None:
        self.app = app
        self.door = door
        self.host = host
        self.cookie = cookie

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        from starlette.requests import Request

        started = False

        async def send_guarded(message: MutableMapping[str, Any]) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                own_style = scope.get("state", {}).get("style", "'self'")
                message = {**message, "headers": _with_headers(message.get("headers", []), own_style)}
            await send(message)

        request = Request(scope, receive)
        speak(language_of(request))
        refusal = self._refuse(request)
        try:
            if refusal is not None:
                await refuse(request, *refusal)(scope, receive, send_guarded)
            else:
                await self.app(scope, receive, send_guarded)
        except RequestError as error:
            if not started:
                await refuse(request, error.status, str(error))(scope, receive, send_guarded)
        except Exception as bug:  # its message may hold words of a transcript, so none of it is shown
            report_place(bug)
            if not started:
                await refuse(
                    request, 500, "Something went wrong here. Nothing decided was lost; load the page again."
                )(scope, receive, send_guarded)

    def _refuse(self, request: Any) -> tuple[int, str] | None:
        if not _same(request.headers.get("host", ""), self.host):
            return 421, "This address is not served here."
        if not self._own_origin(request):
            return 403, "The request came from another site."
        path = request.url.path
        if path in ("/open", "/texts.js") or path.startswith("/static/"):
            return None if request.method in SAFE_METHODS else (405, "Not allowed.")
        visit = self.door.find(request.cookies.get(self.cookie, ""), active=_is_active(request))
        if visit is None:
            return 401, "The session has ended."
        if request.method not in SAFE_METHODS and not _repeats_secret(request, visit.csrf):
            return 403, "The request did not come from the page."
        request.state.visit = visit
        return _refuse_ring(request) or _refuse_unaccepted(request)

    def _own_origin(self, request: Any) -> bool:
        allowed = {f"http://{request.headers['host']}"}
        origin = request.headers.get("origin")
        if origin is not None and origin not in allowed:
            return False
        site = request.headers.get("sec-fetch-site", "same-origin")
        if request.method in SAFE_METHODS:
            return site in ("same-origin", "none") or request.url.path == "/open"
        return origin in allowed and site == "same-origin"


def _refuse_ring(request: Any) -> tuple[int, str] | None:
    """What the key that the study was opened with does not open is not shown, nor begun."""
    ring = needed_at(request.url.path, writes=request.method not in SAFE_METHODS)
    if ring is None or request.app.state.place.opens(ring):
        return None
    try:
        request.app.state.place.study.key.require(ring)
    except RingNeededError as error:
        return 403, str(error)
    return None


def _refuse_unaccepted(request: Any) -> tuple[int, str] | None:
    """Nothing is heard or read before the study's undertaking of confidentiality is accepted."""
    from pipeline.web.undertaking import refuse_unaccepted

    why = refuse_unaccepted(request.app.state.place, request.url.path)
    return (403, why) if why else None


def refuse(request: Any, status: int, why: str) -> Any:
    """A refusal, as JSON to scripts and as a page to people."""
    from starlette.responses import JSONResponse

    if request.url.path.startswith("/api/"):
        return JSONResponse({"error": told(why)}, status)
    from pipeline.web.pages import refusal_page

    return refusal_page(request, why, status)


def report_place(bug: BaseException) -> None:
    """Where a bug of ours struck, on standard error, without its message."""
    sys.stderr.write(f"session-deid review: an internal error ({type(bug).__name__}) at {place_of(bug)}\n")


def _is_active(request: Any) -> bool:
    """Requests the page makes by itself (pulse, sound) do not keep a session alive."""
    return "x-passive" not in request.headers and not request.url.path.endswith("/sound")


def _repeats_secret(request: Any, secret: str) -> bool:
    """A form can send neither the header nor these content types."""
    kind = request.headers.get("content-type", "").split(";")[0]
    return kind in WRITTEN and _same(request.headers.get("x-csrf", ""), secret)


def _same(given: str, right: str) -> bool:
    return hmac.compare_digest(given.encode(), right.encode())


def _with_headers(headers: Any, style: str) -> list[tuple[bytes, bytes]]:
    """Our headers over the answer's; `style` is where styles may come from (the report names its own)."""
    ours = {**HEADERS, "content-security-policy": POLICY.replace("style-src 'self'", f"style-src {style}")}
    kept = [(k, v) for k, v in headers if k.lower().decode() not in ours]
    return kept + [(k.encode(), v.encode()) for k, v in ours.items()]
