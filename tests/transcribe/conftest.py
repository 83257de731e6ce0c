"""Speech of the sample recording, and each engine loaded once a session."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.models.convert.whisper import convert
from pipeline.models.store import find, installed
from pipeline.records import Audio
from pipeline.transcribe import Transcriber, load
from tests.conftest import SAMPLES

CLIP_S = 16.0


@pytest.fixture(scope="session")
def speech() -> Audio:
    """The first 16 seconds of the sample recording: one voice, then another."""
    from pipeline.audio.decode import decode

    whole = decode(SAMPLES / "session-s1.m4a", name="session-s1.m4a")
    return Audio(whole.samples[: round(CLIP_S * whole.rate)].copy())


@pytest.fixture(scope="session")
def minute() -> Audio:
    """A minute of another sample recording: four voices, two of them at once now and then."""
    from pipeline.audio.decode import decode

    whole = decode(SAMPLES / "session-s2.m4a", name="session-s2.m4a")
    return Audio(whole.samples[60 * whole.rate : 120 * whole.rate].copy())


@pytest.fixture(scope="session")
def tiny_for_both(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the smallest model in both engines' forms, made by our own conversion."""
    if not installed("whisper-tiny.en"):
        pytest.skip("whisper-tiny.en is not installed")
    store = tmp_path_factory.mktemp("store")
    folder = store / "whisper-tiny.en"
    folder.mkdir()
    for file in find("whisper-tiny.en").iterdir():
        (folder / file.name).symlink_to(file)
    if not (folder / "openai.pt").exists():
        convert(folder, folder)
    return store


@pytest.fixture(scope="session")
def engine_of(tiny_for_both: Path) -> Callable[[str, str], Transcriber]:
    """Engines by name and model, each loaded once."""
    loaded: dict[tuple[str, str], Transcriber] = {}

    def get(engine: str, model: str) -> Transcriber:
        if (engine, model) not in loaded:
            with pytest.MonkeyPatch.context() as patch:
                if model == "whisper-tiny.en":
                    patch.setenv("SESSION_DEID_MODELS", str(tiny_for_both))
                elif not installed(model):
                    pytest.skip(f"{model} is not installed")
                loaded[engine, model] = load(engine, model, threads=2, device="cpu")
        return loaded[engine, model]

    return get
