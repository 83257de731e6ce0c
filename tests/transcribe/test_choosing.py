"""The model "auto": the best installed one that this computer can carry in the time there is, said alike by everybody."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cli.doctor import doctor
from pipeline.errors import ModelMissingError
from pipeline.transcribe import choosing, speeds
from pipeline.transcribe.choosing import Machine, best_installed, better_than_installed, offers, resolve
from pipeline.transcribe.trial import Trial, choose
from tests.conftest import ROOT

ENGINE = "faster-whisper"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty model store, a computer with memory enough, and a cache of its own."""
    monkeypatch.setenv("SESSION_DEID_MODELS", str(tmp_path / "store"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(choosing, "this_machine", lambda threads=None: Machine(threads or 2, 32.0))
    monkeypatch.setattr(choosing, "usable_cores", lambda: 2)
    return tmp_path / "store"


def put(store: Path, *names: str, size: int = 100) -> None:
    for name in names:
        (store / name).mkdir(parents=True)
        with (store / name / "model.bin").open("wb") as file:
            file.truncate(size)


def taken(
    hours: float, *, share: float = 0.1, language: str | None = None, threads: int | None = None
) -> str:
    """What "auto" takes where the model tried needs that share of the sound's length."""
    return resolve(
        "auto",
        engine=ENGINE,
        device="auto",
        language=language,
        hours=hours,
        threads=threads,
        measure=lambda *_: share,
    )


def test_a_model_that_is_named_is_taken(store: Path) -> None:
    """Installed or not: loading says what is missing."""
    assert resolve("whisper-small", engine=ENGINE, device="auto", language=None, hours=1) == "whisper-small"


def test_auto_takes_the_best_that_is_fast_enough(store: Path) -> None:
    """Base does an hour in six minutes here: medium takes about an hour, turbo a little more."""
    put(store, "whisper-base", "whisper-small", "whisper-medium", "whisper-large-v3-turbo")
    assert taken(6.0) == "whisper-large-v3-turbo"
    assert taken(1.2) == "whisper-medium"
    assert taken(0.5) == "whisper-small"
    assert taken(0.01) == "whisper-base"  # nothing is fast enough: the fastest


def test_a_worker_with_half_of_the_cores_takes_twice_as_long(store: Path) -> None:
    """So in the same hours it may have to take a smaller model."""
    put(store, "whisper-base", "whisper-small")
    assert taken(0.5) == "whisper-small"
    assert taken(0.5, threads=1) == "whisper-base"


def test_a_model_that_knows_english_alone_is_for_english_alone(store: Path) -> None:
    """For another language it is not taken, however little else there is; for an unknown one only where it is alone."""
    put(store, "whisper-tiny.en")
    assert taken(6.0) == taken(6.0, language="en") == "whisper-tiny.en"
    assert taken(6.0, language="de") == "whisper-base"  # not installed: loading says so
    put(store, "whisper-base")
    assert taken(0.01, share=5.0) == "whisper-base"
    assert taken(0.01, share=5.0, language="en") == "whisper-tiny.en"


def test_a_model_that_does_not_fit_into_memory_is_not_taken(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four times its file, as measured."""
    put(store, "whisper-base", size=100_000_000)
    put(store, "whisper-small", size=1_000_000_000)
    monkeypatch.setattr(choosing, "this_machine", lambda threads=None: Machine(2, 3.0))
    assert taken(6.0) == "whisper-base"


def test_the_speed_is_measured_once(store: Path) -> None:
    """The second run finds it; a file that is not ours, or cannot be read, costs a measurement and nothing else."""
    put(store, "whisper-base", "whisper-small")
    taken(6.0, share=0.1)
    assert taken(0.5, share=99.0) == "whisper-small"
    for broken in ("{", "[1]", '{"a": "b"}', "\xff"):
        (store.parent / "cache" / "session-deid" / speeds.FILE_NAME).write_text(broken, encoding="latin-1")
        assert taken(0.5, share=99.0) == "whisper-base"


def test_where_the_cache_cannot_be_written_it_is_measured_again(store: Path) -> None:
    """A service account without a home folder."""
    put(store, "whisper-base", "whisper-small")
    (store.parent / "cache").write_text("in the way")
    assert taken(0.5, share=0.1) == "whisper-small"
    assert taken(0.5, share=99.0) == "whisper-base"


def test_a_single_model_is_not_measured(store: Path) -> None:
    """There is nothing to choose."""
    put(store, "whisper-base")
    with pytest.raises(ZeroDivisionError):
        offers(Machine(2, 32.0), measure=lambda *_: 1 / 0)
    assert resolve("auto", engine=ENGINE, device="auto", language=None, hours=1, measure=lambda *_: 1 / 0)


def test_bench_doctor_and_auto_agree(store: Path) -> None:
    """The speeds that bench measures are what the others go by."""
    put(store, "whisper-tiny.en", "whisper-base", "whisper-small")
    trials = [
        Trial(ENGINE, "whisper-tiny.en", "cpu", 0.1, 9, 0.1),
        Trial(ENGINE, "whisper-base", "cpu", 0.3, 9, 0.1),
        Trial(ENGINE, "whisper-small", "cpu", 7.0, 9, 0.1),
    ]
    for trial in trials:
        speeds.keep(trial.engine, trial.model, "auto", trial.share)
    chosen = choose(trials)
    assert chosen is not None
    assert chosen.model == taken(6.0) == best_installed(offers(Machine(2, 32.0))).model == "whisper-base"
    told = json.loads(CliRunner().invoke(doctor, ["--json"]).stdout)
    (row,) = [each for each in told if each["what"] == "recogniser"]
    assert "auto takes whisper-base: about 18 minutes for an hour of talk (measured here)" in row["found"]


def test_doctor_measures_nothing(store: Path) -> None:
    """It says what measures."""
    put(store, "whisper-base", "whisper-small")
    told = json.loads(CliRunner().invoke(doctor, ["--json"]).stdout)
    (row,) = [each for each in told if each["what"] == "recogniser"]
    assert "session-deid bench" in row["remedy"]
    assert not (store.parent / "cache").exists()


def test_a_model_worth_installing_is_better_than_the_installed_and_fast_enough(store: Path) -> None:
    """On a slow computer nothing is told."""
    put(store, "whisper-base")
    better = better_than_installed(offers(Machine(2, 32.0), measure=lambda *_: 0.1))
    assert better is not None
    assert better.model == "whisper-large-v3-turbo"
    assert better.in_words == "about 82 minutes for an hour of talk (estimated), 1.6 GB"
    speeds.keep(ENGINE, "whisper-base", "auto", 3.0)
    assert better_than_installed(offers(Machine(2, 32.0))) is None
    assert better_than_installed(offers(Machine(2, 0.1))) is None


def test_nothing_installed_is_a_missing_model(store: Path) -> None:
    """By the name of the usual one."""
    assert taken(6.0) == "whisper-base"
    with pytest.raises(ModelMissingError, match="whisper-base"):
        choosing.best([], 6.0)


@pytest.mark.slow
def test_two_real_models_are_measured_and_the_better_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The smallest is tried on a minute of the sample, whatever else the computer does."""
    monkeypatch.setenv("SESSION_DEID_MODELS", str(ROOT / "models" / "store"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    name = resolve("auto", engine=ENGINE, device="cpu", language="en", hours=50.0)
    assert name == "whisper-base"
    (share,) = speeds.kept().known.values()
    assert 0.0 < share < 50.0
