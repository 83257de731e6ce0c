"""Computers with a GPU, simulated: a driver shows one, and what lies beneath works or fails in the ways it does.

CTranslate2's Whisper stands in for itself: on "cuda" it loads on the processor, and fails where a GPU without its
libraries fails, with CTranslate2's own messages.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ctranslate2
import faster_whisper
import pytest
import torch
from click.testing import CliRunner

from pipeline import doctor
from pipeline.cli.main import main
from pipeline.errors import EngineFailedError, EngineMissingError, GpuUnusableError, ModelDamagedError
from pipeline.transcribe import load
from pipeline.transcribe.devices import nvidia_libraries, unusable

NO_CUBLAS = "Library libcublas.so.12 is not found or cannot be loaded"
MODEL = "whisper-tiny.en"
Plug = Callable[..., list[str]]


@pytest.fixture
def plug_in(monkeypatch: pytest.MonkeyPatch, tiny_for_both: Path) -> Plug:
    """A GPU in the computer; gives the list of devices that models were loaded on."""
    monkeypatch.setenv("SESSION_DEID_MODELS", str(tiny_for_both))
    real = faster_whisper.WhisperModel

    def plug(*, loading: Exception | None = None, working: Exception | None = None) -> list[str]:
        loaded_on: list[str] = []

        class OnGpu(real):  # type: ignore[misc, valid-type]
            def __init__(self, folder: str, *, device: str, compute_type: str, **options: Any) -> None:
                loaded_on.append(device)
                self.shown = device
                if device == "cuda" and loading:
                    raise loading
                super().__init__(folder, device="cpu", compute_type="int8", **options)

            def encode(self, features: Any) -> Any:
                if self.shown == "cuda" and working:
                    raise working
                return super().encode(features)

        monkeypatch.setattr(ctranslate2, "get_cuda_device_count", lambda: 1)
        monkeypatch.setattr(faster_whisper, "WhisperModel", OnGpu)
        return loaded_on

    return plug


def test_a_gpu_that_works_is_used(plug_in: Plug) -> None:
    """One try, no line."""
    said: list[str] = []
    loaded_on = plug_in()
    assert load("faster-whisper", MODEL, say=said.append).device == "cuda"
    assert (loaded_on, said) == (["cuda"], [])


@pytest.mark.parametrize("when", ["loading", "working"])
@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (RuntimeError(NO_CUBLAS), "nvidia-cublas-cu12"),
        (RuntimeError("Library cublas64_12.dll is not found or cannot be loaded"), "nvidia-cublas-cu12"),
        (RuntimeError("Unable to load any of {libcudnn_ops.so.9}"), "nvidia-cudnn-cu12"),
        (
            RuntimeError("CUDA failed with error CUDA driver version is insufficient for CUDA runtime"),
            "driver",
        ),
        (RuntimeError("CUDA failed with error out of memory"), "smaller model"),
        (
            ValueError("Requested float16 compute type, but the target device does not support it"),
            "the device cpu",
        ),
        (OSError("libcuda.so.1: cannot open shared object file"), "driver"),
    ],
)
def test_a_gpu_that_fails_is_left_alone_with_one_line(
    plug_in: Plug, when: str, error: Exception, advice: str
) -> None:
    """Whether it fails while the model loads or at its first step: why, what to do, and the processor hears."""
    said: list[str] = []
    loaded_on = plug_in(**{when: error})
    engine = load("faster-whisper", MODEL, say=said.append)
    assert engine.device == "cpu"
    assert loaded_on == ["cuda", "cpu"]
    assert len(said) == 1
    assert str(error) in said[0]
    assert advice in said[0]
    assert "The processor does the work." in said[0]
    assert "damaged" not in said[0]


def test_asked_for_it_the_failure_ends_the_command(plug_in: Plug) -> None:
    """--device cuda does not fall back in silence; --device cpu does not even try."""
    loaded_on = plug_in(working=RuntimeError(NO_CUBLAS))
    with pytest.raises(GpuUnusableError, match=r"libcublas\.so\.12.*nvidia-cublas-cu12"):
        load("faster-whisper", MODEL, device="cuda")
    assert load("faster-whisper", MODEL, device="cpu").device == "cpu"
    assert loaded_on == ["cuda", "cpu"]


@pytest.mark.parametrize("engine", ["faster-whisper", "openai-whisper"])
def test_without_a_gpu_asking_for_one_is_refused(
    tiny_for_both: Path, monkeypatch: pytest.MonkeyPatch, engine: str
) -> None:
    """In one line, by either engine, and not as a damaged model."""
    monkeypatch.setenv("SESSION_DEID_MODELS", str(tiny_for_both))
    monkeypatch.setattr(ctranslate2, "get_cuda_device_count", lambda: 0)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(EngineMissingError, match="choose the device cpu or auto"):
        load(engine, MODEL, device="cuda")


@pytest.mark.slow
def test_the_reference_engine_falls_back_too(tiny_for_both: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """PyTorch shows a GPU that its build cannot use: real PyTorch without CUDA says so itself."""
    if torch.cuda.is_available():
        pytest.skip("there is a GPU here")
    monkeypatch.setenv("SESSION_DEID_MODELS", str(tiny_for_both))
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    said: list[str] = []
    assert load("openai-whisper", MODEL, say=said.append).device == "cpu"
    assert len(said) == 1
    assert "damaged" not in said[0]


def test_a_damaged_model_is_damaged_on_a_gpu_as_well(
    plug_in: Plug, tiny_for_both: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The processor cannot load it either, and its bytes are not those installed."""
    plug_in(loading=RuntimeError("File model.bin is incomplete: failed to read a buffer"))
    shutil.copytree(tiny_for_both / MODEL, tmp_path / MODEL, symlinks=True)
    start = (tmp_path / MODEL / "model.bin").read_bytes()[:100_000]
    (tmp_path / MODEL / "model.bin").unlink()
    (tmp_path / MODEL / "model.bin").write_bytes(start)
    monkeypatch.setenv("SESSION_DEID_MODELS", str(tmp_path))
    with pytest.raises(ModelDamagedError, match=r"model\.bin"):
        load("faster-whisper", MODEL, say=lambda _: None)


