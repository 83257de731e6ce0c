"""Several processes, or a cluster with TLS, do what one process does; a worker that dies costs a retry."""

from __future__ import annotations

import gc
import os
import pickle
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pytest

from pipeline import flow
from pipeline.batch import workers
from pipeline.batch.cluster import Cluster
from pipeline.batch.cluster_plan import Plan, Tls
from pipeline.batch.executor import ExecutorChoice, executor_for
from pipeline.batch.processes import Processes
from pipeline.batch.run import run_study
from pipeline.batch.run_line import RunLine
from pipeline.batch.workers import COORDINATOR_BYTES, WORKER_BYTES, fit_workers, threads_each
from pipeline.errors import ClusterError, ModelMissingError
from pipeline.flow import Progress
from pipeline.records import Audio, Transcription
from pipeline.study.audit_check import check_study
from pipeline.study.study import Study
from pipeline.study.vault.keys import StudyKey
from pipeline.study.vault.states import Artifact, State
from tests.batch.fakes import SPOKEN_NAME, FakeStages
from tests.study.conftest import CHEAP, make_sound

KILLS = b"KILLS"


@dataclass(frozen=True)
class Recipe:
    """Makes quick stages in a worker; a recording that begins with KILLS ends its worker, as the OOM killer would.

    `once` names a file: the first worker that meets the recording dies, the second finds the file and lives.
    """

    once: str = ""
    missing_model: bool = False

    def __call__(self) -> FakeStages:
        return DeadlyStages(once=self.once, missing_model=self.missing_model)


@dataclass
class DeadlyStages(FakeStages):
    once: str = ""
    missing_model: bool = False

    def decode(self, source: BinaryIO, *, name: str) -> Audio:
        if source.read(len(KILLS)) == KILLS and not (self.once and Path(self.once).exists()):
            if self.once:
                Path(self.once).touch()
            os._exit(9)
        source.seek(0)
        return super().decode(source, name=name)

    def transcribe(self, audio: Audio, progress: Progress | None = None) -> Transcription:
        if self.missing_model:
            raise ModelMissingError(model="whisper-base")
        return super().transcribe(audio, progress)


def fill_inbox(study: Study, *contents: bytes) -> None:
    for number, content in enumerate(contents):
        make_sound(study.folder / "inbox" / f"week-{number}.wav", content)


def sounds(count: int) -> list[bytes]:
    return [bytes([n]) * (20_000 + n) for n in range(count)]


def run(study: Study, recipe: Recipe, workers: int = 2) -> list[RunLine]:
    lines: list[RunLine] = []
    executor = Processes(recipe, workers)
    run_study(
        study,
        lambda: (executor, FakeStages()),
        lambda line: lines.append(line) if isinstance(line, RunLine) else None,
        sleep=lambda _: None,
    )
    return lines


def transcripts(study: Study) -> list[bytes]:
    return [study.artifact(r.id, Artifact.REDACTION) for r in study.recordings(State.REDACTED)]


def test_two_processes_leave_what_one_leaves(study: Study, tmp_path: Path) -> None:
    """The same recordings give the same transcripts, byte for byte, with two workers and with one."""
    fill_inbox(study, *sounds(5))
    run(study, Recipe())
    with Study.create(tmp_path / "other", key_file=tmp_path / "k2", by="tester", cost=CHEAP) as other:
        fill_inbox(other, *sounds(5))
        run(other, Recipe(), workers=1)
        assert transcripts(study) == transcripts(other)
    assert len(transcripts(study)) == 5
    check_study(study)


def test_one_bad_file_costs_one_file(study: Study) -> None:
    """A recording that is no sound is set aside with its reason; the others are done."""
    fill_inbox(study, *sounds(2), b"BROKEN" * 1000)
    lines = run(study, Recipe())
    assert sorted(line.state for line in lines) == ["redacted", "redacted", "sealed"]
    assert [line.failed_stage for line in lines if line.reason] == ["decode"]


def test_a_recording_that_kills_its_worker_is_found_out_and_set_aside(study: Study) -> None:
    """It alone is blamed; the recordings that were under way beside it are done."""
    fill_inbox(study, *sounds(3), KILLS + b"x" * 20_000)
    lines = run(study, Recipe())
    assert sorted(line.state for line in lines) == ["redacted"] * 3 + ["sealed"]
    assert "ended unexpectedly" in next(line.reason for line in lines if line.reason)
    check_study(study)


def test_a_worker_that_dies_once_costs_a_retry(study: Study, tmp_path: Path) -> None:
    """The same run does the recording again, and it is done."""
    fill_inbox(study, *sounds(2), KILLS + b"x" * 20_000)
    lines = run(study, Recipe(once=str(tmp_path / "died")))
    assert [line.state for line in lines] == ["redacted"] * 3


def test_a_missing_model_stops_the_run_and_blames_no_recording(study: Study) -> None:
    """The error crosses the process border whole; nothing is set aside."""
    fill_inbox(study, *sounds(2))
    with pytest.raises(ModelMissingError, match="models install whisper-base"):
        run(study, Recipe(missing_model=True))
    assert all(row.failed_stage is None for row in study.recordings())


