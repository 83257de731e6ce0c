"""What a worker does, wherever it runs: one job at a time, with its models loaded once.

A recipe makes the stages; it is picklable (it travels to the worker once a job, through a pipe or over
TLS) and hashable (a worker that sees the same recipe again uses the models it has loaded).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from pipeline.batch.job import Finding, Job, Stages, perform

Recipe = Callable[[], Stages]

WORKER_BYTES = 1_600_000_000  # measured peak of one worker with an hour of sound: docs/benchmarks.md
COORDINATOR_BYTES = 1_500_000_000  # the ledger's keeper loads the de-identification models
DIED = "The process that worked on it ended unexpectedly, twice; most often there was not enough memory."


@cache
def stages_of_recipe(recipe: Recipe) -> Stages:
    """The stages of a recipe, made once in this process."""
    return recipe()


def do_job(job: Job, recipe: Recipe) -> list[Finding]:
    """All findings of a job; raises what is not the recording's own fault (a model that is missing)."""
    return list(perform(job, stages_of_recipe(recipe)))


def fit_workers(wanted: int, available_bytes: int) -> int:
    """How many workers fit into memory beside the coordinator, at least one, at most what is wanted."""
    room = (available_bytes - COORDINATOR_BYTES) // WORKER_BYTES
    return max(1, min(wanted, int(room)))


def threads_each(workers: int, cores: int) -> int:
    """Each worker's share of the cores."""
    return max(1, cores // workers)
