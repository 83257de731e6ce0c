"""What a run leaves for other programs: JSON lines to follow it, a Prometheus text file to watch it.

Recordings appear by their ids; names of files, which may name people, do not.
"""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.batch.run import RunSummary
from pipeline.errors import OutputError, printable
from pipeline.files import write_atomically
from pipeline.study.intake.gathering import Taken

if TYPE_CHECKING:
    from pipeline.batch.run_line import RunLine
    from pipeline.study.study import Study

EVENTS = {"RunLine": "recording", "RunSummary": "run", "Taken": "import"}
HIDDEN = ("name", "file")


def append_log(log: Path | None, what: RunLine | RunSummary | Taken) -> None:
    """One JSON line with the time and the kind of event; raises OutputError."""
    if log is None:
        return
    moment = datetime.now(UTC).isoformat(timespec="milliseconds")
    line = {"at": moment, "event": EVENTS[type(what).__name__], **_facts(what)}
    try:
        handle = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(handle, "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
    except OSError as error:
        raise OutputError(file=log, why=error.strerror) from None


def _facts(what: RunLine | RunSummary | Taken) -> dict[str, object]:
    facts = {key: value for key, value in asdict(what).items() if key not in HIDDEN}
    if isinstance(what, Taken):
        facts["why"] = what.why.replace(printable(what.file.name), "the file")
    if isinstance(what, RunSummary):
        facts["speed"] = what.speed
    return facts


def write_metrics(metrics: Path | None, study: Study, summary: RunSummary) -> None:
    """Gauges in the Prometheus text format, for node_exporter's textfile collector; raises OutputError.

    https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
    """
    if metrics is None:
        return
    states: Counter[str] = Counter()
    failed = 0
    for row in study.rows.recordings():
        states[row.state.value] += 1
        failed += row.failed_stage is not None
    lines = [
        "# HELP session_deid_recordings Recordings of the study by state.",
        "# TYPE session_deid_recordings gauge",
    ]
    lines += [f'session_deid_recordings{{state="{s}"}} {n}' for s, n in sorted(states.items())]
    for name, about, value in (
        ("failed", "Recordings set aside with a reason.", failed),
        ("last_run_timestamp_seconds", "When the last run ended.", time.time()),
        ("last_run_seconds", "How long the last run took.", summary.seconds),
        ("last_run_done", "Recordings the last run brought to redacted.", summary.done),
        ("last_run_failed", "Recordings that failed in the last run.", summary.failed),
        ("last_run_sound_seconds", "Sound the last run processed.", summary.sound_seconds),
    ):
        metric = f"session_deid_{name}"
        lines += [f"# HELP {metric} {about}", f"# TYPE {metric} gauge", f"{metric} {value:g}"]
    write_atomically(metrics, ("\n".join(lines) + "\n").encode())
