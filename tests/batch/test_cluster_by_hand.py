"""A cluster as docs/cluster.md sets it up: its certificates, its commands, its end; and what a Slurm job looks like."""

from __future__ import annotations

import gc
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from pipeline.batch.cluster import ALONE, Cluster
from pipeline.batch.cluster_connect import leave, start_on_slurm
from pipeline.batch.cluster_plan import Plan, Tls
from pipeline.batch.run import run_study
from pipeline.batch.run_line import RunLine
from pipeline.errors import ClusterError
from pipeline.study.audit_check import check_study
from pipeline.study.study import Study
from pipeline.study.vault.states import State
from tests.batch.fakes import FakeStages
from tests.batch.test_executors import KILLS, Hanging, Recipe, fill_inbox, sounds
from tests.conftest import ROOT

pytestmark = pytest.mark.filterwarnings(  # Dask leaves sockets and files to the collector
    "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)
GUIDE = (ROOT / "docs" / "cluster.md").read_text(encoding="utf-8")
PATIENCE_S = 120.0  # on a busy machine a process of Dask takes long to begin
FILES = ("ca.pem", "node.pem", "node.key")


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the guide's command makes."""
    if shutil.which("openssl") is None:
        pytest.skip("needs openssl")
    folder = tmp_path_factory.mktemp("by-hand")
    line = next(line.strip() for line in GUIDE.splitlines() if "make-cluster-certificates.sh" in line)
    command, script, target = line.split()
    subprocess.run([command, ROOT / script, target], cwd=folder, check=True, capture_output=True)
    return folder / target


@pytest.mark.skipif(os.name == "nt", reason="files on Windows have no such mode")
def test_certificates_are_readable_by_their_maker_alone(certificates: Path) -> None:
    """An authority, and one certificate for all; keys in files of mode 0600."""
    assert {*FILES, "ca.key"} <= {file.name for file in certificates.iterdir()}
    assert {file.stat().st_mode & 0o077 for file in certificates.iterdir()} == {0}


@contextmanager
def dask(certificates: Path, what: str, *more: str) -> Iterator[subprocess.Popen[bytes]]:
    """One of the guide's two commands, with our addresses."""
    guided = re.search(rf"^    dask {what} (.*) \$PAGE \$TLS$", GUIDE, re.MULTILINE)
    variables = dict(re.findall(r'^    (TLS|PAGE)="(.*)"$', GUIDE, re.MULTILINE))
    assert guided is not None
    asked = [word for word in guided[1].split() if word not in ("8786", "--port", "tls://SCHEDULER:8786")]
    asked += [*variables["PAGE"].split(), *variables["TLS"].split()]
    pythonpath = os.pathsep.join((str(ROOT), os.environ.get("PYTHONPATH", "")))
    process = subprocess.Popen(
        [sys.executable, "-m", "dask", what, *asked, *more],
        cwd=certificates.parent,
        env={**os.environ, "PYTHONPATH": pythonpath},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def scheduler(certificates: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A scheduler by the guide's command, on a port of its own; its address once it answers."""
    file = certificates.parent / f"scheduler-{time.monotonic_ns()}.json"
    more = ("--port", "0", "--scheduler-file", str(file))
    with dask(certificates, "scheduler", *more) as process:
        wait_until(lambda: file.exists() and b"tls://" in file.read_bytes())
        found = re.search(r"tls://[\d.]+:\d+", file.read_text())
        assert found is not None
        yield found[0], process


def wait_until(true: Callable[[], object]) -> None:
    """Until it is so; the test fails when it never is."""
    end = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.2)


def tls_of(certificates: Path) -> Tls:
    return Tls(*(certificates / name for name in FILES))


def run(
    study: Study,
    plan: Plan,
    recipe: object,
    say: Callable[[str], None],
    tell: Callable[[RunLine], None] = lambda _: None,
) -> list[RunLine]:
    lines: list[RunLine] = []

    def heard(line: object) -> None:
        if isinstance(line, RunLine):
            lines.append(line)
            tell(line)

    executor = Cluster(plan, recipe, say=say)  # type: ignore[arg-type]
    run_study(study, lambda: (executor, FakeStages()), heard, carry=True, sleep=lambda _: None)
    return lines


@contextmanager
def in_background(work: Callable[[], None]) -> Iterator[None]:
    """Something that happens while a run goes on."""
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    yield
    thread.join(PATIENCE_S)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_as_the_guide_has_it_and_taken_back_by_ctrl_c(study: Study, certificates: Path) -> None:
    """Without a worker the run says so and waits; Ctrl-C leaves nothing on the cluster, what was done is kept."""
    distributed = pytest.importorskip("distributed", reason="the cluster extra is not installed")
    fill_inbox(study, sounds(1)[0], KILLS + b"x" * 20_000)
    said: list[str] = []
    tls, more = tls_of(certificates), threading.Event()

    def interrupt(_: RunLine) -> None:
        raise KeyboardInterrupt

    with scheduler(certificates) as (address, _):

        def a_worker_comes() -> None:
            wait_until(lambda: ALONE in said)
            with dask(certificates, "worker", address):
                more.wait(PATIENCE_S * 4)

        with in_background(a_worker_comes):
            with pytest.raises(KeyboardInterrupt):
                run(study, Plan(scheduler=address, tls=tls), Hanging(), said.append, interrupt)
            assert said == [ALONE]
            security = distributed.Security(
                require_encryption=True,
                tls_ca_file=str(tls.ca),
                tls_client_cert=str(tls.certificate),
                tls_client_key=str(tls.key),
            )
            with distributed.Client(address, security=security, set_as_default=False) as client:
                wait_until(
                    lambda: client.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.tasks)) == 0
                )
            more.set()
    assert sorted(row.state for row in study.recordings()) == [State.REDACTED, State.SEALED]
    assert all(row.failed_stage is None for row in study.recordings())
    check_study(study)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_scheduler_that_goes_away_ends_the_run_and_loses_nothing(study: Study, certificates: Path) -> None:
    """Code 65; what was done is kept, nothing is set aside, and the next run goes on."""
    pytest.importorskip("distributed", reason="the cluster extra is not installed")
    fill_inbox(study, sounds(1)[0], KILLS + b"x" * 20_000)
    tls = tls_of(certificates)
    with scheduler(certificates) as (address, process), dask(certificates, "worker", address):

        def it_goes(_: RunLine) -> None:
            process.kill()

        with pytest.raises(ClusterError) as raised:
            run(study, Plan(scheduler=address, tls=tls), Hanging(), lambda _: None, it_goes)
    assert raised.value.exit_code == 65
    assert [row.state for row in study.recordings()] == [State.REDACTED, State.SEALED]
    assert all(row.failed_stage is None for row in study.recordings())
    with scheduler(certificates) as (address, _), dask(certificates, "worker", address):
        lines = run(study, Plan(scheduler=address, tls=tls), Recipe(once=str(study.folder)), lambda _: None)
    assert [line.state for line in lines] == ["redacted"]
    check_study(study)


