"""A run in a process of its own: it goes on when whoever began it is gone.

The study's key goes to it over a pipe, never as an argument or in the environment, which others can see. What it is
at stands in the study's `locks` (pipeline.batch.under_way); it prints nothing.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.batch.under_way import Note, last_run, under_way
from pipeline.errors import EXIT_BUG, EXIT_INTERRUPTED, LockedError, SessionDeidError, SomeFailedError

if TYPE_CHECKING:
    from pipeline.batch.under_way import UnderWay
    from pipeline.study.study import Study

START_SECONDS = 20.0
STOP_SECONDS = 10.0
LOOK_EVERY_S = 0.05


def start(study: Study) -> UnderWay | None:
    """Begin a run of the study in a process of its own, unless one goes on; what it told of itself first.

    None when there was nothing to do, or nothing was told within the first seconds. What stopped it (a missing
    model, a full disk) stands in its `problem`. Raises LockedError.
    """
    if under_way(study) is not None:
        raise LockedError(what=f"{study.settings.name} (run)")
    before = last_run(study.folder)
    process = _spawn(study)
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        told = last_run(study.folder)
        if told is not None and told != before:
            return told
        if process.poll() is not None:
            return last_run(study.folder) if last_run(study.folder) != before else None
        time.sleep(LOOK_EVERY_S)
    return None


def _spawn(study: Study) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "pipeline.batch.apart", str(study.folder.absolute())]
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP
    process: subprocess.Popen[bytes] = subprocess.Popen(  # noqa: S603 - our own interpreter and module
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=os.path.abspath(os.sep),  # noqa: PTH100 - no folder is kept busy
        env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
        start_new_session=sys.platform != "win32",
        creationflags=flags,
    )
    assert process.stdin is not None
    with contextlib.suppress(BrokenPipeError), process.stdin as pipe:
        pipe.write(study.key.pack() + study.audit.by.encode())
    threading.Thread(target=process.wait, daemon=True).start()  # so that no dead process is left standing
    return process


def stop(study: Study) -> bool:
    """End the run that goes on, whoever began it; False when there is none. What was done is kept.

    Raises LockedError when it belongs to another account.
    """
    import psutil

    from pipeline.batch.begun import forget_begun
    from pipeline.batch.run import WORKABLE

    run = under_way(study)
    if run is None:
        return False
    try:
        process = psutil.Process(run.process)
        children = process.children(recursive=True)
        process.terminate()
        psutil.wait_procs([process], timeout=STOP_SECONDS)
        for each in [process, *children]:
            if each.is_running():
                each.kill()
    except psutil.AccessDenied:
        raise LockedError(what=f"{study.settings.name} (a run of another account)") from None
    except psutil.NoSuchProcess:
        pass
    Note(study.folder).stopped(run)
    forget_begun(study, (row.id for row in study.recordings(*WORKABLE)))
    return True


def main() -> int:
    """The process itself: the study's key and who began it from standard input, the folder as argument."""
    from pipeline.safety import protect_process, refuse_network, stay_offline
    from pipeline.study.study import Study
    from pipeline.study.vault.study_key import StudyKey

    protect_process()
    stay_offline()
    refuse_network()
    key, left = StudyKey.unpack(sys.stdin.buffer.read())
    by = left.decode()
    folder = Path(sys.argv[1])
    try:
        with Study.open_with(folder, key, by=by) as study:
            return _run(study)
    except SessionDeidError as error:
        return error.exit_code
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except Exception:
        return EXIT_BUG  # its place stands nowhere: a message might hold words


def _run(study: Study) -> int:
    from pipeline.batch.executor import ExecutorChoice, executor_for
    from pipeline.batch.run import run_study
    from pipeline.transcribe.choosing import HOURS_IN_PAGE

    note = Note(study.folder)
    choice = ExecutorChoice(hours_for_an_hour=HOURS_IN_PAGE)
    summary = run_study(
        study, lambda: executor_for(study, choice, say_nothing, None, note), say_nothing, note=note
    )
    return SomeFailedError.exit_code if summary.failed else 0


def say_nothing(_line: object) -> None:
    """Nobody listens: what became of each recording stands in the study."""


if __name__ == "__main__":
    sys.exit(main())
