"""The same jobs on a Dask cluster: a scheduler that runs already, or workers started through Slurm.

Recordings travel sealed. Each job carries the two keys of its one recording, so everything between the
coordinator, the scheduler and the workers must be TLS (Dask's own); any other address is refused.
Results come back sealed and the coordinator alone writes the ledger.
"""

from __future__ import annotations

import queue
import time
import warnings
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.batch.job import Finding, Job
from pipeline.batch.workers import DIED, Recipe, do_job
from pipeline.errors import ClusterError, SessionDeidError

if TYPE_CHECKING:
    from distributed import Client, Future

TRIES = 3
LOOK_EVERY_S = 2.0
LATE = "No worker finished it in time, {tries} times over."


@dataclass(frozen=True, slots=True)
class Tls:
    """Files of the cluster's TLS; without them Dask's own configuration is used."""

    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None


@dataclass(slots=True)
class _Try:
    job: Job = field(repr=False)
    number: int
    since: float


class Cluster:
    """A crew on a Dask cluster. `patience_s`: how long one try of one recording may take."""

    def __init__(self, client: Client, recipe: Recipe, *, patience_s: float = 7200.0):
        if not str(client.scheduler.address).startswith("tls://"):
            raise ClusterError(what=str(client.scheduler.address), why="its connection is not TLS")
        self._client = client
        self._recipe = recipe
        self._patience_s = patience_s
        self._done: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def perform(self, jobs: Iterable[Job]) -> Generator[Finding, None, None]:
        """Findings as they come, those of one recording together. Raises ClusterError when it is gone."""
        waiting, under_way = iter(jobs), dict[Any, _Try]()
        while True:
            while len(under_way) < self._room() and (job := next(waiting, None)):
                self._submit(under_way, job, 1)
            if not under_way:
                return
            future = self._next_done()
            if future is not None and (attempt := under_way.pop(future, None)):
                yield from self._take(under_way, future, attempt)
            for late in [f for f, a in under_way.items() if time.monotonic() - a.since > self._patience_s]:
                attempt = under_way.pop(late)
                late.cancel(force=True)
                yield from self._again(under_way, attempt, LATE.format(tries=TRIES))

    def _room(self) -> int:
        """One recording a worker, and one more, so that none waits for the next to travel."""
        return len(self._client.scheduler_info(n_workers=-1)["workers"]) + 1

    def _submit(self, under_way: dict[Any, _Try], job: Job, number: int) -> None:
        key = f"{job.study}-{job.recording}-{time.monotonic_ns()}"
        with warnings.catch_warnings():
            # A sealed recording is large on purpose: it must not wait on other workers' disks.
            warnings.filterwarnings("ignore", message="Sending large graph", category=UserWarning)
            future = self._client.submit(do_job, job, self._recipe, key=key, pure=False)
        under_way[future] = _Try(job, number, time.monotonic())
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
            yield from self._again(under_way, attempt, DIED)
        except Exception as error:  # a preempted worker, a broken connection: Dask has many names for it
            yield from self._again(under_way, attempt, f"The cluster gave it up ({type(error).__name__}).")

    def _again(self, under_way: dict[Any, _Try], attempt: _Try, reason: str) -> Iterator[Finding]:
        if attempt.number < TRIES:
            self._submit(under_way, attempt.job, attempt.number + 1)
        else:
            yield Finding(attempt.job.recording, attempt.job.stages[0], reason=reason)


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
