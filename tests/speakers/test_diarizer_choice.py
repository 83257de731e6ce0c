"""Which networks tell voices apart is a person's choice; one that does not fit is refused, by name and with the reason."""

from __future__ import annotations

import io
import json
import warnings
import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from click.testing import CliRunner
from torch import nn

from pipeline.cli.deidentify import deidentify as deidentify_command
from pipeline.cli.diarize import diarize as diarize_command
from pipeline.cli.main import main as cli
from pipeline.cli.models import models as command
from pipeline.errors import (
    DiarizerUnknownError,
    ModelDamagedError,
    ModelInstallError,
    ModelMissingError,
    NetworkUnfitError,
)
from pipeline.flow import Choices, Stages
from pipeline.models import manifest as manifests
from pipeline.models.fetch import sha256_of
from pipeline.models.install import install
from pipeline.records import Audio
from pipeline.speakers import rttm
from pipeline.speakers.diarization.choice import DIARIZER, diarizers, models_of
from pipeline.speakers.diarization.diarize import load
from tests.speakers.test_diarize_contract import BROUGHT, bring, check_contract
from tests.speakers.tone_networks import (
    NUMBERS,
    TonePrints,
    TonesApart,
    save,
    save_segmentation,
    save_voiceprints,
)
from tests.speakers.tones import conversation, silence, speak


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two networks as files."""
    folder = tmp_path_factory.mktemp("files")
    return save_segmentation(folder / "apart.onnx"), save_voiceprints(folder / "prints.onnx")


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty model store."""
    monkeypatch.setenv("SESSION_DEID_MODELS", str(tmp_path / "store"))
    return tmp_path / "store"


@pytest.fixture
def brought(files: tuple[Path, Path]) -> None:
    """Both in the store."""
    bring(files[0], "tones-apart", "diarization")
    bring(files[1], "tone-prints", "voiceprints", "--filterbank", "wespeaker")


def write_wav(path: Path, audio: Audio, rate: int) -> Path:
    """A recording as a recorder of another rate leaves it."""
    times = np.arange(round(audio.duration * rate)) / rate
    samples = np.interp(times, np.arange(len(audio.samples)) / audio.rate, audio.samples)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((samples * 32767).astype("<i2").tobytes())
    return path


@pytest.mark.usefixtures("brought")
@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100])
def test_a_recording_of_any_rate_is_heard_by_the_networks_chosen(tmp_path: Path, rate: int) -> None:
    """`diarize --diarizer` goes the whole way: file, decoder, both networks, turns."""
    sound = write_wav(tmp_path / "talk.wav", conversation((4, 5.0), (9, 4.0), (4, 3.0)), rate)
    result = CliRunner().invoke(diarize_command, [str(sound), "--rttm", "-", "--diarizer", BROUGHT])
    assert result.exit_code == 0, result.output
    out = tmp_path / "talk.rttm"
    out.write_text(result.stdout)
    assert [turn.speaker for turn in rttm.read(out)] == ["S1", "S2", "S1"]


@pytest.mark.usefixtures("brought")
def test_two_at_once_are_two() -> None:
    """What a network hears of two voices together are turns of both, where they are."""
    apart = [speak(4, 6.0), silence(0.6), speak(9, 6.0), silence(0.6)]
    audio = Audio(np.concatenate([*apart, speak(4, 4.0) + speak(9, 4.0), silence(1.0), speak(4, 2.0)]))
    heard = load(threads=1, diarizer=BROUGHT).diarize(audio)
    check_contract(heard, audio.duration)
    together = [t for t in heard.turns if t.start < 15.0 < t.end]
    assert {t.speaker for t in together} == {"S1", "S2"}
    assert [t.start for t in together] == pytest.approx([13.2, 13.2], abs=0.15)
    assert [t.end for t in together] == pytest.approx([17.2, 17.2], abs=0.15)
    assert all(len(print_.mean) == NUMBERS for print_ in heard.voiceprints)


@pytest.mark.usefixtures("brought")
@pytest.mark.parametrize(
    ("diarizer", "why"),
    [
        ("tones-apart", "two names with a +"),
        ("+tone-prints", "two names with a +"),
        ("tones-apart+", "two names with a +"),
        ("tones-apart+nobody", "no model nobody"),
        ("tone-prints+tones-apart", "tone-prints is for voiceprints, not for diarization"),
        ("tones-apart+whisper-base", "whisper-base is for transcription, not for voiceprints"),
    ],
)
def test_a_diarizer_there_is_not_is_named_before_anything_is_heard(diarizer: str, why: str) -> None:
    """Exit code 21, with the reason and the usual pair."""
    with pytest.raises(DiarizerUnknownError, match=why.replace("+", r"\+")) as raised:
        Choices(diarizer=diarizer).check()
    assert raised.value.exit_code == 21
    assert DIARIZER in str(raised.value)


