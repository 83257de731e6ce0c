"""Which run is going on and how far it is: a small file in the study's `locks`, for whoever looks meanwhile.

Only to be looked at: that one run goes on at a time is the lock's work. A run that was killed leaves its
note; it is known by its process, which is gone. The file holds a recording's id, a stage and numbers, nothing else.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.errors import EXIT_INTERRUPTED
from pipeline.study.creating import LOCKS

if TYPE_CHECKING:
    from pipeline.flow import Progress, ProgressFor
    from pipeline.study.study import Study

FILE_NAME = "run.json"
CLOCK_SLACK_S = 2.0
WRITE_EVERY_S = 0.5
MOST_BYTES = 4096
WORKER = "run-worker-"
MOST_WORKERS = 256


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A run: when it began (seconds since 1970), how many recordings it set out to do and has done, and what it is
    at: a recording, its stage, the share of the stage that is done, and when the stage began.

    `code` and `problem` say how it ended when it did not end well (`process` is then 0). `workers`: what each of the
    processes that share the work is at.
    """

    began: float
    recordings: int
    process: int = 0
    done: int = 0
    recording: str = ""
    stage: str = ""
    share: float = 0.0
    stage_began: float = 0.0
    code: int = 0
    problem: str = ""
    workers: tuple[UnderWay, ...] = ()

    @property
    def at(self) -> tuple[UnderWay, ...]:
        """Everything that is worked on at this moment: by the run's own process, and by its workers."""
        own = (self,) if self.recording else ()
        return own + self.workers

    def of(self, recording: str) -> UnderWay | None:
        """What is being done with a recording; None when it is not its turn."""
        return next((each for each in self.at if each.recording == recording), None)

    @property
    def seconds_left(self) -> float | None:
        """How long the stage will take from here, when that can be told."""
        taken = time.time() - self.stage_began
        if not self.stage_began or self.share < 0.02 or taken < 2.0:
            return None
        return taken * (1.0 - self.share) / self.share


_TOLD = {each.name for each in fields(UnderWay)} - {"workers"}


class Note:
    """What this process's run tells of itself. Writing fails in silence: a run does not end over it."""

    def __init__(self, folder: Path, file: str = FILE_NAME) -> None:
        self._path = folder / LOCKS / file
        self._now = UnderWay(time.time(), 0)
        self._written = 0.0

    def begin(self, recordings: int) -> None:
        """This process begins a run."""
        self._tell(UnderWay(time.time(), recordings, os.getpid()))

    def recording(self, recording: str) -> None:
        """A recording is taken up."""
        if recording != self._now.recording:
            self._tell(replace(self._now, recording=recording, stage="", share=0.0, stage_began=0.0))

    def stage(self, stage: str) -> Progress:
        """A stage begins; call what is returned with the share done."""
        self._tell(replace(self._now, stage=stage, share=0.0, stage_began=time.time()))

        def show(share: float) -> None:
            at_once = share >= 1.0 or time.monotonic() - self._written >= WRITE_EVERY_S
            self._tell(replace(self._now, share=min(max(share, 0.0), 1.0)), write=at_once)

        return show

    def done(self) -> None:
        """A recording is through, or set aside."""
        after = replace(self._now, done=self._now.done + 1, recording="", stage="", share=0.0)
        self._tell(after)

    def end(self, code: int = 0, problem: str = "") -> None:
        """The run ended; `problem` says why, when it ended early."""
        self._tell(replace(self._now, process=0, code=code, problem=problem))

    def stopped(self, run: UnderWay) -> None:
        """Somebody ended that run; unless it said so itself."""
        last = last_run(self._path.parent.parent)
        if last is None or last.process == run.process:
            self._now = run
            self.end(EXIT_INTERRUPTED)

    def beside(self, watch: ProgressFor | None) -> ProgressFor:
        """A watch that tells this note too."""

        def both(label: str) -> Progress:
            mine, other = self.stage(label), watch(label) if watch else None

            def show(share: float) -> None:
                mine(share)
                if other:
                    other(share)

            return show

        return both

    def _tell(self, now: UnderWay, *, write: bool = True) -> None:
        self._now = now
        if not write:
            return
        self._written = time.monotonic()
        beside = self._path.with_name(f".{FILE_NAME}.{secrets.token_hex(4)}")
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(mode=0o700, exist_ok=True)
            handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump({name: value for name, value in asdict(now).items() if name in _TOLD}, file)
            beside.replace(self._path)


class WorkersNote:
    """What one of several processes that share a run's work tells of itself, in a file of its own.

    A file each, and no channel they share: one that is killed while it writes stops no other.
    """

    def __init__(self, folder: Path) -> None:
        self._note = Note(folder, f"{WORKER}{os.getpid()}.json")

    @contextlib.contextmanager
    def at(self, recording: str) -> Iterator[Callable[[str], Progress]]:
        """While a recording is worked on: what to call as its stages begin."""
        self._note.begin(1)
        self._note.recording(recording)
        try:
            yield self._note.stage
        finally:
            self._note.end()


def forget_workers(folder: Path) -> None:
    """Remove what the workers of an earlier run told, or of this one when it is over."""
    for path in (folder / LOCKS).glob(f"{WORKER}*.json"):
        with contextlib.suppress(OSError):
            path.unlink()


def under_way(study: Study) -> UnderWay | None:
    """The run that goes on, on this computer, with its workers; None when there is none."""
    last = last_run(study.folder)
    if not (last and last.process and _lives(last.process, last.began)):
        return None
    names = sorted(path.name for path in (study.folder / LOCKS).glob(f"{WORKER}*.json"))
    told = [_read(study.folder, name) for name in names[:MOST_WORKERS]]
    return replace(last, workers=tuple(w for w in told if w and w.process and _lives(w.process, w.began)))


def last_run(folder: Path) -> UnderWay | None:
    """What the newest run on this computer told of itself last, whether it goes on or not."""
    return _read(folder, FILE_NAME)


def _read(folder: Path, name: str) -> UnderWay | None:
    try:
        with (folder / LOCKS / name).open("rb") as file:
            facts = json.loads(file.read(MOST_BYTES))
        told = {f.name: _number_or_text(facts[f.name], f.type) for f in fields(UnderWay) if f.name in _TOLD}
        return UnderWay(**told)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _number_or_text(value: Any, kind: object) -> Any:
    convert: Callable[[Any], Any] = {"float": float, "int": int, "str": str}[str(kind)]
    return convert(value)


def _lives(process: int, began: float) -> bool:
    """Whether this process was there when the run began; a number is given to others in time."""
    import psutil

    try:
        found = psutil.Process(process)
        started: float = found.create_time()
        ended = found.status() == psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False
    return not ended and started <= began + CLOCK_SLACK_S
