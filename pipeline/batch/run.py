"""A study's run: take in what is new, bring every recording as far as it goes without a person.

    inbox -> received -> sealed -> transcribed -> attributed -> redacted   (then people take over)

Idempotent and resumable: each arrow is one transaction, and a run begins by looking where each
recording stands. The heavy stages may be done by others, in any order (`Executor`); attribution and
redaction, which share the study's voices and labels, are done here in the order the recordings came,
so that the same recordings give the same transcripts however often a run was interrupted.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from pipeline.batch.aside import take_up_changed, waiting
from pipeline.batch.job import Executor
from pipeline.batch.jobs import outdated
from pipeline.batch.line import Line
from pipeline.batch.run_line import RunLine, Tell
from pipeline.batch.under_way import Note
from pipeline.errors import EXIT_BUG, EXIT_INTERRUPTED, SessionDeidError
from pipeline.flow import Stages
from pipeline.study.creating import INBOX
from pipeline.study.intake.gathering import Taken
from pipeline.study.intake.importing import import_files
from pipeline.study.intake.troubles import Trouble, keep_troubles, read_troubles
from pipeline.study.study import Study
from pipeline.study.vault.audit import now
from pipeline.study.vault.files import need_space
from pipeline.study.vault.rows import RecordingRow
from pipeline.study.vault.states import State

WORKABLE = (State.SEALED, State.TRANSCRIBED, State.ATTRIBUTED)
WORK_SPACE_BYTES = 16 << 20  # for the sealed records of a run


@dataclass(frozen=True, slots=True)
class RunSummary:
    """A whole run: recordings taken in, brought to `redacted`, set aside; files waiting. `aside` are recordings that an
    earlier run set aside and that nobody has taken up again."""

    imported: int = 0
    done: int = 0
    failed: int = 0
    waiting: int = 0
    aside: int = 0
    seconds: float = 0.0
    sound_seconds: float = 0.0

    @property
    def speed(self) -> float:
        """Seconds of sound a second of the run; 0 when nothing was done."""
        return self.sound_seconds / self.seconds if self.seconds else 0.0


def run_study(
    study: Study,
    make_executor: Callable[[], tuple[Executor, Stages]],
    tell: Tell,
    *,
    keep: bool = False,
    carry: bool = False,
    note: Note | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> RunSummary:
    """Do all there is to do, telling of each file and recording as it ends.

    `make_executor` is called only when there is work, since it loads models; with `carry` its jobs hold the
    sealed recordings, for workers that cannot see the study's folder. `note` tells others how far it is. Raises LockedError when
    another run is going on, and what stops a run (disk, models, settings); a recording that fails is
    set aside and told of. A file that cannot be taken in is told of once, as long as it lies there unchanged.
    """
    started, began = time.monotonic(), now()
    note = note or Note(study.folder)
    with study.lock("run"), _ending(note):
        study.ledger.check()
        study.sweep()
        study.note_settings()
        take_up_changed(study)
        taken, fresh = _take_in(study, tell, keep, sleep)
        rows = to_do(study)
        lines = _work(study, rows, make_executor, tell, note, carry=carry) if rows or outdated(study) else []
        if lines:
            _note_run(study, lines, began)
        aside = waiting(study)
    ended = list({line.recording: line for line in lines}.values())  # brought up to date, one ends twice
    done = [line for line in ended if not line.reason]
    failed = len(ended) - len(done)
    return RunSummary(
        imported=sum(each.outcome == "sealed" for each in taken),
        done=len(done),
        failed=failed + fresh,
        waiting=sum(each.outcome == "waits" for each in taken),
        aside=max(0, aside - failed),
        seconds=time.monotonic() - started,
        sound_seconds=sum(line.duration or 0.0 for line in done),
    )


@contextmanager
def _ending(note: Note) -> Iterator[None]:
    """Note how the run ended, for whoever looks; an error names study.toml's settings and no options."""
    try:
        yield
    except SessionDeidError as error:
        note.end(error.exit_code, str(error.for_study()))
        raise
    except KeyboardInterrupt:
        note.end(EXIT_INTERRUPTED)
        raise
    except Exception:
        note.end(EXIT_BUG)
        raise
    note.end()


def to_do(study: Study) -> list[RecordingRow]:
    """The recordings a run goes on with: not set aside, and not a person's turn yet."""
    return [row for row in study.recordings(*WORKABLE) if row.failed_stage is None]


def _note_run(study: Study, lines: list[RunLine], began: str) -> None:
    """The run itself in the audit chain: when it began, how many went well, which failed."""
    last = {line.recording: line for line in lines}.values()
    failed = [line.recording for line in last if line.reason]
    with study.ledger.transaction():
        study.audit.append("run", detail={"began": began, "done": len(last) - len(failed), "failed": failed})


def _take_in(study: Study, tell: Tell, keep: bool, sleep: Callable[[float], None]) -> tuple[list[Taken], int]:
    """What became of the inbox's files, and how many want a person who was not told of them by an earlier run."""
    inbox: Path = study.folder / INBOX
    taken: list[Taken] = []
    known, troubles, fresh = frozenset(read_troubles(study)), [], 0
    for each in import_files(study, [inbox], keep=keep, sleep=sleep) if inbox.is_dir() else ():
        taken.append(each)
        trouble = Trouble.of(each) if each.wants_a_person else None
        if trouble is not None:
            troubles.append(trouble)
            fresh += trouble not in known
        if trouble is None or trouble not in known:
            tell(each)
    if troubles or known:
        keep_troubles(study, troubles)
    return taken, fresh


def _work(
    study: Study,
    rows: list[RecordingRow],
    make_executor: Callable[[], tuple[Executor, Stages]],
    tell: Tell,
    note: Note,
    *,
    carry: bool,
) -> list[RunLine]:
    need_space(study.folder, WORK_SPACE_BYTES)
    note.begin(len(rows))
    executor, stages = make_executor()
    line = Line(study, rows, stages, tell, note)
    with _marks_taken_back(line):
        line.settle()
        line.bring_up_to_date()
        # Whatever happens, its processes end.
        with closing(executor.perform(line.jobs(rows, carry=carry))) as findings:
            for finding in findings:
                line.take(finding)
                line.settle()
        line.refuse_unanswered()
        line.settle()
        line.bring_up_to_date()
    return line.ended


@contextmanager
def _marks_taken_back(line: Line) -> Iterator[None]:
    """What ends a run with an error or Ctrl-C is not what it was at work on."""
    try:
        yield
    except BaseException:
        with suppress(SessionDeidError):  # a full disk, say
            line.begun.forget()
        raise
