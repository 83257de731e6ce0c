"""The child process that talks to a Dask cluster for `pipeline.batch.cluster`, and holds no key of the study.

Dask unpickles whatever a scheduler or a worker sends, so whoever can send may run code where its client is. That is here:
a fresh process with the jobs it is given one by one, which hands back plain bytes. It ends when its parent does.
"""

from __future__ import annotations

import itertools
import json
import pickle
import queue
import signal
import time
import warnings
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from pipeline.batch.cluster_connect import connect, leave
from pipeline.batch.cluster_plan import Plan
from pipeline.batch.failures import GIVEN_UP, KILLED, LATE
from pipeline.batch.job import Job
from pipeline.batch.workers import MakeStages, do_job_apart
from pipeline.errors import ClusterError

if TYPE_CHECKING:
    from distributed import Client, Future

TRIES = 3
LOOK_EVERY_S = 2.0
RESTART_S = 60.0


@dataclass(slots=True)
class _Try:
    """One try of a job; `began` is when a worker was first seen at work on it (it may wait for hours before)."""

    job: Job = field(repr=False)
    number: int
    order: int
    began: float | None = None
    worker: str = ""


def serve(parent: Connection, plan: Plan, recipe: MakeStages) -> None:
    """What the child does: connect, ask the parent for jobs, hand back answers, until there are none or it is gone."""
    from pipeline.safety import protect_process

    protect_process()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C is the parent's: it closes the pipe
    tell = Parent(parent)
    client = None
    try:
        client = connect(plan)
        Desk(client, recipe, plan.patience_s, tell).work()
        tell.say(kind="over")
    except ClusterError as error:
        with suppress(OSError):
            tell.say(kind="unusable", what=error.facts["what"], why=error.facts["why"])
    except (EOFError, OSError):  # the parent is gone, or will have no more
        pass
    except Exception as error:  # its message, a library's, is not ours to show
        with suppress(OSError):
            tell.say(kind="unusable", what="Dask", why=f"its client stumbled ({type(error).__name__})")
    finally:
        if client is not None:
            leave(client)


class Parent:
    """The pipe to the parent: JSON to it, jobs from it."""

    def __init__(self, pipe: Connection):
        self._pipe = pipe

    def say(self, **what: object) -> None:
        """Tell it something."""
        self._pipe.send_bytes(json.dumps(what).encode())

    def answer(self, job: Job, data: object) -> None:
        """Hand on what a worker returned: bytes, or nothing when it is none."""
        self.say(kind="answer", recording=job.recording)
        self._pipe.send_bytes(data if isinstance(data, bytes) else b"")

    def next_job(self) -> Job | None:
        """Another job; None when there is none any more."""
        self.say(kind="want")
        data = self._pipe.recv_bytes()
        job: Job | None = pickle.loads(data) if data else None  # noqa: S301 - the parent's own
        return job

    @property
    def is_gone(self) -> bool:
        """It speaks only when it is asked: anything else is the pipe's end."""
        return self._pipe.poll(0)


class Desk:
    """Jobs to workers and answers back; a worker that dies or hangs costs a retry."""

    def __init__(self, client: Client, recipe: MakeStages, patience_s: float, parent: Parent):
        self._client, self._recipe, self._patience_s, self._parent = client, recipe, patience_s, parent
        self._done: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._under_way: dict[Any, _Try] = {}
        self._orders = itertools.count()
        self._more = True
        self._looked = 0.0
        self._alone_said = False

    def work(self) -> None:
        """All jobs there are. Raises ClusterError when the scheduler is gone, EOFError when the parent is."""
        try:
            while self._fill():
                future = self._next_done()
                if future is not None and (attempt := self._under_way.pop(future, None)):
                    self._take(future, attempt)
                self._mind_the_time()
                if self._parent.is_gone:
                    raise EOFError
        finally:  # also after Ctrl-C: nothing of ours stays on the cluster
            with suppress(Exception):
                self._client.cancel(list(self._under_way), force=True)

    def _fill(self) -> bool:
        """Hand out jobs while there is room; returns whether any is under way."""
        while self._more and len(self._under_way) < self._room():
            job = self._parent.next_job()
            if job is None:
                self._more = False
            else:
                self._submit(job, 1)
        return bool(self._under_way)

    def _room(self) -> int:
        """One recording a worker, and one more, so that none waits for the next to travel."""
        workers = len(self._client.scheduler_info(n_workers=-1)["workers"])
        if not workers and not self._alone_said:
            self._alone_said = True
            self._parent.say(kind="alone")
        return workers + 1

    def _submit(self, job: Job, number: int) -> None:
        order = next(self._orders)
        key = f"{job.study}-{job.recording}-{time.monotonic_ns()}-{order}"
        with warnings.catch_warnings():
            # A sealed recording is large on purpose: it must not wait on other workers' disks.
            warnings.filterwarnings("ignore", message="Sending large graph", category=UserWarning)
            future = self._client.submit(do_job_apart, job, self._recipe, key=key, pure=False)
        self._under_way[future] = _Try(job, number, order)
        future.add_done_callback(self._done.put)

    def _next_done(self) -> Future | None:
        try:
            return self._done.get(timeout=LOOK_EVERY_S)
        except queue.Empty:
            if self._client.status != "running":
                raise ClusterError(what="the scheduler", why="the connection was lost") from None
            return None

    def _take(self, future: Future, attempt: _Try) -> None:
        from distributed.scheduler import KilledWorker

        try:
            answer = future.result()
        except KilledWorker:
            self._again(attempt, KILLED)
        except Exception:  # a preempted worker, a broken connection: Dask has many names for it
            self._again(attempt, GIVEN_UP)
        else:
            self._parent.answer(attempt.job, answer)

    def _mind_the_time(self) -> None:
        """Give up tries that take too long, and restart the worker that hangs with them."""
        if time.monotonic() - self._looked < LOOK_EVERY_S:
            return
        self._looked = now = time.monotonic()
        self._note_begun()
        for late in [f for f, a in self._under_way.items() if a.began and now - a.began > self._patience_s]:
            attempt = self._under_way.pop(late)
            late.cancel(force=True)
            self._restart(attempt.worker)
            self._again(attempt, LATE)

    def _note_begun(self) -> None:
        """A worker is at the oldest of what it was given; time runs from when it is first seen there."""
        tries = {future.key: attempt for future, attempt in self._under_way.items()}
        for worker, keys in self._client.processing().items():
            ours = [tries[key] for key in keys if key in tries]
            if ours and (oldest := min(ours, key=lambda each: each.order)).worker != worker:
                oldest.worker, oldest.began = worker, self._looked

    def _restart(self, worker: str) -> None:
        try:
            self._client.restart_workers([worker], timeout=RESTART_S, raise_for_error=False)
        except Exception:  # it has no nanny, or is gone
            self._parent.say(kind="hangs", worker=worker)

    def _again(self, attempt: _Try, failure: str) -> None:
        if attempt.number < TRIES:
            self._submit(attempt.job, attempt.number + 1)
        else:
            self._parent.say(kind="failed", recording=attempt.job.recording, failure=failure)
