"""What the first review would wait for, read beforehand: word lists, our sentences' forms, what records are read by.

It takes some tenths of a second, and is the same for every study; nothing of one is touched.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

PAUSE_SECONDS = 0.3  # without a request, after which the first page has all that it asks for


class OnceShown:
    """Middleware that does something once, when the first page has been shown.

    A page is there when its scripts, and what they asked for, were sent and nothing is asked for any more. Before its
    scripts the browser is still on its way from the one-time link.
    """

    def __init__(self, app: ASGIApp, begin: Callable[[], None]) -> None:
        self.app, self._begin = app, begin
        self._under_way = 0
        self._scripts_asked = self._begun = False
        self._waiting: asyncio.TimerHandle | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._begun or scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        self._scripts_asked |= scope["path"].startswith("/static/")
        self._under_way += 1
        if self._waiting:
            self._waiting.cancel()
        try:
            await self.app(scope, receive, send)
        finally:
            self._under_way -= 1
            if self._scripts_asked and not self._under_way:
                self._waiting = asyncio.get_running_loop().call_later(PAUSE_SECONDS, self._shown)

    def _shown(self) -> None:
        if not self._begun:
            self._begun = True
            self._begin()


def warm_up_beside() -> None:
    """Do it beside what this process does."""
    threading.Thread(target=warm_up, daemon=True).start()


def warm_up() -> None:
    """Read what a review needs whatever is in it; a second time nothing is left to do."""
    import pipeline.audio.decode  # what makes sound of a source
    import pipeline.audio.tracks  # noqa: F401
    from pipeline.records import Attribution, LabelMap, Redaction, Roster, Transcription, from_json, to_json
    from pipeline.verify.decisions import Event, Undo
    from pipeline.verify.log import pack_event, read_decision, unpack_events
    from pipeline.web.told import told

    for empty in (
        Attribution(()),
        Redaction((), (), LabelMap()),
        Transcription(0.0, "en", "", "", ()),
        Roster(()),
        LabelMap(),
    ):
        from_json(type(empty), to_json(empty))
    read_decision({"kind": "undo"})
    unpack_events(pack_event(Event(1, "", "", Undo())))
    _ask_once()
    told("mark")


def _ask_once() -> None:
    """A question as of any review: whoever asks one looks its words up in every list."""
    from pipeline.verify.queue import open_questions
    from pipeline.verify.state import Line, Mark, ReviewedTranscript

    mark = Mark("m", 4, 10, "PERSON", "direct", 1.0, "", "flag", "", uncertain=True)
    line = Line("u", "P01", 0.0, 1.0, "I'm Zorvik", marks=(mark,))
    open_questions(ReviewedTranscript(1.0, ("u",), {"u": line}))
