"""The same jobs on a Dask cluster: a scheduler that runs already, or workers started through Slurm.

Recordings travel sealed. Each job carries the two keys of its one recording, so everything between the
coordinator, the scheduler and the workers must be TLS (Dask's own); any other address is refused.
Results come back sealed and the coordinator alone writes the ledger.
"""

from __future__ import annotations

import itertools
import queue
import time
import warnings
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.batch.job import Finding, Job
from pipeline.batch.workers import Recipe, do_job_apart
from pipeline.errors import ClusterError, SessionDeidError

if TYPE_CHECKING:
    from distributed import Client, Future

TRIES = 3
LOOK_EVERY_S = 2.0
RESTART_S = 60.0
LATE = "No worker finished it in time, {tries} times over."
KILLED = (
    "The workers that had it ended unexpectedly, {tries} times over; most often there was not enough memory."
)


@dataclass(frozen=True, slots=True)
class Tls:
    """Files of the cluster's TLS; without them Dask's own configuration is used."""

    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None


@dataclass(slots=True)
class _Try:
    """One try of a job; `began` is when a worker was first seen at work on it (it may wait for hours before)."""

    job: Job = field(repr=False)
    number: int
    order: int
    began: float | None = None
    worker: str = ""


class Cluster:
    """A crew on a Dask cluster. `patience_s`: how long a worker may take for one recording.

    `say` is told what a person should know (no worker is there, one hangs); `end` is called at the end.
    """

    def __init__(
        self,
        client: Client,
        recipe: Recipe,
        *,
        patience_s: float = 7200.0,
        say: Callable[[str], None] = lambda _: None,
        end: Callable[[], None] = lambda: None,
    ):
        if not str(client.scheduler.address).startswith("tls://"):
            raise ClusterError(what=str(client.scheduler.address), why="its connection is not TLS")
        self._client, self._recipe = client, recipe
        self._patience_s, self._say, self._end = patience_s, say, end
        self._done: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._orders = itertools.count()
        self._looked = 0.0
        self._alone_said = False

    def perform(self, jobs: Iterable[Job]) -> Generator[Finding, None, None]:
        """Findings as they come, those of one recording together. Raises ClusterError when it is gone."""
        waiting, under_way = iter(jobs), dict[Any, _Try]()
        try:
            while True:
                while len(under_way) < self._room() and (job := next(waiting, None)):
                    self._submit(under_way, job, 1)
                if not under_way:
                    return
                future = self._next_done()
                if future is not None and (attempt := under_way.pop(future, None)):
                    yield from self._take(under_way, future, attempt)
                yield from self._mind_the_time(under_way)
        finally:  # also after Ctrl-C: nothing of ours stays on the cluster
            with suppress(Exception):
                self._client.cancel(list(under_way), force=True)
            self._end()

    def _room(self) -> int:
        """One recording a worker, and one more, so that none waits for the next to travel."""
        workers = len(self._client.scheduler_info(n_workers=-1)["workers"])
        if not workers and not self._alone_said:
            self._alone_said = True
            self._say("The cluster has no worker at this moment; waiting for one.")
        return workers + 1

    def _submit(self, under_way: dict[Any, _Try], job: Job, number: int) -> None:
        order = next(self._orders)
        key = f"{job.study}-{job.recording}-{time.monotonic_ns()}-{order}"
        with warnings.catch_warnings():
            # A sealed recording is large on purpose: it must not wait on other workers' disks.
            warnings.filterwarnings("ignore", message="Sending large graph", category=UserWarning)
            future = self._client.submit(do_job_apart, job, self._recipe, key=key, pure=False)
        under_way[future] = _Try(job, number, order)
        future.add_done_callback(self._done.put)

    def _next_done(self) -> Future | None:
        try:
            return self._done.get(timeout=LOOK_EVERY_S)
        except queue.Empty:
            if self._client.status != "running":
                raise ClusterError(what="the scheduler", why="the connection was lost") from None
            return None

    def _take(self, under_way: dict[Any, _Try], future: Future, attempt: _Try) -> Iterator[Finding]:
        from distributed.scheduler import KilledWorker

        try:
            yield from future.result()
        except SessionDeidError:
            raise  # a model is missing there, say: every recording would meet it
        except KilledWorker:
            yield from self._again(under_way, attempt, KILLED.format(tries=TRIES))
        except Exception as error:  # a preempted worker, a broken connection: Dask has many names for it
            yield from self._again(under_way, attempt, f"The cluster gave it up ({type(error).__name__}).")

    def _mind_the_time(self, under_way: dict[Any, _Try]) -> Iterator[Finding]:
        """Give up tries that take too long, and restart the worker that hangs with them."""
        if time.monotonic() - self._looked < LOOK_EVERY_S:
            return
        self._looked = time.monotonic()
        self._note_begun(under_way)
        for late in [
            f for f, a in under_way.items() if a.began and self._looked - a.began > self._patience_s
        ]:
            attempt = under_way.pop(late)
            late.cancel(force=True)
            self._restart(attempt.worker)
            yield from self._again(under_way, attempt, LATE.format(tries=TRIES))

    def _note_begun(self, under_way: dict[Any, _Try]) -> None:
        """A worker is at the oldest of what it was given; time runs from when it is first seen there."""
        tries = {future.key: attempt for future, attempt in under_way.items()}
        for worker, keys in self._client.processing().items():
            ours = [tries[key] for key in keys if key in tries]
            if ours and (oldest := min(ours, key=lambda each: each.order)).worker != worker:
                oldest.worker, oldest.began = worker, self._looked

    def _restart(self, worker: str) -> None:
        try:
            self._client.restart_workers([worker], timeout=RESTART_S, raise_for_error=False)
        except Exception:  # it has no nanny, or is gone
            self._say(f"The worker {worker} hangs and could not be restarted; end it where it runs.")

    def _again(self, under_way: dict[Any, _Try], attempt: _Try, reason: str) -> Iterator[Finding]:
        if attempt.number < TRIES:
            self._submit(under_way, attempt.job, attempt.number + 1)
        else:
            yield Finding(attempt.job.recording, attempt.job.stages[0], reason=reason)