def speaks_plainly(process: subprocess.Popen[bytes]) -> list[str]:
    """Addresses of other networks than the loopback at which a process, or one it started, answers plain HTTP."""
    here = psutil.Process(process.pid)
    open_to_others = {
        (found.laddr.ip, found.laddr.port)
        for each in (here, *here.children(recursive=True))
        for found in each.net_connections("inet")
        if found.status == psutil.CONN_LISTEN
        and not found.laddr.ip.startswith("127.")
        and found.laddr.ip != "::1"
    }
    assert open_to_others, "nothing listens: this shows nothing"
    return [f"{ip}:{port}" for ip, port in open_to_others if answers_http(ip, port)]


def answers_http(ip: str, port: int) -> bool:
    """Whether there is an answer to a plain request."""
    reached = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(ip, ip)
    with socket.create_connection((reached, port), timeout=10) as asked, suppress(OSError):
        asked.sendall(b"GET /info/main/workers.html HTTP/1.0\r\n\r\n")
        return asked.recv(4) == b"HTTP"
    return False


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.skipif(sys.platform == "darwin", reason="macOS does not tell what another process listens on")
def test_no_page_of_dask_is_open_to_the_network(certificates: Path) -> None:
    """By the guide's commands: what answers others speaks TLS alone."""
    distributed = pytest.importorskip("distributed", reason="the cluster extra is not installed")
    tls = tls_of(certificates)
    security = distributed.Security(
        tls_ca_file=str(tls.ca), tls_client_cert=str(tls.certificate), tls_client_key=str(tls.key)
    )
    with scheduler(certificates) as (address, first), dask(certificates, "worker", address) as second:
        with distributed.Client(address, security=security, set_as_default=False) as client:
            client.wait_for_workers(1, timeout=PATIENCE_S)
        assert speaks_plainly(first) + speaks_plainly(second) == []


def test_dask_jobqueue_takes_the_guides_settings(tmp_path: Path) -> None:
    """A job script with the guide's lines, TLS from files that its owner alone can read, no page for the network."""
    pytest.importorskip("dask_jobqueue", reason="the cluster extra is not installed")
    config, yaml = pytest.importorskip("dask.config"), pytest.importorskip("yaml")
    block = re.search(r"jobqueue\.yaml`:\n\n((?:    .*\n|\n)+)", GUIDE)
    assert block is not None
    told = yaml.safe_load(block[1])
    with config.set(config.merge(config.config, told)):
        client = start_on_slurm(0, str(tmp_path))
        try:
            script = client.cluster.job_script()
            page = client.cluster.scheduler.http_server.address
            check_job(script, told["jobqueue"]["slurm"], tmp_path)
        finally:
            leave(client)
    del client
    gc.collect()  # what jobqueue left open goes here, not in another test
    assert page == "127.0.0.1"


def check_job(script: str, asked: dict[str, Any], shared: Path) -> None:
    files = [Path(file) for file in re.findall(r"--tls-(?:ca-file|cert|key)[ =](\S+)", script)]
    assert f"#SBATCH -p {asked['queue']}" in script
    assert f"#SBATCH -t {asked['walltime']}" in script
    assert all(line in script for line in asked["job-script-prologue"])
    assert " ".join((*asked["worker-extra-args"], "--no-dashboard --dashboard-address 127.0.0.1:0")) in script
    assert len(files) == 3
    assert {file.parent for file in files} == {shared}
    assert {file.stat().st_mode & 0o077 for file in files} == {0}
