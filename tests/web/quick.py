"""Quick engines in every process that a test starts: the server, its run, the run's workers; all else is real."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from tests.conftest import ROOT

SITE = Path(__file__).parent / "site"
ASKED, WORKERS = "SESSION_DEID_TEST_QUICK", "SESSION_DEID_TEST_WORKERS"


def environment(workers: int = 1, slow_seconds: float = 0.0) -> dict[str, str]:
    """The environment of a process whose engines are to be quick, and of all it starts."""
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(SITE), str(ROOT)]),
        ASKED: "yes",
        WORKERS: str(workers),
        "SLOW_SECONDS": str(slow_seconds),
    }


def install() -> None:
    """Called in each of those processes as it starts."""
    import pipeline.audio.usable
    import pipeline.batch.executor
    import pipeline.study.intake.importing

    pipeline.batch.executor.executor_for = _quick  # type: ignore[assignment]
    pipeline.study.intake.importing.refuse_unusable = lambda *_: None  # type: ignore[attr-defined]
    pipeline.audio.usable.check_usable = lambda *_, **__: None  # type: ignore[assignment]


def _quick(study: Any, _choice: object, _say: object, watch: Any = None, note: Any = None) -> Any:
    """An executor of quick stages: here, or shared by as many processes as the environment says."""
    from pipeline.batch.job import InProcess
    from pipeline.batch.processes import Processes
    from tests.batch.fakes import FakeRecipe, Slow

    workers = int(os.environ[WORKERS])
    if workers > 1:
        return Processes(FakeRecipe(Slow), workers, study.folder), Slow()
    stages = Slow()
    return InProcess(stages, note.beside(watch) if note else watch, note.recording if note else None), stages
