"""A function that takes what a request holds and gives a dictionary, as an endpoint that answers in JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import TYPE_CHECKING, Any

from pipeline.errors import RecordingUnknownError, RingNeededError, SessionDeidError, WrongKeyError
from pipeline.web.bodies import NOT_UNDERSTOOD, RequestError, read_body
from pipeline.web.place import Place
from pipeline.web.told import told, told_error

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

STATUS = {RecordingUnknownError: 404, WrongKeyError: 403, RingNeededError: 403}

Handler = Callable[[Place, Mapping[str, str], dict[str, Any]], dict[str, Any]]


def answer(handler: Handler) -> Callable[[Request], Any]:
    """The handler as an endpoint: parameters of the path and the body in, JSON out, our errors in their own words."""
    from starlette.concurrency import run_in_threadpool
    from starlette.responses import JSONResponse

    @wraps(handler)
    async def endpoint(request: Request) -> Response:
        place: Place = request.app.state.place

        def work(body: dict[str, Any]) -> dict[str, Any]:
            with place.at_work():
                return handler(place, request.path_params, body)

        try:
            return JSONResponse(await run_in_threadpool(work, await read_body(request)))
        except (SessionDeidError, RequestError, ValueError) as error:
            return refusal(error)

    return endpoint


def refusal(error: Exception) -> Response:
    """An error as an answer. Of one that is not ours only that it was one: its message may repeat the request."""
    from starlette.responses import JSONResponse

    if isinstance(error, RequestError):
        return JSONResponse({"error": told(str(error))}, error.status)
    if not isinstance(error, SessionDeidError):
        return JSONResponse({"error": told(NOT_UNDERSTOOD)}, 422)
    status = next((code for kinds, code in STATUS.items() if isinstance(error, kinds)), 409)
    return JSONResponse({"error": told_error(error), "kind": type(error).__name__}, status)
