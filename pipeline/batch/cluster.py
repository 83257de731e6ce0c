"""The same jobs on a Dask cluster: a scheduler that runs already, or workers started through Slurm.

Recordings travel sealed. Each job carries the two keys of its one recording, so everything between the client, the
scheduler and the workers must be TLS (Dask's own); any other address is refused. Dask unpickles what it receives, so its
client is a child process that has no key of the study (`pipeline.batch.cluster_client`); from it this process, which
keeps the ledger, takes plain bytes and JSON, and checks them (`pipeline.batch.answers`).
"""

from __future__ import annotations

import json
import multiprocessing
import pickle
import re
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from pipeline.batch.answers import unpack
from pipeline.batch.cluster_plan import Plan
from pipeline.batch.failures import GIVEN_UP, KILLED, LATE, Failure
from pipeline.batch.job import Finding, Job
from pipeline.errors import ClusterError, printable

if TYPE_CHECKING:
    from pipeline.batch.workers import MakeStages

LEAVE_S = 60.0  # what the child may take to call back its jobs
ANSWER_MOST_BYTES = 1 << 30
TOLD_MOST_BYTES = 1 << 16
ADDRESS = re.compile(r"tls://[\w.:\-\[\]]{1,100}", re.ASCII)
ALONE = "The cluster has no worker at this moment; waiting for one."
HANGS = "The worker {worker} hangs and could not be restarted; end it where it runs."


class Cluster:
    """An executor on a Dask cluster; `say` is told what a person should know (no worker is there, one hangs).

    Raises ClusterError for an address that is not TLS.
    """

    def __init__(self, plan: Plan, recipe: MakeStages, *, say: Callable[[str], None] = lambda _: None):
        if not plan.slurm_workers and not plan.scheduler.startswith("tls://"):
            raise ClusterError(what=plan.scheduler, why="its address does not begin with tls://")
        self._plan, self._recipe, self._say = plan, recipe, say
        self._child: tuple[Any, Connection] | None = None

    def perform(self, jobs: Iterable[Job]) -> Generator[Finding, None, None]:
        """Findings as they come, those of one recording together. Raises ClusterError when the cluster is gone."""
        child, pipe = self._child or self.start()
        try:
            yield from self._listen(pipe, iter(jobs))
        finally:  # the pipe's end tells the child to call back what is still on the cluster
            pipe.close()
            child.join(LEAVE_S)
            if child.is_alive():
                child.kill()
                child.join()

    def start(self) -> tuple[Any, Connection]:
        """Start the child, which inherits what holds this process off the network: hold it only afterwards."""
        from pipeline.batch.cluster_client import serve
        from pipeline.batch.processes import no_ctrl_c

        context = multiprocessing.get_context("spawn")  # a fork would copy the study's key
        pipes: tuple[Any, Any] = context.Pipe()  # of one class on Windows, of another elsewhere
        ours, childs = pipes
        child = context.Process(target=serve, args=(childs, self._plan, self._recipe), daemon=True)
        with no_ctrl_c():
            child.start()
        childs.close()
        self._child = child, ours
        return self._child

    def _listen(self, pipe: Connection, waiting: Iterator[Job]) -> Iterator[Finding]:
        under_way: dict[str, Job] = {}
        while True:
            told = _hear(pipe)
            match told.get("kind"):
                case "want":
                    _give(pipe, next(waiting, None), under_way)
                case "answer" | "failed":
                    yield from _findings(pipe, told, under_way)
                case "over":
                    return
                case other:
                    self._note(str(other), told)

    def _note(self, kind: str, told: dict[str, Any]) -> None:
        worker = str(told.get("worker", ""))
        if kind == "alone":
            self._say(ALONE)
        elif kind == "hangs":
            self._say(HANGS.format(worker=worker if ADDRESS.fullmatch(worker) else "of the cluster"))
        else:
            what, why = (printable(str(told.get(name, "?")))[:200] for name in ("what", "why"))
            raise ClusterError(what=what, why=why)


def _hear(pipe: Connection) -> dict[str, Any]:
    """What the child says; raises ClusterError when it ended or says what cannot be."""
    try:
        told = json.loads(pipe.recv_bytes(TOLD_MOST_BYTES))
    except (EOFError, OSError):
        raise ClusterError(what="the process that talks to it", why="it ended unexpectedly") from None
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise ClusterError(what="the process that talks to it", why="it cannot be understood")
    return told


def _give(pipe: Connection, job: Job | None, under_way: dict[str, Job]) -> None:
    if job is not None:
        under_way[job.recording] = job
    with suppress(BrokenPipeError):  # the next word is then its end
        pipe.send_bytes(pickle.dumps(job) if job is not None else b"")


def _findings(pipe: Connection, told: dict[str, Any], under_way: dict[str, Job]) -> list[Finding]:
    """The findings of a job that is under way; of any other, none."""
    job = under_way.pop(str(told.get("recording")), None)
    if told["kind"] == "answer":
        try:
            answer = pipe.recv_bytes(ANSWER_MOST_BYTES)
        except (EOFError, OSError):
            raise ClusterError(what="the process that talks to it", why="it ended unexpectedly") from None
        return unpack(answer, job) if job is not None else []
    if job is None:
        return []
    kind = told.get("failure")
    return [
        Finding(job.recording, job.stages[0], failure=Failure(kind if kind in (LATE, KILLED) else GIVEN_UP))
    ]
