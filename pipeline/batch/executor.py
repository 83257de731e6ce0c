"""Who does the heavy stages of a run: this process, several here, or a cluster."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.batch.cluster_plan import Plan, Tls
from pipeline.batch.job import Executor, InProcess
from pipeline.batch.under_way import Note
from pipeline.flow import Choices, ProgressFor, Recipe, Stages
from pipeline.records import Roster
from pipeline.safety import refuse_network, stay_offline
from pipeline.study.settings import policy_of

if TYPE_CHECKING:
    from pipeline.study.study import Study


@dataclass(frozen=True, slots=True)
class ExecutorChoice:
    """Who is to do the heavy stages, as the command line says it; at most one of `scheduler` and `slurm`."""

    workers: int = 1
    scheduler: str = ""
    slurm: bool = False
    tls: Tls = field(default_factory=Tls)
    patience_s: float = 7200.0
    device: str = ""  # else the study's
    hours_for_an_hour: float = 0.0  # with the model "auto", where somebody waits; else the study's

    @property
    def elsewhere(self) -> bool:
        """True when recordings must travel: jobs then carry their sealed bytes."""
        return bool(self.scheduler) or self.slurm


def executor_for(
    study: Study,
    choice: ExecutorChoice,
    say: Callable[[str], None],
    watch: ProgressFor | None = None,
    note: Note | None = None,
) -> tuple[Executor, Stages]:
    """The executor, and the stages the coordinator itself does. Loads nothing heavy until it is used.

    `watch` and `note` follow the stages that this process does; others on this computer tell of theirs beside the note,
    what a cluster does shows only when a recording is done.
    """
    recipe = _recipe(study, choice)
    if choice.elsewhere:
        return _on_cluster(study, choice, recipe.for_hearing(), say), recipe()
    workers = _workers_that_fit(choice.workers, say)
    if workers == 1:
        stages = recipe()
        if note is None:
            return InProcess(stages, watch), stages
        return InProcess(stages, note.beside(watch), note.recording), stages
    from pipeline.batch.processes import Processes
    from pipeline.batch.workers import threads_each
    from pipeline.transcribe.loading import usable_cores

    share = recipe.for_hearing().with_threads(threads_each(workers, usable_cores()))
    return Processes(share, workers, study.folder), recipe()


def recipe_of(study: Study) -> Recipe:
    """What a study's settings and roster ask for; raises PolicyError for a policy that cannot be used."""
    chosen = study.settings
    choices = Choices(
        engine=chosen.engine,
        model=chosen.model,
        device=chosen.device,
        diarizer=chosen.diarizer,
        hours_for_an_hour=chosen.hours_for_an_hour,
        language=chosen.language,
        speakers=chosen.speakers,
        policy=policy_of(study.folder, chosen),
        sensitivity=chosen.sensitivity,
        style=chosen.style,
    )
    choices.check()
    roster = study.roster.load()
    return Recipe(choices, roster if roster != Roster() else None)


def _recipe(study: Study, choice: ExecutorChoice) -> Recipe:
    recipe = recipe_of(study)
    if choice.hours_for_an_hour:
        recipe = recipe.within_hours(choice.hours_for_an_hour)
    return recipe.with_device(choice.device) if choice.device else recipe


def _workers_that_fit(wanted: int, say: Callable[[str], None]) -> int:
    import psutil

    from pipeline.batch.workers import fit_workers

    fitting = fit_workers(wanted, psutil.virtual_memory().available)
    if fitting < wanted:
        say(f"{wanted} workers do not fit into memory: {fitting} will run.")
    return fitting


def _on_cluster(study: Study, choice: ExecutorChoice, recipe: Recipe, say: Callable[[str], None]) -> Executor:
    from pipeline.batch import cluster

    plan = Plan(
        scheduler=choice.scheduler,
        tls=choice.tls,
        slurm_workers=choice.workers if choice.slurm else 0,
        shared_folder=str(_shared(study.folder)) if choice.slurm else "",
        patience_s=choice.patience_s,
    )
    executor = cluster.Cluster(plan, recipe, say=say)
    executor.start()
    stay_offline()  # from here on the child alone speaks to anybody
    refuse_network()
    return executor


def _shared(folder: Path) -> Path:
    """Where the nodes find the cluster's temporary TLS files: beside the study, for its owner alone."""
    place = folder / "locks" / "cluster"
    place.mkdir(mode=0o700, exist_ok=True)
    return place
