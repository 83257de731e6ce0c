"""Who may use the page: a one-time link, a session cookie, and an end after idle time.

The link printed at start (and handed to the browser) carries a token of 256 random bits that works once.
It is exchanged for a cookie that scripts cannot read and other sites cannot send. Each session has a
second secret that every write must repeat in a header (CSRF).

Cookies know no ports: one of 127.0.0.1 would go to every program of every account that listens there. So each
server has a random host name of its own below `localhost` (RFC 6761: it never leaves this computer), which
nothing but the browser it was opened in knows; its cookie goes there and nowhere else.
"""

from __future__ import annotations

import hmac
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

TOKEN_SECONDS = 600.0
IDLE_SECONDS = 900.0
HOST_BYTES = 12


@dataclass
class Visit:
    """One browser session. `csrf` must accompany every write."""

    id: str = field(repr=False)
    csrf: str = field(repr=False)
    seen: float = 0.0


class Door:
    """Gives out one-time links, keeps sessions, forgets idle ones."""

    def __init__(
        self,
        idle_seconds: float = IDLE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
        host: str = "",
        lasting: bool = False,
    ) -> None:
        """`lasting`: a session outlives idle time, since then the study is locked and asks for its passphrase."""
        self._lasting = lasting
        self._asked = clock()
        self.idle_seconds = idle_seconds
        self.host = host or f"{secrets.token_hex(HOST_BYTES)}.localhost"
        self._clock = clock
        self._lock = threading.Lock()
        self._tokens: dict[str, float] = {}
        self._visits: dict[str, Visit] = {}

    def make_token(self) -> str:
        """A token for one link, good for ten minutes; earlier unused ones stop working."""
        token = secrets.token_urlsafe(32)
        with self._lock:
            self._tokens = {token: self._clock() + TOKEN_SECONDS}
        return token

    def exchange(self, token: str) -> Visit | None:
        """A new session for a token; None when it is wrong, used or old."""
        with self._lock:
            match = [t for t in self._tokens if hmac.compare_digest(t.encode(), token.encode())]
            if not match or self._tokens.pop(match[0]) < self._clock():
                return None
            visit = Visit(secrets.token_urlsafe(32), secrets.token_urlsafe(32), self._clock())
            self._visits[visit.id] = visit
            return visit

    def find(self, cookie: str, *, active: bool) -> Visit | None:
        """The session of a cookie; `active` puts its end off. None when there is none or it was idle."""
        with self._lock:
            match = [
                v for key, v in self._visits.items() if hmac.compare_digest(key.encode(), cookie.encode())
            ]
            if not match:
                return None
            visit = match[0]
            self._asked = self._clock()
            if not self._lasting and self._clock() - visit.seen > self.idle_seconds:
                del self._visits[visit.id]
                return None
            if active:
                visit.seen = self._clock()
            return visit

    def seconds_left(self, visit: Visit) -> float:
        """Seconds until the session ends if nothing happens."""
        return max(0.0, self.idle_seconds - (self._clock() - visit.seen))

    def end(self, visit: Visit) -> None:
        """End a session now."""
        with self._lock:
            self._visits.pop(visit.id, None)

    def anybody(self) -> bool:
        """True while somebody is there; sessions that are over are dropped."""
        with self._lock:
            now = self._clock()
            here = {k: v for k, v in self._visits.items() if now - v.seen <= self.idle_seconds}
            if not self._lasting:
                self._visits = here
            return bool(here)

    def unasked_seconds(self) -> float:
        """How long no page has asked for anything, by itself or for a person: whether any is still open."""
        return self._clock() - self._asked
