"""A study of 10,000 recordings: how long listing, an idle run, watching, the review list and an export take.

Sealed artifacts are small; rows and audit entries are those a real run leaves. A few recordings are
whole (quick stages) and verified, so that there is something to export. Commands are timed as a user
calls them, each in a process of its own.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

from bench.batch.study import BenchStudy
from bench.sound import write_hiss
from pipeline.batch.jobs import VOICES_MARK
from pipeline.batch.run import run_study
from pipeline.study.study import Study
from pipeline.study.vault.audit import now
from pipeline.study.vault.rows import ArtifactRow, RecordingRow
from pipeline.study.vault.states import Artifact, Part, State

if TYPE_CHECKING:
    import httpx

RECORDINGS, WHOLE = 10_000, 5


def measure(folder: Path, _sources: list[Path], *, recordings: int = RECORDINGS, whole: int = WHOLE) -> None:
    """One table: wall and processor seconds by command."""
    study = BenchStudy.make(folder / "many")
    fill(study, recordings, whole)
    size = (study.folder / "ledger.sqlite3").stat().st_size
    print(f"\n{recordings} recordings, ledger {size / 1e6:.0f} MB\n")
    print("| command | wall s | processor s |\n|---|---|---|")
    for arguments in (
        ("run",),
        ("status",),
        ("status", "--json"),
        ("status", "R0005"),
        ("export", "--all", "--format", "txt", "--to", folder / "out"),
        ("audit", "verify"),
    ):
        timed = study.call(*arguments)
        shown = " ".join(str(word) for word in arguments if not isinstance(word, Path))
        print(f"| {shown} | {timed.wall_s:.2f} | {timed.cpu_s:.2f} |", flush=True)
    assert len(list((folder / "out").rglob("*.txt"))) == whole
    first, again = fetch_list(study, recordings)
    print(f"| review: list page, first | {first:.2f} | |\n| review: list page, again | {again:.2f} | |")


def fill(made: BenchStudy, recordings: int, whole: int) -> None:
    """A few whole recordings, verified; then rows alone, redacted."""
    from tests.batch.fakes import FakeStages, with_stages
    from tests.batch.life import verify

    with made.open() as study:
        study.roster.add("Some Body", ("Somebody",))
        for number in range(whole):
            write_hiss(made.folder / "inbox" / f"whole-{number}.wav", number)
        run_study(study, with_stages(FakeStages), lambda _: None)
        for row in list(study.recordings()):
            verify(study, row.id, 0)
        study.ledger.query("PRAGMA synchronous = OFF")
        for first in range(whole + 1, recordings + 1, 1000):
            with study.ledger.transaction():
                for number in range(first, min(first + 1000, recordings + 1)):
                    add_recording(study, number)
        study.ledger.write_mark(
            VOICES_MARK, study.voices.version
        )  # the rows alone have nothing to bring up to date


def add_recording(study: Study, number: int) -> None:
    """One recording with the entries of its whole way to `redacted`."""
    recording, moment = f"R{number:04d}", now()
    for part in Part:
        study.rows.put_key(recording, part.value, os.urandom(32))
    digest = f"{number:064x}"
    study.audit.append("received", recording, {"state": "received", "digest": digest, "size": 1})
    seq = 0
    for state in (State.SEALED, State.TRANSCRIBED, State.ATTRIBUTED, State.REDACTED):
        detail: dict[str, object] = {"state": state.value}
        if state is State.REDACTED:
            detail["artifacts"] = {"redaction": digest}
        seq = study.audit.append(state.value, recording, detail)
    study.rows.put_artifact(
        ArtifactRow(recording, Artifact.REDACTION.value, "redaction-00.sealed", digest, 1, 1, moment, seq)
    )
    times = (moment, moment, seq)
    name = f"session-{number}"
    study.rows.put_recording(
        RecordingRow(number, recording, name, State.REDACTED, None, None, digest, 1, 3600.0, *times)
    )
    place = study.vault.folder / recording
    place.mkdir(parents=True)
    (place / "redaction-00.sealed").write_bytes(b"x")


def fetch_list(study: BenchStudy, recordings: int) -> tuple[float, float]:
    """Seconds until the review page's list is there: the first time, and once more."""
    import httpx

    command = [*study.command("review"), "--no-browser"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        link = server.stdout.readline().strip() if server.stdout else ""
        home = re.match(r"http://[^/]+/", link)
        assert home
        with httpx.Client(follow_redirects=True, timeout=120, transport=_here()) as browser:
            started = time.perf_counter()
            browser.get(link).raise_for_status()  # lets this browser in, and sends it on
            _fetch_week(browser, home[0], recordings)
            between = time.perf_counter()
            _fetch_week(browser, home[0], recordings)
            return between - started, time.perf_counter() - between
    finally:
        server.send_signal(signal.SIGINT)
        server.communicate(timeout=30)


def _fetch_week(browser: httpx.Client, home: str, recordings: int) -> None:
    """The page and what it asks for: every recording is in it."""
    browser.get(home).raise_for_status()
    assert f"session-{recordings}" in browser.get(f"{home}api/week").raise_for_status().text


def _here() -> httpx.BaseTransport:
    """Names below localhost are this computer, as browsers have it and not every system does."""
    import httpx

    class Here(httpx.HTTPTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            url = request.url.copy_with(host="127.0.0.1")
            return super().handle_request(
                httpx.Request(request.method, url, headers=request.headers, stream=request.stream)
            )

    return Here()