def test_one_that_is_not_installed_says_how_to_get_it(files: tuple[Path, Path]) -> None:
    """The name of the network that is missing."""
    bring(files[0], "tones-apart", "diarization")
    with pytest.raises(ModelMissingError, match=r"models install campplus-zh-en"):
        load(diarizer="tones-apart+campplus-zh-en")


def test_deidentify_reads_no_recording_before_both_networks_are_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its words may take hours, and would be lost."""

    def decode(*_: object, **__: object) -> Audio:
        raise AssertionError("a recording was read")

    monkeypatch.setattr(Stages, "decode", decode)
    pair = "community-1-segmentation+community-1-voiceprints"
    sound = write_wav(tmp_path / "talk.wav", conversation((4, 1.0)), 16_000)
    arguments = [str(sound), "--out", str(tmp_path / "out"), "--diarizer", pair]
    error = CliRunner().invoke(deidentify_command, arguments).exception
    assert isinstance(error, ModelMissingError)
    assert "models install community-1-segmentation" in str(error)


def test_every_pair_of_the_manifest_can_be_named() -> None:
    """Publishers' newer networks, each with the filterbank its voiceprints want; the measured pair stays the usual one."""
    assert diarizers()[0] == DIARIZER == Choices().diarizer
    assert "community-1-segmentation+community-1-voiceprints" in diarizers()
    for pair in diarizers():
        segmentation, voiceprints = models_of(pair)
        assert voiceprints.filterbank
        assert not segmentation.filterbank
        for model in (segmentation, voiceprints):
            assert model.default or "not measured" in model.about


class Broken(nn.Module):
    """Answers as a network for segmentation, but no numbers."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(batch, 1, samples) to (batch, frames, 7)."""
        return TonesApart()(x) / 0.0 - TonesApart()(x) / 0.0


