"""A scheduler and four workers (processes, TLS); one is killed while it works on a recording.

The certificates are made with the commands of docs/cluster.md, scheduler and workers started with its
commands, and the run is `session-deid run --scheduler` with the real engines.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.batch.study import BenchStudy, cut_clips
from pipeline.study.audit_check import check_study
from pipeline.study.vault.states import State

WORKERS, CLIPS, CLIP_S = 4, 8, 30.0
PORT = 18786
PATIENCE_S = 120.0
CERTIFICATES = Path(__file__).parents[2] / "docs" / "make-cluster-certificates.sh"


def measure(
    folder: Path, sources: list[Path], *, workers: int = WORKERS, clips: int = CLIPS, clip_s: float = CLIP_S
) -> None:
    """All done, each once, the chain whole; says how long it took."""
    subprocess.run(["bash", CERTIFICATES, folder / "tls"], check=True, capture_output=True)
    study = BenchStudy.make(folder / "cluster")
    cut_clips(sources, study.folder / "inbox", count=clips, seconds=clip_s)
    with started(folder / "tls", folder, workers):
        address, tls = f"tls://127.0.0.1:{PORT}", folder / "tls"
        options = ("--scheduler", address, "--tls-ca", tls / "ca.pem", "--tls-cert", tls / "node.pem")
        command = study.command("run", *options, "--tls-key", tls / "node.key", "--json")
        began = time.perf_counter()
        run = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        killed = kill_a_busy_worker(address, tls, workers)
        assert run.wait() == 0
        taken = time.perf_counter() - began
    assert study.states() == [State.REDACTED] * clips
    with study.open() as opened:
        check_study(opened)
        events = Counter((entry.recording, entry.event) for entry in opened.audit.entries())
    assert {events[f"R{n:04d}", "transcribed"] for n in range(1, clips + 1)} == {1}
    print(
        f"\n{clips} recordings of {clip_s:.0f} s on {workers} workers over TLS, one killed at work "
        f"(process {killed}): all done in {taken:.0f} s, each once, audit chain whole"
    )


@contextmanager
def started(tls: Path, folder: Path, workers: int) -> Iterator[None]:
    """The scheduler and the workers; they end with the block."""
    files = ["--tls-ca-file", tls / "ca.pem", "--tls-cert", tls / "node.pem", "--tls-key", tls / "node.key"]
    scheduler = [
        "scheduler",
        "--protocol",
        "tls",
        "--host",
        "127.0.0.1",
        "--port",
        PORT,
        "--no-dashboard",
        "--dashboard-address",
        "127.0.0.1:0",
    ]
    worker = ["worker", f"tls://127.0.0.1:{PORT}", "--nthreads", 1, "--no-dashboard"]
    worker += ["--local-directory", folder / "scratch"]
    with (folder / "dask.log").open("wb") as log:
        running: list[subprocess.Popen[bytes]] = []
        try:
            for words in (scheduler, *[worker] * workers):
                command = [sys.executable, "-m", "distributed.cli.dask_" + words[0], *words[1:], *files]
                running.append(
                    subprocess.Popen([*map(str, command)], stdout=log, stderr=log, start_new_session=True)
                )
            yield
        finally:
            for process in running:
                process.terminate()
            for process in running:
                process.wait(30)


def kill_a_busy_worker(address: str, tls: Path, workers: int) -> int:
    """Wait until all workers are there and one has a recording, then kill -9 it; its number."""
    from distributed import Client
    from distributed.security import Security

    files = {
        "tls_ca_file": tls / "ca.pem",
        "tls_client_cert": tls / "node.pem",
        "tls_client_key": tls / "node.key",
    }
    security = Security(require_encryption=True, **{name: str(path) for name, path in files.items()})
    with Client(address, security=security, set_as_default=False, timeout=30) as client:
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            busy = [worker for worker, keys in client.processing().items() if any(map(is_ours, keys))]
            if busy and len(client.scheduler_info(n_workers=-1)["workers"]) == workers:
                time.sleep(5)  # into the work
                numbers: dict[str, Any] = client.run(os.getpid, workers=busy[:1])
                number = int(numbers[busy[0]])
                os.kill(number, signal.SIGKILL)
                return number
            time.sleep(0.2)
    raise RuntimeError("no worker came to work")


def is_ours(key: object) -> bool:
    return re.search(r"-R\d{4}-", str(key)) is not None