def leave(client: Client) -> None:
    """Close a client, and the cluster with it when it was started for this run (Slurm's jobs end)."""
    cluster = client.cluster
    with suppress(Exception):  # the scheduler may be gone already
        client.close()
    if cluster is not None:
        with suppress(Exception):
            cluster.close()


def connect(address: str, tls: Tls) -> Client:
    """A client of a running scheduler; raises ClusterError unless it answers over TLS."""
    distributed = _import_distributed()
    if not address.startswith("tls://"):
        raise ClusterError(what=address, why="its address does not begin with tls://")
    try:
        return distributed.Client(address, security=_security(tls), set_as_default=False, timeout=20)
    except (OSError, TypeError, ValueError) as error:
        raise ClusterError(what=address, why=f"no connection over TLS ({type(error).__name__})") from error


def start_on_slurm(workers: int, shared_folder: Path) -> Client:
    """Workers through Slurm, as Dask's jobqueue configuration describes them (queue, cores, memory, time).

    `shared_folder` must be visible to the nodes: Dask puts the cluster's temporary TLS files there.
    """
    distributed = _import_distributed()
    try:
        from dask_jobqueue import SLURMCluster
    except ImportError:
        raise ClusterError(
            what="Slurm", why="dask-jobqueue is not installed (pip install 'session-deid[cluster]')"
        ) from None
    try:
        cluster = SLURMCluster(protocol="tls://", security=True, shared_temp_directory=str(shared_folder))
        cluster.scale(jobs=workers)
        return distributed.Client(cluster, set_as_default=False)
    except (OSError, ValueError, RuntimeError) as error:
        raise ClusterError(
            what="Slurm", why=f"the workers could not be asked for ({type(error).__name__}: {error})"
        ) from error


def _import_distributed() -> Any:
    try:
        import distributed
    except ImportError:
        raise ClusterError(
            what="Dask", why="it is not installed (pip install 'session-deid[cluster]')"
        ) from None
    return distributed


def _security(tls: Tls) -> Any:
    from distributed.security import Security

    files = {"tls_ca_file": tls.ca, "tls_client_cert": tls.certificate, "tls_client_key": tls.key}
    return Security(require_encryption=True, **{k: str(v) for k, v in files.items() if v is not None})
