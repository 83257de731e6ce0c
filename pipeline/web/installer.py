"""Installing models from the page, whose own process reaches nothing but this computer.

What a process is held to holds for the programs it starts. So a helper is started before (`Installer`, like the one
that opens the browser), which runs the command `session-deid models install` when it is told to, and says what that
said. It knows nothing of the study and is told names of models alone.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from types import TracebackType

from pipeline.errors import LockedError
from pipeline.models import manifest as manifests
from pipeline.models.store import installed
from pipeline.resources import model_store

WAIT_S = 5
DOWNLOADING = ".downloading"  # where pip puts what is on its way, so that it can be told how much there is
SAID_FIRST = "session-deid: "  # of an error, as the command line says it
_HELPER = """
import json, os, shutil, signal, subprocess, sys, threading
from pipeline.resources import model_store
signal.signal(signal.SIGINT, signal.SIG_IGN)
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
def begin(names):
    store = model_store()
    place = store / ".incoming" / ".downloading"
    try:
        new = not store.exists()
        place.mkdir(parents=True, exist_ok=True)
        if new:
            store.chmod(0o755)
    except OSError:
        pass  # the command says what is wrong with the folder
    there = {"TMPDIR": str(place)} if place.is_dir() else {}
    command = [sys.executable, "-m", "pipeline", "models", "install", *names]
    pipe = subprocess.PIPE
    work = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=pipe, stderr=subprocess.STDOUT, text=True, env={**os.environ, **there}
    )
    threading.Thread(target=follow, args=(work, place), daemon=True).start()
    return work
def follow(work, place):
    said = [line.strip() for line in work.stdout]
    shutil.rmtree(place, ignore_errors=True)
    print(json.dumps({"said": said, "code": work.wait()}), file=answers, flush=True)
work = None
for line in sys.stdin:
    asked = json.loads(line)
    if asked:
        work = begin(asked)
    elif work:
        work.terminate()
if work:
    work.terminate()
"""


@dataclass(frozen=True, slots=True)
class Installing:
    """An installation: of which models, since when (monotonic seconds), from how many bytes on; how it ended."""

    models: tuple[str, ...]
    began: float
    bytes_before: int
    code: int | None = None
    problem: str = ""
    stopped: bool = False

    @property
    def bytes_in_all(self) -> int:
        """What is to be fetched, by the manifest."""
        manifest = manifests.load()
        return sum(manifest.get(name).size for name in self.models)

    @property
    def bytes_here(self) -> int:
        """What has arrived, of models that are in the store and of those on their way."""
        return bytes_of(self.models)

    @property
    def seconds_left(self) -> float | None:
        """How long it takes from here at the pace so far; None where that cannot be told yet."""
        come, taken = self.bytes_here - self.bytes_before, time.monotonic() - self.began
        if come <= 0 or taken < 1.0:
            return None
        return max(0.0, self.bytes_in_all - self.bytes_here) * taken / come


def bytes_of(names: Sequence[str]) -> int:
    """Bytes of these models that lie in the store, whole or on their way, at most what the manifest says of each."""
    manifest = manifests.load()
    here = sum(_most(manifest.get(name).size, _arrived(name, manifest.get(name).size)) for name in names)
    return _most(
        sum(manifest.get(name).size for name in names), here + _bytes_below(DOWNLOADING, "pip-unpack-*/*")
    )


def _most(size: int, found: int) -> int:
    """Of some models the manifest does not say the size."""
    return min(size, found) if size else found


def _arrived(name: str, size: int) -> int:
    return size if installed(name) else _bytes_below(name, "**/*")


def _bytes_below(folder: str, pattern: str) -> int:
    found = 0
    for path in (model_store() / ".incoming" / folder).glob(pattern):
        with suppress(OSError):  # moved away meanwhile
            found += path.stat().st_size if path.is_file() else 0
    return found


class Installer:
    """The helper, from the moment it is made until the `with` ends. Make it before the process refuses the network."""

    def __init__(self) -> None:
        pipe = subprocess.PIPE
        self._helper = subprocess.Popen(  # noqa: S603 - our own interpreter and script
            [sys.executable, "-c", _HELPER],
            stdin=pipe,
            stdout=pipe,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
        )
        self._lock = threading.Lock()
        self._last: Installing | None = None
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def __enter__(self) -> Installer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        with suppress(OSError):
            self._helper.stdin.close()  # type: ignore[union-attr]
        with suppress(subprocess.TimeoutExpired):
            self._helper.wait(WAIT_S)
        self._listener.join(WAIT_S)
        if not self._listener.is_alive():
            self._helper.stdout.close()  # type: ignore[union-attr]

    @property
    def last(self) -> Installing | None:
        """The newest installation, that goes on or has ended."""
        return self._last

    def install(self, names: Sequence[str]) -> None:
        """Begin to install these models. Raises LockedError while others are being installed, ModelUnknownError."""
        manifest = manifests.load()
        chosen = tuple(manifest.get(name).name for name in dict.fromkeys(names))
        with self._lock:
            if self._last is not None and self._last.code is None:
                raise LockedError(what="The models' folder")
            self._last = Installing(chosen, time.monotonic(), bytes_of(chosen))
            self._tell(chosen)

    def stop(self) -> None:
        """End what goes on; what has arrived is kept for the next time."""
        with self._lock:
            if self._last is not None and self._last.code is None:
                self._last = replace(self._last, stopped=True)
                self._tell(())

    def _tell(self, names: Sequence[str]) -> None:
        assert self._helper.stdin is not None
        self._helper.stdin.write(json.dumps(list(names)) + "\n")
        self._helper.stdin.flush()

    def _listen(self) -> None:
        assert self._helper.stdout is not None
        with suppress(ValueError, OSError):  # the helper ended, or this process does
            for line in self._helper.stdout:
                answer = json.loads(line)
                said = [each for each in answer["said"] if each.startswith(SAID_FIRST)]
                problem = said[-1].removeprefix(SAID_FIRST) if said else ""
                with self._lock:
                    if self._last is not None:
                        self._last = replace(self._last, code=answer["code"], problem=problem)