class TwoInputs(nn.Module):
    """Wants the lengths too."""

    def forward(self, x: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        """Something of both."""
        return x.sum(1) * lengths


def two_inputs(path: Path) -> Path:
    """A network with two inputs, as some publishers export theirs."""
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the tracing exporter announces its successor on every call
        torch.onnx.export(
            TwoInputs(),
            (torch.zeros(2, 80, 10), torch.ones(2, 10)),
            buffer,
            input_names=["signal", "length"],
            dynamo=False,
        )
    path.write_bytes(buffer.getvalue())
    return path


def garbage(path: Path) -> Path:
    """No network at all."""
    path.write_bytes(b"\x08\x07 no network" * 100)
    return path


SEGMENTATION, VOICEPRINTS = ("diarization",), ("voiceprints", "--filterbank", "wespeaker")
UNFIT: dict[str, tuple[Callable[[Path], Path], tuple[str, ...], str]] = {
    "three classes": (
        lambda p: save_segmentation(p, TonesApart(classes=3)),
        SEGMENTATION,
        "2 x 56 x 3 and not 2 x 56 x 7",
    ),
    "no logarithms": (lambda p: save_segmentation(p, TonesApart(logits=True)), SEGMENTATION, "no logarithms"),
    "no numbers": (lambda p: save_segmentation(p, Broken()), SEGMENTATION, "answers are no numbers"),
    "prints for segmentation": (save_voiceprints, SEGMENTATION, "does not take 2 x 1 x 16000"),
    "segmentation for prints": (save_segmentation, VOICEPRINTS, "does not take 2 x 150 x 80"),
    "one length": (lambda p: save(TonePrints(), p, (2, 150, 80)), VOICEPRINTS, "does not take 1 x 28 x 80"),
    "longer for longer": (
        lambda p: save(TonePrints(of_any_length=False), p, (2, 30, 80), varies=(0, 1)),
        VOICEPRINTS,
        "not with one voiceprint each",
    ),
    "two inputs": (two_inputs, VOICEPRINTS, r"2 inputs \(signal, length\)"),
    "garbage": (garbage, VOICEPRINTS, "onnxruntime cannot read it"),
}


@pytest.mark.parametrize("kind", UNFIT)
def test_a_network_that_does_not_fit_is_refused_and_not_kept(kind: str, tmp_path: Path, store: Path) -> None:
    """What is wrong, with the file as it was given; exit code 26; the store is as before."""
    make, options, why = UNFIT[kind]
    file = make(tmp_path / "network.onnx")
    result = CliRunner().invoke(command, ["add", str(file), "--name", "mine", "--task", *options])
    assert isinstance(result.exception, NetworkUnfitError)
    with pytest.raises(NetworkUnfitError, match=why):
        raise result.exception
    assert str(file) in str(result.exception)
    assert result.exception.exit_code == 26
    assert [p for p in store.rglob("*") if p.is_file() and p.name != ".lock"] == []


def test_what_is_added_is_listed_verified_and_removed(files: tuple[Path, Path], store: Path) -> None:
    """Its digest is shown and kept; a file that changed since is told, and refused before it hears anything."""
    said = bring(files[1], "tone-prints", "voiceprints", "--filterbank", "wespeaker", "--licence", "CC0-1.0")
    assert sha256_of(files[1]) in said
    assert "not measured" in said
    receipt = json.loads((store / "tone-prints" / "receipt.json").read_text())
    assert receipt["files"] == {"model.onnx": sha256_of(files[1])}
    assert str(files[1].parent) not in json.dumps(receipt)
    rows = [json.loads(row) for row in CliRunner().invoke(command, ["list", "--json"]).output.splitlines()]
    (row,) = [row for row in rows if row["name"] == "tone-prints"]
    assert (row["task"], row["licence"], row["installed"]) == ("voiceprints", "CC0-1.0", True)
    assert "not measured" in row["about"]
    assert CliRunner().invoke(command, ["verify"]).output == "tone-prints: whole\n"
    bring(files[0], "tones-apart", "diarization")
    whole = (store / "tone-prints" / "model.onnx").read_bytes()
    (store / "tone-prints" / "model.onnx").write_bytes(whole[: len(whole) // 2])
    assert "damaged" in CliRunner().invoke(command, ["verify"]).output
    with pytest.raises(ModelDamagedError, match="tone-prints"):
        load(diarizer=BROUGHT)
    with pytest.raises(ModelInstallError, match="brought as a file"):
        install(manifests.load().get("tone-prints"), progress=lambda *_: None, say=lambda _: None)
    assert CliRunner().invoke(command, ["remove", "tone-prints"]).exit_code == 0
    assert "tone-prints" not in {model.name for model in manifests.load()}


@pytest.mark.parametrize(
    ("arguments", "code", "why"),
    [
        (["--name", "segmentation-3.0", "--task", "diarization"], 27, "a model of this name"),
        (["--name", "two+one", "--task", "diarization"], 27, "letters, digits"),
        (["--name", "../up", "--task", "diarization"], 27, "letters, digits"),
        (["--name", "mine", "--task", "diarization", "--filterbank", "wespeaker"], 2, "is for voiceprints"),
        (["--name", "mine", "--task", "names"], 2, "is not one of"),
    ],
)
def test_what_cannot_be_added_is_told(
    arguments: list[str], code: int, why: str, files: tuple[Path, Path], store: Path
) -> None:
    """A name that is taken or none, and options that make no sense."""
    result = CliRunner().invoke(cli, ["models", "add", str(files[0]), *arguments])
    told = result.output + str(result.exception)
    assert (getattr(result.exception, "exit_code", result.exit_code), why in told) == (code, True), told
    assert not (store / "mine").exists()


def test_voiceprints_of_unknown_training_are_asked_about(files: tuple[Path, Path]) -> None:
    """A wrong filterbank would not be noticed by anybody."""
    result = CliRunner().invoke(command, ["add", str(files[1]), "--name", "mine", "--task", "voiceprints"])
    assert result.exit_code == 2
    assert "--filterbank" in result.output


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """As with every file given."""
    arguments = ["add", str(tmp_path / "none.onnx"), "--name", "mine", "--task", "diarization"]
    error = CliRunner().invoke(command, arguments).exception
    assert getattr(error, "exit_code", None) == 10
    assert "none.onnx" in str(error)


def test_a_receipt_somebody_spoiled_is_no_model(files: tuple[Path, Path], store: Path) -> None:
    """The manifest is read all the same."""
    bring(files[0], "tones-apart", "diarization")
    for spoiled in ("", "[]", '{"brought": true}', '{"brought": true, "name": 3}'):
        (store / "tones-apart" / "receipt.json").write_text(spoiled)
        assert "tones-apart" not in {model.name for model in manifests.load()}
