"""Each engine keeps the contract; errors of models and engines are said in one line."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from pipeline.errors import EngineMissingError, ModelDamagedError, ModelMissingError
from pipeline.records import Audio
from pipeline.transcribe import INAUDIBLE, Transcriber, faster_whisper, load, openai_whisper, rescoring
from pipeline.transcribe.alignment import match
from pipeline.transcribe.hinted import bare
from pipeline.transcribe.hints import read_hints
from pipeline.transcribe.names_heard import Question, Rescorer
from pipeline.transcribe.vad import Region
from pipeline.transcribe.windows import Window
from tests.conftest import ROOT
from tests.transcribe.contract import TranscriberContract, plain

SURELY = 0.9

Get = Callable[[str, str], Transcriber]


class FasterWhisperContract(TranscriberContract):
    """The contract with the default engine's decoder."""

    @pytest.fixture(scope="class")
    @classmethod
    def rescorer(cls, engine: Transcriber, speech: Audio) -> Rescorer:
        assert isinstance(engine, faster_whisper.FasterWhisper)
        return faster_whisper._Decoder(engine, speech, "en", ())


class OpenaiWhisperContract(TranscriberContract):
    """The contract with the reference engine's decoder."""

    @pytest.fixture(scope="class")
    @classmethod
    def rescorer(cls, engine: Transcriber, speech: Audio) -> Rescorer:
        assert isinstance(engine, openai_whisper.OpenaiWhisper)
        return openai_whisper._Decoder(engine._whisper, speech, "en", ())


class TestFasterWhisper(FasterWhisperContract):
    """The default engine with the smallest model."""

    @pytest.fixture(scope="class")
    @classmethod
    def engine(cls, engine_of: Get) -> Transcriber:
        return engine_of("faster-whisper", "whisper-tiny.en")


@pytest.mark.slow
class TestOpenaiWhisper(OpenaiWhisperContract):
    """The reference engine with the same weights, converted by us."""

    @pytest.fixture(scope="class")
    @classmethod
    def engine(cls, engine_of: Get) -> Transcriber:
        return engine_of("openai-whisper", "whisper-tiny.en")


@pytest.mark.slow
class TestFasterWhisperBase(FasterWhisperContract):
    """The default engine with its default model."""

    @pytest.fixture(scope="class")
    @classmethod
    def engine(cls, engine_of: Get) -> Transcriber:
        return engine_of("faster-whisper", "whisper-base")


@pytest.mark.slow
class TestOpenaiWhisperBase(OpenaiWhisperContract):
    """The reference engine with the default model."""

    @pytest.fixture(scope="class")
    @classmethod
    def engine(cls, engine_of: Get) -> Transcriber:
        return engine_of("openai-whisper", "whisper-base")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["faster-whisper", "openai-whisper"])
def test_the_language_is_detected_or_taken_as_given(engine_of: Get, speech: Audio, name: str) -> None:
    """A model of many languages recognises English by itself and follows `language` otherwise."""
    engine = engine_of(name, "whisper-base")
    assert engine.transcribe(speech).language == "en"
    clip = Audio(speech.samples[: 16_000 * 4])
    german = engine.transcribe(clip, language="de")
    assert german.language == "de"
    assert german.words


