"""Who does the heavy stages of a run: this process, several here, or a cluster."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.batch.cluster import Tls
from pipeline.batch.job import Crew, InProcess, Stages, Watch
from pipeline.batch.under_way import Note
from pipeline.safety import refuse_network, stay_offline

if TYPE_CHECKING:
    from pipeline.batch.stages import StudyRecipe, StudyStages
    from pipeline.study.study import Study


@dataclass(frozen=True, slots=True)
class Hands:
    """What the command line asked for; at most one of `scheduler` and `slurm`."""

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


def assemble(
    study: Study,
    hands: Hands,
    say: Callable[[str], None],
    watch: Watch | None = None,
    note: Note | None = None,
) -> tuple[Crew, Stages]:
    """The crew, and the stages the coordinator itself does. Loads nothing heavy until it is used.

    `watch` and `note` follow the stages of a crew of one; what others do shows only when a recording is done.
    """
    if hands.elsewhere:
        return _on_cluster(study, hands, say), _stages(study, hands)
    workers = _workers_that_fit(hands.workers, say)
    if workers == 1:
        stages = _stages(study, hands)
        if note is None:
            return InProcess(stages, watch), stages
        return InProcess(stages, note.beside(watch), note.recording), stages
    from pipeline.batch.processes import Processes
    from pipeline.batch.workers import threads_each
    from pipeline.transcribe.loading import usable_cores

    recipe = _recipe(study, hands)
    share = recipe.with_threads(threads_each(workers, usable_cores()))
    return Processes(share, workers), _stages(study, hands)


def _recipe(study: Study, hands: Hands) -> StudyRecipe:
    from pipeline.batch import stages as study_stages

    recipe = study_stages.recipe_of(study)
    if hands.hours_for_an_hour:
        recipe = recipe.within_hours(hands.hours_for_an_hour)
    return recipe.with_device(hands.device) if hands.device else recipe


def _stages(study: Study, hands: Hands) -> StudyStages:
    from pipeline.batch import stages as study_stages

    changed = hands.device or hands.hours_for_an_hour
    return _recipe(study, hands)() if changed else study_stages.stages_of(study)


def _workers_that_fit(wanted: int, say: Callable[[str], None]) -> int:
    import psutil

    from pipeline.batch.workers import fit_workers

    fitting = fit_workers(wanted, psutil.virtual_memory().available)
    if fitting < wanted:
        say(f"{wanted} workers do not fit into memory: {fitting} will run.")
    return fitting


def _on_cluster(study: Study, hands: Hands, say: Callable[[str], None]) -> Crew:
    from pipeline.batch import cluster

    plan = cluster.Plan(
        scheduler=hands.scheduler,
        tls=hands.tls,
        slurm_workers=hands.workers if hands.slurm else 0,
        shared_folder=str(_shared(study.folder)) if hands.slurm else "",
        patience_s=hands.patience_s,
    )
    crew = cluster.Cluster(plan, _recipe(study, hands), say=say)
    crew.start()
    stay_offline()  # from here on the child alone speaks to anybody
    refuse_network()
    return crew


def _shared(folder: Path) -> Path:
    """Where the nodes find the cluster's temporary TLS files: beside the study, for its owner alone."""
    place = folder / "locks" / "cluster"
    place.mkdir(mode=0o700, exist_ok=True)
    return place