def test_no_more_workers_than_fit_into_memory() -> None:
    """Workers are cut to what memory holds beside the coordinator, never below one."""
    assert fit_workers(8, COORDINATOR_BYTES + 3 * WORKER_BYTES) == 3
    assert fit_workers(8, 0) == 1
    assert fit_workers(2, 10**12) == 2


def test_workers_share_the_cores() -> None:
    """Each gets its part, at least one."""
    assert [threads_each(w, 8) for w in (1, 2, 3, 16)] == [8, 4, 2, 1]


def test_a_job_never_shows_its_keys_or_names(study: Study) -> None:
    """What a library logs of a job's arguments (its repr) holds no key and no name."""
    from pipeline.batch.jobs import job_of
    from pipeline.flow import Choices, Recipe
    from pipeline.records import Person, Roster
    from pipeline.study.intake.importing import import_files

    fill_inbox(study, *sounds(1))
    list(import_files(study, [study.folder / "inbox"], sleep=lambda _: None))
    job = job_of(study, next(iter(study.recordings())), carry=True)
    recipe = Recipe(Choices(), Roster((Person("P01", SPOKEN_NAME),)))
    shown = repr(job) + repr(recipe)
    assert SPOKEN_NAME not in shown
    assert all(key.hex() not in shown and repr(key) not in shown for key in job.keys.values())


def test_a_worker_is_given_names_and_not_who_goes_by_which_code(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What travels of the roster is what hearing needs: no code, role or answer about consent goes along."""
    from pipeline.batch import cluster, executor, processes
    from pipeline.flow import hints
    from pipeline.records import Agreement, Consent
    from pipeline.speakers.roster import expected_speakers

    person = study.roster.add(SPOKEN_NAME, ("Quilly",), "facilitator", "F07")
    study.roster.set_consent(person.code, Consent(quotation=Agreement("no", "2026-03-04")))
    study.roster.add("Rosalind Example", code="P09")
    given: list[object] = []

    class Noting:
        def __init__(self, *arguments: object, **_: object) -> None:
            given.extend(each for each in arguments if isinstance(each, flow.Recipe))

        def start(self) -> None: ...

    monkeypatch.setattr(cluster, "Cluster", Noting)
    monkeypatch.setattr(processes, "Processes", Noting)
    monkeypatch.setattr(executor, "stay_offline", lambda: None)
    monkeypatch.setattr(executor, "refuse_network", lambda: None)
    monkeypatch.setattr(workers, "fit_workers", lambda wanted, _: wanted)
    for choice in (ExecutorChoice(scheduler="tls://127.0.0.1:9"), ExecutorChoice(workers=2)):
        _, own = executor_for(study, choice, lambda _: None)
        travels = pickle.dumps(given[-1])
        assert SPOKEN_NAME.encode() in travels
        assert not any(word in travels for word in (b"F07", b"P09", b"facilitator", b"2026-03-04"))
        roster = given[-1].roster  # type: ignore[attr-defined]
        assert hints(roster) == hints(study.roster.load())
        assert expected_speakers(roster) == 2
        assert own.roster == study.roster.load()  # who attributes has them all
    assert len(given) == 2


# --- a cluster ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reached:
    """A cluster's address and its certificates in files, as the command line gives them."""

    address: str
    tls: Tls


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reached]:
    """A scheduler and three workers in processes of their own, everything between them TLS."""
    distributed = pytest.importorskip("distributed", reason="the cluster extra is not installed")
    security = distributed.security.Security.temporary()
    folder = tmp_path_factory.mktemp("tls")
    for name in ("tls_ca_file", "tls_client_cert", "tls_client_key"):
        (folder / name).write_text(getattr(security, name))
    with distributed.LocalCluster(
        n_workers=3,
        threads_per_worker=1,
        processes=True,
        security=security,
        protocol="tls://",
        dashboard_address="127.0.0.1:0",  # any free port: the benchmarks beside it have a scheduler too
        silence_logs=50,
    ) as made:
        tls = Tls(folder / "tls_ca_file", folder / "tls_client_cert", folder / "tls_client_key")
        yield Reached(made.scheduler_address, tls)


def on_cluster(
    study: Study, cluster: Reached, recipe: object, *, patience_s: float = 7200.0
) -> list[RunLine]:
    lines: list[RunLine] = []
    plan = Plan(scheduler=cluster.address, tls=cluster.tls, patience_s=patience_s)
    executor = Cluster(plan, recipe)  # type: ignore[arg-type]
    run_study(
        study,
        lambda: (executor, FakeStages()),
        lambda line: lines.append(line) if isinstance(line, RunLine) else None,
        carry=True,
        sleep=lambda _: None,
    )
    return lines


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_cluster_does_every_recording_once(study: Study, cluster: Reached) -> None:
    """Over TLS, with sealed recordings travelling: all done, each once, audit chain whole."""
    fill_inbox(study, *sounds(6), b"BROKEN" * 1000)
    lines = on_cluster(study, cluster, Recipe())
    assert sorted(line.state for line in lines) == ["redacted"] * 6 + ["sealed"]
    assert len({line.recording for line in lines}) == 7
    check_study(study)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_cluster_worker_that_dies_costs_a_retry(study: Study, cluster: Reached, tmp_path: Path) -> None:
    """One worker ends in the middle of a recording: it is done again elsewhere."""
    fill_inbox(study, *sounds(4), KILLS + b"x" * 20_000)
    lines = on_cluster(study, cluster, Recipe(once=str(tmp_path / "died")))
    assert [line.state for line in lines] == ["redacted"] * 5
    check_study(study)