@pytest.mark.parametrize("error", [RuntimeError("mkl_malloc: failed to allocate memory"), MemoryError()])
def test_an_engine_that_fails_on_whole_files_does_not_blame_them(
    tiny_for_both: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """Only bytes that changed are damage."""
    monkeypatch.setenv("SESSION_DEID_MODELS", str(tiny_for_both))

    def fails(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(faster_whisper, "WhisperModel", fails)
    with pytest.raises(EngineFailedError, match="memory") as failed:
        load("faster-whisper", MODEL, device="cpu")
    assert "damaged" not in str(failed.value)


def gpu_line() -> doctor.Finding:
    return next(f for f in doctor.examine() if f.what == "GPU")


def test_doctor_says_what_was_tried(plug_in: Plug) -> None:
    """Not what the driver shows."""
    plug_in()
    assert "works" in gpu_line().found
    plug_in(working=RuntimeError(NO_CUBLAS))
    line = gpu_line()
    assert line.level == "note"
    assert "libcublas.so.12" in line.found
    assert "nvidia-cublas-cu12" in line.remedy


def test_a_study_and_its_run_choose_the_device(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """study.toml's, else the command's; the recipe that travels to workers carries it."""
    from pipeline.batch.executor import ExecutorChoice, _recipe
    from pipeline.study.settings import read_settings
    from pipeline.study.study import Study
    from pipeline.study.vault.keys import KeyFile

    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(main, ["init", "study", "--key-file", "key"]).exit_code == 0
    settings = tmp_path / "study" / "study.toml"
    assert read_settings(settings.parent).device == "auto"
    settings.write_text(settings.read_text().replace('device = "auto"', 'device = "cpu"'))
    with Study.open(tmp_path / "study", KeyFile(tmp_path / "key")) as study:
        assert _recipe(study, ExecutorChoice()).choices.device == "cpu"
        assert _recipe(study, ExecutorChoice(device="cuda")).choices.device == "cuda"
    for command in ("run", "deidentify", "transcribe", "bench"):
        assert "--device [auto|cpu|cuda]" in CliRunner().invoke(main, [command, "--help"]).output
        assert CliRunner().invoke(main, [command, "--device", "abacus"]).exit_code == 2


def test_nvidia_s_packages_are_found_where_they_are_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In their order (cuBLAS needs its light half first), on Linux and Windows."""
    for name in ("cublas/lib/libcublas.so.12", "cublas/lib/libcublasLt.so.12", "cublas/bin/cublas64_12.dll"):
        (tmp_path / "nvidia" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "nvidia" / name).touch()
    assert [f.name for f in nvidia_libraries(["", str(tmp_path)])] == ["libcublasLt.so.12", "libcublas.so.12"]
    monkeypatch.setattr("sys.platform", "win32")
    assert [f.name for f in nvidia_libraries([str(tmp_path)])] == ["cublas64_12.dll"]


def test_a_reason_is_one_short_line() -> None:
    """Whatever the library prints."""
    told = str(unusable(RuntimeError("first\nsecond " + "x" * 1000)))
    assert "\n" not in told
    assert len(told) < 400
