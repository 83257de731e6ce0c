"""The model "auto": the best installed one that this computer can carry in the time there is, said alike by everybody."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.cli.bench import bench
from pipeline.cli.doctor import doctor
from pipeline.errors import ModelMissingError
from pipeline.transcribe import choosing, speeds, trial
from pipeline.transcribe.choosing import Machine, better_than_installed, offers, resolve
from pipeline.transcribe.trial import Trial
from tests.audio.sounds import encode, tone
from tests.conftest import ROOT, SAMPLES

ENGINE = "faster-whisper"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty model store, a computer with memory enough, and a cache of its own."""
    pretend_computer(monkeypatch, tmp_path)
    return tmp_path / "store"


def pretend_computer(patch: pytest.MonkeyPatch, folder: Path) -> None:
    patch.setenv("SESSION_DEID_MODELS", str(folder / "store"))
    patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
    patch.setattr(choosing, "this_machine", lambda threads=None: Machine(threads or 2, 32.0))
    patch.setattr(choosing, "usable_cores", lambda: 2)


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


MODELS_AND_SPEEDS = st.dictionaries(
    st.sampled_from(("whisper-tiny.en", "whisper-base", "whisper-small", "whisper-medium")),
    st.tuples(st.floats(0.01, 20.0), st.floats(0.01, 20.0)),
    min_size=1,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(known=MODELS_AND_SPEEDS, device=st.sampled_from(("auto", "cpu")), reference=st.booleans())
def test_bench_doctor_and_auto_agree(
    tmp_path_factory: pytest.TempPathFactory,
    known: dict[str, tuple[float, float]],
    device: str,
    reference: bool,
) -> None:
    """Whatever the speeds: the model that bench says to use is the one that doctor names and "auto" takes, and what
    they say to install is the same. No GPU is at hand here."""
    there = tmp_path_factory.mktemp("computer")
    with pytest.MonkeyPatch.context() as patch:
        pretend_computer(patch, there)
        put(there / "store", *known)
        for name in known if reference else ():
            (there / "store" / name / "openai.pt").touch()
        patch.setattr(trial, "try_all", lambda _audio, pairs, **_: [tried(*pair, known) for pair in pairs])
        said = json.loads(run_bench(there, "--device", device, "--json"))
        row = recogniser_row()
        assert f"auto takes {said['choice']['model']}: " in row["found"]
        assert "(measured here)" in row["found"]
        assert row.get("remedy", "").startswith(f"session-deid models install {said['install']}: ") == bool(
            said["install"]
        )
        assert said["install"] or "remedy" not in row
        assert said["choice"]["model"] == taken(6.0, share=99.0)


def tried(engine: str, model: str, known: dict[str, tuple[float, float]]) -> Trial:
    return Trial(engine, model, "cpu", known[model][engine != ENGINE], 9, 0.1)


def run_bench(folder: Path, *options: str) -> str:
    sound = folder / "week-1.wav"
    sound.write_bytes(encode(tone(1.0), "wav", "pcm_s16le", 16_000, "mono"))
    result = CliRunner().invoke(bench, [str(sound), *options], catch_exceptions=False)
    return result.stdout


def recogniser_row() -> dict[str, str]:
    """What doctor says of it."""
    rows = json.loads(CliRunner().invoke(doctor, ["--json"]).stdout)
    (row,) = [each for each in rows if each["what"] == "recogniser"]
    return dict(row)


def test_bench_says_what_to_install_as_doctor_does(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the words for people too."""
    put(store, "whisper-base")
    monkeypatch.setattr(
        trial, "try_all", lambda _audio, pairs, **_: [tried(*p, {"whisper-base": (0.1, 0.1)}) for p in pairs]
    )
    said = run_bench(store.parent)
    assert "Use: --engine faster-whisper --model whisper-base" in said
    assert "Better: session-deid models install whisper-large-v3-turbo  (about 82 minutes" in said
    assert recogniser_row()["remedy"].startswith(
        "session-deid models install whisper-large-v3-turbo: about 82"
    )


def test_a_model_without_the_language_is_not_tried(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For German the English one is left out; where it is alone, a model is missing."""
    put(store, "whisper-tiny.en")
    monkeypatch.setattr(
        trial, "try_all", lambda _audio, pairs, **_: [tried(*p, {"whisper-base": (0.1, 0.1)}) for p in pairs]
    )
    with pytest.raises(ModelMissingError, match="whisper-base"):
        run_bench(store.parent, "--language", "de")
    put(store, "whisper-base")
    trials = json.loads(run_bench(store.parent, "--language", "de", "--json"))["trials"]
    assert [each["model"] for each in trials] == ["whisper-base"]


@pytest.mark.slow
def test_bench_doctor_and_auto_agree_with_two_real_models(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Speeds as this computer has them."""
    monkeypatch.setenv("SESSION_DEID_MODELS", str(ROOT / "models" / "store"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    sound = str(SAMPLES / "session-s1.m4a")
    result = CliRunner().invoke(bench, [sound, "--engine", ENGINE, "--seconds", "10", "--json"])
    choice = json.loads(result.stdout)["choice"]["model"]
    assert f"auto takes {choice}: " in recogniser_row()["found"]
    assert choice == resolve("auto", engine=ENGINE, device="auto", language=None, hours=6.0)


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
        choosing.pick({}, 6.0)


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
