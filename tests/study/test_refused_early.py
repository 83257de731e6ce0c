"""What cannot be used is said at import, before anything is sealed, and stays where it was."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from pipeline.study.intake import importing, usable
from pipeline.study.intake.gathering import Taken
from pipeline.study.intake.transcripts import import_all
from pipeline.study.study import Study
from pipeline.study.vault.states import State
from tests.audio.sounds import encode, tone

_REAL = usable.refuse_unusable


@pytest.fixture(autouse=True)
def _look_inside(monkeypatch: pytest.MonkeyPatch, _any_bytes_are_sound: None) -> Iterator[None]:
    """Here files are looked into, as they are outside of tests."""
    monkeypatch.setattr(importing, "refuse_unusable", _REAL)
    return


def wav(seconds: float, level: float) -> bytes:
    return encode(tone(seconds, level=level), "wav", "pcm_s16le", 16_000, "mono")


REFUSED = {
    "notes.txt": (b"", "empty"),
    "blank.txt": (b"\n \n\n", "empty lines"),
    "shopping.csv": (b"eggs\nmilk\n", "one column"),
    "photo.docx": (b"\x89PNG not a document", "not a Word document"),
    "list.json": (b'{"eggs": 3}', "no list called"),
    "noise.wav": (b"\x07" * 5000, "no sound could be found"),
    "silence.wav": (wav(3.0, 0.0), "only silence"),
    "cut.wav": (wav(10.0, 0.3)[:100_000], "breaks off"),
    "memo.ds2": (b"\x03ds2" + bytes(5000), "Olympus"),
}


def take(study: Study, *paths: Path) -> list[Taken]:
    return list(import_all(study, paths, sleep=lambda _: None))


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_and_left(study: Study, tmp_path: Path, name: str) -> None:
    """One line says why; the file is as it was, and the study holds nothing of it."""
    content, why = REFUSED[name]
    path = tmp_path / name
    path.write_bytes(content)
    (taken,) = take(study, path)
    assert taken.outcome == "failed"
    assert why in taken.why
    assert path.read_bytes() == content
    assert list(study.recordings()) == []


def test_faint_sound_late_in_a_file_is_sound(study: Study, tmp_path: Path) -> None:
    """Silence at the beginning is no reason to refuse."""
    samples = np.concatenate([np.zeros(16_000 * 20, np.float32), tone(1.0, level=0.01)])
    (tmp_path / "late.flac").write_bytes(encode(samples, "flac", "flac", 16_000, "mono"))
    (taken,) = take(study, tmp_path / "late.flac")
    assert (taken.outcome, taken.removed) == ("sealed", True)


def test_a_bad_one_costs_itself_alone(study: Study, tmp_path: Path) -> None:
    """The others of the same call are taken in, recordings and transcripts alike."""
    (tmp_path / "bad.vtt").write_text("WEBVTT\n\nno cue\n")
    (tmp_path / "good.vtt").write_text("WEBVTT\n\n00:01.000 --> 00:02.000\nRuth: Hello.\n")
    (tmp_path / "good.wav").write_bytes(wav(1.0, 0.3))
    taken = take(study, tmp_path / "bad.vtt", tmp_path / "good.vtt", tmp_path / "good.wav")
    assert [t.outcome for t in taken] == ["failed", "sealed", "sealed"]
    assert [row.state for row in study.recordings()] == [State.SEALED] * 2
    assert [p.name for p in tmp_path.glob("*.*tt")] == ["bad.vtt"]
