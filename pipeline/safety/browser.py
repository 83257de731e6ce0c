"""Opening links while this process keeps itself from the network.

What a process is held to holds for the programs it starts, and a browser without a network would serve nobody's other
pages. So a helper is started before, and opens the files and links it is told; it knows nothing of the study.
"""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from types import TracebackType

WAIT_S = 2
_HELPER = """
import os, signal, sys, webbrowser
signal.signal(signal.SIGINT, lambda *_: os._exit(0))
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)  # what a browser prints is no answer
for link in sys.stdin:
    print(int(webbrowser.open(link.strip())), file=answers, flush=True)
"""


class BrowserOpener:
    """The helper, from the moment it is made until the `with` ends."""

    def __init__(self) -> None:
        command = [sys.executable, "-c", _HELPER]
        pipe = subprocess.PIPE
        self._helper = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True)  # noqa: S603

    def __enter__(self) -> BrowserOpener:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        for pipe in (self._helper.stdin, self._helper.stdout):
            with suppress(OSError):
                pipe.close()  # type: ignore[union-attr]
        with suppress(subprocess.TimeoutExpired):  # a browser may run in its foreground: it is left alone
            self._helper.wait(WAIT_S)

    def open(self, link: str) -> bool:
        """Have a browser open a link; False when there is none."""
        assert self._helper.stdin is not None
        assert self._helper.stdout is not None
        try:
            self._helper.stdin.write(f"{link}\n")
            self._helper.stdin.flush()
            return self._helper.stdout.readline().strip() == "1"
        except OSError:
            return False
