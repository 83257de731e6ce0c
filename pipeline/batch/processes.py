"""Several processes on this computer share the recordings; this one alone keeps what they find.

Keys and names reach a worker through the pool's pipe, never as arguments or environment of a process.
A worker that dies costs a retry: the jobs that were under way are done again one by one, so that the one
that kills its worker is known, and set aside, and the others are not blamed.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import resource_tracker
from pathlib import Path

from pipeline.batch.answers import unpack
from pipeline.batch.failures import DIED, Failure, failure_of
from pipeline.batch.job import Finding, Job, stops_the_run
from pipeline.batch.under_way import forget_workers
from pipeline.batch.workers import MakeStages, do_job


class Processes:
    """An executor of `workers` processes, which tell in the folder of the `study` what each is at."""

    def __init__(self, recipe: MakeStages, workers: int, study: Path | None = None):
        self._recipe = recipe
        self._workers = workers
        self._study = study

    def perform(self, jobs: Iterable[Job]) -> Generator[Finding, None, None]:
        """Findings as they come, those of one recording together."""
        self._forget_notes()
        suspects: list[Job] = []
        waiting = iter(jobs)
        try:
            while True:
                lost = yield from self._share(waiting)
                if not lost:
                    break
                suspects += lost
            for job in suspects:
                yield from self._alone(job)
        finally:
            self._forget_notes()

    def _forget_notes(self) -> None:
        if self._study is not None:
            forget_workers(self._study)

    def _share(self, waiting: Iterator[Job]) -> Generator[Finding, None, list[Job]]:
        """Work through the jobs with a fresh pool; returns those under way when a worker died."""
        pool = self._pool(self._workers)
        under_way: dict[Future[bytes], Job] = {}
        try:
            while True:
                while len(under_way) < self._workers and (job := next(waiting, None)):
                    under_way[self._submit(pool, job)] = job
                if not under_way:
                    return []
                done, _ = wait(under_way, return_when=FIRST_COMPLETED)
                for future in done:
                    if isinstance(future.exception(), BrokenProcessPool):
                        return list(under_way.values())
                    yield from _found(future, under_way.pop(future))
        finally:
            _end(pool)

    def _alone(self, job: Job) -> Iterator[Finding]:
        pool = self._pool(1)
        try:
            yield from _found(self._submit(pool, job), job)
        except BrokenProcessPool:
            yield Finding(job.recording, job.stages[0], failure=Failure(DIED))
        finally:
            _end(pool)

    def _submit(self, pool: ProcessPoolExecutor, job: Job) -> Future[bytes]:
        with no_ctrl_c():  # submitting may start a worker
            return pool.submit(do_job, job, self._recipe, self._study)

    def _pool(self, workers: int) -> ProcessPoolExecutor:
        context = multiprocessing.get_context("spawn")  # a fork would copy threads and the open ledger
        return ProcessPoolExecutor(workers, mp_context=context, initializer=start_worker)


def _found(future: Future[bytes], job: Job) -> list[Finding]:
    """What a worker found, or why it could not even begin or send it; raises what stops the run."""
    try:
        answer = future.result()
    except BrokenProcessPool:
        raise
    except Exception as error:
        if stops_the_run(error):
            raise
        return [Finding(job.recording, job.stages[0], failure=failure_of(error))]
    return unpack(answer, job)


@contextmanager
def no_ctrl_c() -> Iterator[None]:
    """Ctrl-C waits while a worker starts: half started it would die with a traceback on the terminal.

    The worker inherits that it is blocked, so that one for the whole terminal ends the coordinator alone.
    """
    if sys.platform == "win32" or threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    resource_tracker.ensure_running()  # started within, it would lift the block
    # Blocking is for the child; here another thread may still take the signal, so it is only noted.
    before = signal.signal(signal.SIGINT, lambda number, _: came.append(number))
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        signal.signal(signal.SIGINT, before)
    if came:
        raise KeyboardInterrupt


def start_worker() -> None:
    """A worker leaves Ctrl-C to the coordinator, ends with it however it ends, leaves no core dump and stays offline."""
    from pipeline.safety import protect_process, refuse_sockets, stay_offline

    protect_process()
    stay_offline()
    refuse_sockets()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _end(pool: ProcessPoolExecutor) -> None:
    """End the pool's processes now; what they were doing is done again by the next run."""
    processes = list((pool._processes or {}).values())  # no public way before Python 3.14
    pool.shutdown(wait=False, cancel_futures=True)
    for process in processes:
        process.terminate()
    for process in processes:
        process.join(timeout=10)
