"""What a worker does, wherever it runs: one job at a time, with its models loaded once.

A recipe makes the stages; it is picklable (it travels to the worker once a job, through a pipe or over
TLS) and hashable (a worker that sees the same recipe again uses the models it has loaded).
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from functools import cache
from pathlib import Path
from queue import SimpleQueue
from threading import Thread

from pipeline.batch.answers import pack, pack_stop
from pipeline.batch.failures import failure_of
from pipeline.batch.job import Finding, Job, perform, stops_the_run
from pipeline.batch.under_way import WorkersNote
from pipeline.errors import SessionDeidError
from pipeline.flow import Stages

MakeStages = Callable[[], Stages]

WORKER_BYTES = 1_700_000_000  # measured peak of one worker of eight lanes with an hour of sound: docs/benchmarks/transcribe.md
COORDINATOR_BYTES = 1_500_000_000  # the ledger's keeper loads the de-identification models


@cache
def stages_of_recipe(recipe: MakeStages) -> Stages:
    """The stages of a recipe, made once in this process."""
    return recipe()


def do_job(job: Job, recipe: MakeStages, study: Path | None = None) -> bytes:
    """All findings of a job, or what is not the recording's own fault (a model that is missing), as plain bytes.

    With the folder of the study (`study`) it tells there what it is at.
    """
    try:
        if study is None:
            return pack(perform(job, stages_of_recipe(recipe)))
        with WorkersNote(study).at(job.recording) as watch:
            return pack(perform(job, stages_of_recipe(recipe), watch))
    except Exception as error:
        if isinstance(error, SessionDeidError) and stops_the_run(error):
            return pack_stop(error)
        return pack([Finding(job.recording, job.stages[0], failure=failure_of(error))])


def do_job_apart(job: Job, recipe: MakeStages) -> bytes:
    """`do_job` in this process's one thread for it, which reaches no network: the rest of a cluster's worker must.

    One, because engines are made for one thread, however many Dask gives a worker.
    """
    done: Future[bytes] = Future()
    _jobs_of_this_worker().put((done, job, recipe))
    return done.result()


_Waiting = SimpleQueue[tuple[Future[bytes], Job, MakeStages]]


@cache
def _jobs_of_this_worker() -> _Waiting:
    """The jobs that wait for the thread, which is started with it, and ends with the process."""
    waiting: _Waiting = SimpleQueue()
    Thread(target=_work_apart, args=(waiting,), daemon=True, name="session-deid").start()
    return waiting


def _work_apart(waiting: _Waiting) -> None:
    from pipeline.safety import hold_thread_offline, leave_no_core

    leave_no_core()
    hold_thread_offline()
    while True:
        done, job, recipe = waiting.get()
        try:
            done.set_result(do_job(job, recipe))
        except BaseException as error:
            done.set_exception(error)


def fit_workers(wanted: int, available_bytes: int) -> int:
    """How many workers fit into memory beside the coordinator, at least one, at most what is wanted."""
    room = (available_bytes - COORDINATOR_BYTES) // WORKER_BYTES
    return max(1, min(wanted, int(room)))


def threads_each(workers: int, cores: int) -> int:
    """Each worker's share of the cores."""
    return max(1, cores // workers)