@dataclass(frozen=True)
class Hanging:
    """Stages that never come to an end with one recording."""

    def __call__(self) -> FakeStages:
        return HangingStages()


class HangingStages(FakeStages):
    def decode(self, source: BinaryIO, *, name: str) -> Audio:
        if source.read(len(KILLS)) == KILLS:
            time.sleep(600)
        source.seek(0)
        return super().decode(source, name=name)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_cluster_worker_that_hangs_costs_its_recording_alone(study: Study, cluster: Reached) -> None:
    """After three tries that took too long the recording is set aside; the others are done."""
    fill_inbox(study, *sounds(2), KILLS + b"x" * 20_000)
    # Patience for a busy machine: the others must never look as if they hung.
    lines = on_cluster(study, cluster, Hanging(), patience_s=25.0)
    assert sorted(line.state for line in lines) == ["redacted", "redacted", "sealed"]
    assert "in time" in next(line.reason for line in lines if line.reason)


@dataclass(frozen=True)
class Asking:
    """Stages that ask for a socket to another computer, as a library that reports to its makers would."""

    def __call__(self) -> FakeStages:
        return AskingStages()


class AskingStages(FakeStages):
    def transcribe(self, audio: Audio, progress: Progress | None = None) -> Transcription:
        from pipeline.safety.kernel import native_code_is_held

        assert native_code_is_held()
        return super().transcribe(audio, progress)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="Linux alone can hold a thread")
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_what_works_on_a_recording_reaches_no_network_on_a_cluster_either(
    study: Study, cluster: Reached
) -> None:
    """The worker's thread is refused sockets while the worker itself goes on speaking to its scheduler."""
    fill_inbox(study, *sounds(4))
    assert [line.reason for line in on_cluster(study, cluster, Asking())] == [""] * 4


@dataclass(frozen=True)
class Lying:
    """Wherever it arrives all answers become objects that run code where they are unpickled."""

    seen: str

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return make_lying, (self.seen,)

    def __call__(self) -> FakeStages:
        return FakeStages()


def make_lying(seen: str) -> Lying:
    workers.pack = lambda _: Spy(seen)  # type: ignore[assignment, return-value]
    return Lying(seen)


class Spy:
    def __init__(self, seen: str):
        self.seen = seen

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return look_around, (self.seen,)


def look_around(seen: str) -> bytes:
    """What code of a worker's finds where its answer is opened: whose process, and the study's key in it."""
    keys = sum(isinstance(each, StudyKey) for each in gc.get_objects())
    with Path(seen).open("a") as file:
        file.write(f"{os.getpid()} {os.getppid()} {keys}\n")
    return b""


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_cluster_worker_that_lies_gets_no_code_into_the_coordinator(
    study: Study, cluster: Reached, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dask unpickles what it sends in a child process that has no key of the study; its recording is set aside."""
    monkeypatch.setattr(workers, "pack", workers.pack)  # the scheduler of these tests lives in this process
    fill_inbox(study, *sounds(2))
    lines = on_cluster(study, cluster, Lying(str(tmp_path / "seen")))
    assert [line.state for line in lines] == ["sealed", "sealed"]
    assert all("not what it was asked for" in line.reason for line in lines)
    seen = [line.split() for line in (tmp_path / "seen").read_text().splitlines()]
    assert [each for each in seen if each[1] == str(os.getpid())], (
        "nobody unpickled it: the test shows nothing"
    )
    assert str(os.getpid()) not in {each[0] for each in seen}
    assert {each[2] for each in seen} == {"0"}
    check_study(study)


def test_an_address_without_tls_is_refused() -> None:
    """Keys never travel in the open: tcp:// is refused before anything is sent."""
    with pytest.raises(ClusterError, match="tls://"):
        Cluster(Plan(scheduler="tcp://127.0.0.1:8786"), Recipe())


def test_a_scheduler_that_does_not_answer_is_an_error_of_ours(study: Study, tmp_path: Path) -> None:
    """Found in the child, told here; nothing is set aside."""
    pytest.importorskip("distributed", reason="the cluster extra is not installed")
    fill_inbox(study, *sounds(1))
    with pytest.raises(ClusterError, match="no connection over TLS"):
        on_cluster(study, Reached("tls://127.0.0.1:9", Tls(tmp_path / "none.pem")), Recipe())
    assert next(study.recordings()).failed_stage is None