def test_speech_the_model_makes_nothing_of_is_marked(
    engine_of: Get, speech: Audio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Detected speech without a word becomes [inaudible] instead of vanishing."""
    from pipeline.transcribe.faster_whisper import _Decoder

    monkeypatch.setattr(_Decoder, "decode", lambda self, windows, hinted=True: [[] for _ in windows])
    heard = engine_of("faster-whisper", "whisper-tiny.en").transcribe(speech)
    assert heard.words
    assert {(word.text, word.probability) for word in heard.words} == {(INAUDIBLE, 0.0)}


@pytest.mark.slow
def test_an_answer_does_not_depend_on_which_sound_was_kept(engine_of: Get, speech: Audio) -> None:
    """A window whose encoded sound found no room is encoded again, with the very same scores."""
    engine = engine_of("faster-whisper", "whisper-tiny.en")
    assert isinstance(engine, faster_whisper.FasterWhisper)
    decoder = faster_whisper._Decoder(engine, speech, "en", ())
    window = Window((Region(0.0, min(20.0, speech.duration)),))
    question = Question(1.0, 3.0, ("and so on", "and Zoran"))
    before = decoder.rescore(window, [question])
    decoder.decode([window])
    assert decoder._kept.get(window) is not None
    assert decoder.rescore(window, [question]) == before


def test_only_so_much_sound_is_kept(engine_of: Get, speech: Audio, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond KEPT_BYTES nothing is kept: a long recording needs no more memory."""
    monkeypatch.setattr(rescoring, "KEPT_BYTES", 10)
    engine = engine_of("faster-whisper", "whisper-tiny.en")
    assert isinstance(engine, faster_whisper.FasterWhisper)
    decoder = faster_whisper._Decoder(engine, speech, "en", ())
    window = Window((Region(0.0, 5.0),))
    decoder.decode([window])
    assert decoder._kept.get(window) is None


def test_nothing_is_lost_or_doubled_at_a_windows_border(engine_of: Get, speech: Audio) -> None:
    """The same sentence three times, past a window's end, is heard three times at its three times."""
    sentence = speech.samples[: 16_000 * 13]
    heard = engine_of("faster-whisper", "whisper-tiny.en").transcribe(Audio(np.tile(sentence, 3)))
    starts = [word.start for word in heard.words if word.text.lower().startswith("weeks")]
    assert starts == pytest.approx([starts[0], starts[0] + 13, starts[0] + 26], abs=0.4)
    assert "hospital" in plain(heard)


def test_an_unknown_engine_device_or_model_is_said(
    tiny_for_both: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message names what there is to choose."""
    monkeypatch.setenv("SESSION_DEID_MODELS", str(tiny_for_both))
    with pytest.raises(EngineMissingError, match="faster-whisper, openai-whisper"):
        load("deaf", "whisper-tiny.en")
    with pytest.raises(EngineMissingError, match="auto, cpu, cuda"):
        load("faster-whisper", "whisper-tiny.en", device="abacus")
    with pytest.raises(ModelMissingError, match="models install whisper-none"):
        load("faster-whisper", "whisper-none")


@pytest.mark.parametrize("missing", ["model.bin", "config.json", "tokenizer.json"])
def test_a_model_with_a_file_missing_is_damaged(
    tiny_for_both: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    """Found before loading: the library would look for it on the network."""
    shutil.copytree(tiny_for_both / "whisper-tiny.en", tmp_path / "whisper-tiny.en", symlinks=True)
    (tmp_path / "whisper-tiny.en" / missing).unlink()
    monkeypatch.setenv("SESSION_DEID_MODELS", str(tmp_path))
    with pytest.raises(ModelDamagedError, match=missing):
        load("faster-whisper", "whisper-tiny.en")


def test_a_broken_model_is_damaged(
    tiny_for_both: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cut model.bin ends in one line, not in the library's traceback."""
    shutil.copytree(tiny_for_both / "whisper-tiny.en", tmp_path / "whisper-tiny.en", symlinks=True)
    file = tmp_path / "whisper-tiny.en" / "model.bin"
    start = file.read_bytes()[:100_000]
    file.unlink()
    file.write_bytes(start)
    monkeypatch.setenv("SESSION_DEID_MODELS", str(tmp_path))
    with pytest.raises(ModelDamagedError, match=r"model\.bin"):
        load("faster-whisper", "whisper-tiny.en")


@pytest.mark.parametrize(("size_gb", "windows"), [(0.075, 6), (0.145, 6), (0.48, 4), (1.5, 1), (3.1, 1)])
def test_larger_models_decode_fewer_windows_at_once(
    monkeypatch: pytest.MonkeyPatch, size_gb: float, windows: int
) -> None:
    """On a laptop with 6 GB free, a large model must not fill the memory."""
    import psutil

    from pipeline.transcribe.parallel import windows_at_once

    monkeypatch.setattr(psutil, "virtual_memory", lambda: type("Memory", (), {"available": 6e9})())
    assert windows_at_once(int(size_gb * 1e9), "cpu") == windows


@pytest.mark.parametrize(
    ("threads", "free_gb", "shared"),
    [
        (1, 6, (1, 6)),
        (2, 6, (2, 3)),
        (4, 6, (4, 1)),
        (6, 6, (6, 1)),
        (8, 6, (8, 1)),
        (16, 6, (8, 1)),
        (8, 0.1, (8, 1)),
    ],
)
def test_every_core_has_a_batch_of_its_own_up_to_eight(
    monkeypatch: pytest.MonkeyPatch, threads: int, free_gb: float, shared: tuple[int, int]
) -> None:
    """With six cores none is idle; a model that fits once has them all in one batch."""
    import psutil

    from pipeline.transcribe.parallel import share_machine

    monkeypatch.setattr(psutil, "virtual_memory", lambda: type("Memory", (), {"available": free_gb * 1e9})())
    assert share_machine(int(0.145e9), threads, "cpu") == shared
    assert share_machine(int(3.1e9), threads, "cpu") == (1, 1)


@pytest.mark.slow
def test_a_roster_nobody_is_of_costs_next_to_no_word(engine_of: Get, minute: Audio) -> None:
    """What is heard surely without hints is heard with the names of another group as well (but one in a hundred: where
    other words are surer still). When only improbable names were settled four of 118 went."""
    engine = engine_of("faster-whisper", "whisper-base")
    without = [w for w in plain_words(engine, minute, ()) if w[1] >= SURELY]
    names = tuple(read_hints(ROOT / "bench" / "transcribe" / "rosters" / "two.csv"))
    with_names = [text for text, _ in plain_words(engine, minute, names)]
    kept = match([text for text, _ in without], with_names)
    assert len(without) > 60
    assert len(without) - len(kept) <= len(without) / 100


def plain_words(engine: Transcriber, audio: Audio, hints: tuple[str, ...]) -> list[tuple[str, float]]:
    """The words bare, and how sure the engine was of each."""
    words = engine.transcribe(audio, language="en", hints=hints).words
    return [(bare(w.text), w.probability) for w in words if w.text != INAUDIBLE]
