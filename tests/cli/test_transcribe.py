"""The commands transcribe and bench, as a user runs them."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cli.main import main
from pipeline.errors import (
    EngineMissingError,
    FileMissingError,
    NotAudioError,
    SessionDeidError,
    SilentAudioError,
)
from pipeline.models.store import installed
from tests.audio.sounds import encode, tone
from tests.conftest import SAMPLES

needs_tiny = pytest.mark.skipif(not installed("whisper-tiny.en"), reason="whisper-tiny.en is not installed")


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """Twelve seconds of the sample as a WAV file."""
    from pipeline.audio.decode import decode
    from pipeline.audio.snippets import cut

    path = tmp_path / "week-1.wav"
    path.write_bytes(cut(decode(SAMPLES / "session-s1.m4a", name="s1"), 0.0, 12.0))
    return path


def _run(*arguments: object) -> str:
    """The command's output; errors are raised as they are."""
    result = CliRunner().invoke(
        main, [str(a) for a in arguments], catch_exceptions=False, standalone_mode=False
    )
    if result.exception:
        raise result.exception
    return result.output


@needs_tiny
def test_transcribe_writes_words_with_times(clip: Path, tmp_path: Path) -> None:
    """The file has exactly the documented fields and is its owner's alone."""
    out = tmp_path / "words.json"
    hints = tmp_path / "hints.txt"
    hints.write_text("Example Ward\n")
    said = _run("transcribe", clip, "--model", "whisper-tiny.en", "--hints", hints, "--json", out)
    heard = json.loads(out.read_text())
    assert set(heard) == {"duration", "language", "engine", "model", "words"}
    assert set(heard["words"][0]) == {"start", "end", "text", "probability"}
    assert heard["duration"] == pytest.approx(12.0)
    assert "welcome" in " ".join(w["text"] for w in heard["words"]).lower()
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert "welcome" not in said.lower()


@pytest.mark.parametrize(
    ("content", "error"),
    [(None, FileMissingError), (b"minutes of a meeting", NotAudioError), ("silence", SilentAudioError)],
)
def test_a_bad_recording_writes_nothing(
    tmp_path: Path, content: bytes | str | None, error: type[SessionDeidError]
) -> None:
    """The error is the one of its kind, and there is no output file."""
    file = tmp_path / "week-1.wav"
    if content == "silence":
        content = encode(tone(1.0, level=0.0), "wav", "pcm_s16le", 16_000, "mono")
    if isinstance(content, bytes):
        file.write_bytes(content)
    with pytest.raises(error, match=r"week-1\.wav"):
        _run("transcribe", file, "--json", tmp_path / "out.json")
    assert not (tmp_path / "out.json").exists()


@needs_tiny
def test_bench_compares_and_advises(clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each installed model is a line; the advice gives options and the minutes; no word is shown."""
    store = tmp_path / "store"
    store.mkdir()
    from pipeline.models.store import find

    (store / "whisper-tiny.en").symlink_to(find("whisper-tiny.en"))
    monkeypatch.setenv("SESSION_DEID_MODELS", str(store))
    said = _run("bench", clip, "--engine", "faster-whisper", "--seconds", "6")
    assert "Use: --engine faster-whisper --model whisper-tiny.en" in said
    assert "for an hour" in said
    assert "welcome" not in said.lower()
    figures = json.loads(_run("bench", clip, "--engine", "faster-whisper", "--seconds", "6", "--json"))
    assert figures["choice"]["model"] == "whisper-tiny.en"


def test_bench_refuses_an_engine_there_is_not(clip: Path) -> None:
    """The message names the engines."""
    with pytest.raises(EngineMissingError, match="openai-whisper"):
        _run("bench", clip, "--engine", "ear-trumpet")
