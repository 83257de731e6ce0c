"""What any recording may be given and any diarization must be, over networks that know tones: the engine's own in Python,
and others in files that somebody brought, chosen by name as a study chooses them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.cli.models import models as command
from pipeline.records import Audio, Diarization
from pipeline.speakers.diarization.choice import DIARIZER
from pipeline.speakers.diarization.diarize import SpeakerDiarizer, load
from tests.speakers.tone_networks import NUMBERS, save_segmentation, save_voiceprints
from tests.speakers.tones import conversation, silence, speak, tone_diarizer

BROUGHT = "tones-apart+tone-prints"
LENGTHS = {DIARIZER: 192, BROUGHT: NUMBERS}


@pytest.fixture(scope="module", params=["usual networks", "brought networks"])
def diarizer(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SpeakerDiarizer]:
    """The engine over its usual networks, and over two that were brought by `models add`."""
    if request.param == "usual networks":
        yield tone_diarizer()
        return
    folder = tmp_path_factory.mktemp("brought")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SESSION_DEID_MODELS", str(folder / "store"))
        bring(save_segmentation(folder / "a.onnx"), "tones-apart", "diarization")
        bring(save_voiceprints(folder / "b.onnx", {"framework": "wespeaker"}), "tone-prints", "voiceprints")
        yield load(threads=1, diarizer=BROUGHT)


def bring(file: Path, name: str, task: str, *options: str) -> str:
    """`models add`, and what it said."""
    result = CliRunner().invoke(command, ["add", str(file), "--name", name, "--task", task, *options])
    assert result.exit_code == 0, result.output
    return result.output


def check_contract(heard: Diarization, duration: float) -> None:
    """Turns ordered, positive, in range; names by first appearance; one voiceprint each."""
    assert heard.duration == pytest.approx(duration)
    assert all(0 <= t.start < t.end <= duration + 1e-9 for t in heard.turns)
    assert all(a.start <= b.start for a, b in pairwise(heard.turns))
    order = list(dict.fromkeys(t.speaker for t in heard.turns))
    assert order == [f"S{n}" for n in range(1, len(order) + 1)]
    assert sorted(v.speaker for v in heard.voiceprints) == sorted(order)
    assert all(
        len(v.mean) == LENGTHS.get(heard.model, 192) and v.seconds >= 0 and 0 <= v.spread <= 2
        for v in heard.voiceprints
    )
    for speaker in order:
        own = sorted((t.start, t.end) for t in heard.turns if t.speaker == speaker)
        assert all(a[1] <= b[0] for a, b in pairwise(own)), "a voice overlaps itself"


def test_voices_taking_turns_are_told_apart_and_timed(diarizer: SpeakerDiarizer) -> None:
    """Three voices give three speakers, named by first appearance, with turns at the right times."""
    audio = conversation((4, 5.0), (9, 4.0), (4, 3.0), (14, 6.0), (9, 5.0))
    heard = diarizer.diarize(audio)
    check_contract(heard, audio.duration)
    assert [t.speaker for t in heard.turns] == ["S1", "S2", "S1", "S3", "S2"]
    starts = [0.0, 5.6, 10.2, 13.8, 20.4]
    assert [t.start for t in heard.turns] == pytest.approx(starts, abs=0.1)
    assert [t.end - t.start for t in heard.turns] == pytest.approx([5, 4, 3, 6, 5], abs=0.15)


@pytest.mark.parametrize("seconds", [0.0, 0.01, 0.5, 2.0, 9.9, 10.0, 10.02, 61.0])
def test_silence_of_any_length_gives_no_turns(diarizer: SpeakerDiarizer, seconds: float) -> None:
    """Nothing is found in silence, however long, and it is no error."""
    heard = diarizer.diarize(Audio(silence(seconds)))
    assert heard.turns == ()
    assert heard.voiceprints == ()


def test_a_two_second_file_is_one_speaker(diarizer: SpeakerDiarizer) -> None:
    """A recording shorter than a window is diarized."""
    heard = diarizer.diarize(Audio(speak(3, 2.0)))
    check_contract(heard, 2.0)
    assert {t.speaker for t in heard.turns} == {"S1"}


def test_a_recording_names_the_networks_that_heard_it(diarizer: SpeakerDiarizer) -> None:
    """Reports and certificates take it from there; also where nobody speaks."""
    for audio in (Audio(speak(3, 2.0)), Audio(silence(2.0))):
        assert diarizer.diarize(audio).model in LENGTHS


def test_twenty_speakers_are_counted(diarizer: SpeakerDiarizer) -> None:
    """No number of speakers is built in."""
    audio = conversation(*[(v, 4.0) for v in range(20)], *[(v, 3.0) for v in range(20)])
    heard = diarizer.diarize(audio)
    check_contract(heard, audio.duration)
    assert len(heard.voiceprints) == 20


def test_one_voice_for_long_stays_one_speaker(diarizer: SpeakerDiarizer) -> None:
    """Three minutes of one voice are one speaker, with all its speech in the voiceprint."""
    heard = diarizer.diarize(Audio(speak(6, 180.0)))
    check_contract(heard, 180.0)
    assert [v.speaker for v in heard.voiceprints] == ["S1"]
    assert heard.voiceprints[0].seconds == pytest.approx(180, rel=0.02)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 19), st.floats(0.05, 6.0)), max_size=6), st.integers(1, 8))
def test_the_contract_holds_for_any_conversation_and_any_hint(
    diarizer: SpeakerDiarizer, turns: list[tuple[int, float]], hint: int
) -> None:
    """Whatever is said and however many speakers a person claims, the diarization is well formed."""
    audio = conversation(*turns) if turns else Audio(silence(1.0))
    check_contract(diarizer.diarize(audio, speakers=hint), audio.duration)


def test_a_wrong_hint_splits_no_voice(diarizer: SpeakerDiarizer) -> None:
    """Two clear voices stay two when five are announced, and when one is."""
    audio = conversation((4, 6.0), (12, 6.0), (4, 6.0), (12, 6.0))
    for hint in (1, 5):
        heard = diarizer.diarize(audio, speakers=hint)
        assert len(heard.voiceprints) == 2, f"with the hint {hint}"


def test_progress_runs_from_nothing_to_all(diarizer: SpeakerDiarizer) -> None:
    """Progress never falls and ends at 1."""
    shares: list[float] = []
    diarizer.diarize(conversation((1, 20.0), (8, 15.0)), progress=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_a_clip_can_be_enrolled_by_its_regions(diarizer: SpeakerDiarizer) -> None:
    """The voiceprint of a region is that of the voice speaking in it; a region of silence has none."""
    audio = conversation((4, 6.0), (12, 6.0))
    heard = diarizer.diarize(audio)
    second = diarizer.embed(audio, [(6.6, 12.6)], speaker="P02")
    assert second is not None
    assert second.speaker == "P02"
    assert np.dot(second.mean, heard.voiceprints[1].mean) > 0.95 * np.linalg.norm(second.mean) ** 2
    assert abs(np.dot(second.mean, heard.voiceprints[0].mean)) < 0.1
    assert diarizer.embed(audio, [(6.05, 6.55)]) is None
    assert diarizer.embed(Audio(silence(3.0))) is None


@pytest.mark.slow
@pytest.mark.parametrize("voices", [0, 1])
def test_an_hour_ends_well(diarizer: SpeakerDiarizer, voices: int) -> None:
    """An hour of silence, and an hour of one voice."""
    sound = np.tile(speak(5, 60.0), 60) if voices else silence(3600.0)
    heard = diarizer.diarize(Audio(sound))
    check_contract(heard, 3600.0)
    assert len(heard.voiceprints) == voices
