"""How well a recording was heard is a figure, and above a bar a person is told to listen to all of it."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.io import wavfile

from pipeline.audio.quality import noise_db
from pipeline.flow import Choices, Engines, Stages
from pipeline.records import Audio, Transcription, Utterance, Word, from_json, to_json
from pipeline.verify.heard_well import heard_well


def heard(*probabilities: float, noise: float | None = 40.0) -> Transcription:
    words = tuple(Word(n, n + 0.5, "word", p) for n, p in enumerate(probabilities))
    return Transcription(float(len(words)), "en", "e", "m", words, (), -20.0, noise)


def talk(*meanwhile: tuple[float, float], seconds: float = 10.0) -> list[Utterance]:
    """One person speaks for so long, in lines of a second; another meanwhile, which marks the lines it touches."""
    lines = [Utterance("P02", start, end, "word", (), overlap=True) for start, end in meanwhile]
    lines += [
        Utterance("P01", n, n + 1.0, "word", (), overlap=any(s < n + 1 and n < e for s, e in meanwhile))
        for n in range(int(seconds))
    ]
    return sorted(lines, key=lambda u: u.start)


def test_a_recording_heard_well_says_so_in_figures_alone() -> None:
    """One faint word of ten, two at once for one second of ten."""
    well = heard_well(heard(0.2, *[0.9] * 9), talk((4.5, 5.5)))
    assert not well.listen_to_all
    assert well.in_words == (
        "10% of the words heard faintly, 10% of the talk overlapped, level -20 dBFS, quiet parts 40 dB under the talk"
    )


@pytest.mark.parametrize(
    ("transcription", "utterances"),
    [
        (heard(0.2, 0.2, 0.9), talk()),
        (heard(0.9, noise=4.0), talk()),
        (heard(0.9), talk((4.5, 7.0))),
    ],
    ids=["faint", "noise", "overlap"],
)
def test_above_a_bar_all_of_it_is_to_be_listened_to(
    transcription: Transcription, utterances: list[Utterance]
) -> None:
    """Each of the three alone."""
    well = heard_well(transcription, utterances)
    assert well.listen_to_all
    assert well.in_words.endswith(": listen to all of it")


def test_an_answer_inside_a_long_line_does_not_count_as_all_of_it() -> None:
    """Two at once is a share of the time, not of the lines that are marked with it, and a person is never two."""
    long = Utterance("P01", 0.0, 60.0, "word", (), overlap=True)
    answer = Utterance("P02", 30.0, 30.6, "mm", (), overlap=True)
    again = Utterance("P01", 59.0, 61.0, "word")
    well = heard_well(heard(0.9), [long, answer, again])
    assert well.overlap_share == round(0.6 / 61.0, 4)
    assert not well.listen_to_all


SPANS = st.lists(
    st.tuples(st.sampled_from(("P01", "P02", "P03")), st.integers(0, 30), st.integers(0, 9)), max_size=12
)


@given(SPANS)
def test_the_share_is_what_counting_each_second_gives(spans: list[tuple[str, int, int]]) -> None:
    """However lines lie: of the seconds in which anybody speaks, those in which two persons or more do."""
    lines = [Utterance(who, start, start + length, "word") for who, start, length in spans]
    voices = [{u.participant for u in lines if u.start <= n < u.end} for n in range(40)]
    spoken, both = (sum(len(v) >= least for v in voices) for least in (1, 2))
    assert heard_well(heard(0.9), lines).overlap_share == (round(both / spoken, 4) if spoken else 0.0)


def test_what_was_not_measured_is_not_told() -> None:
    """Of a transcript without sound, and of records of an earlier version; and nothing said at all."""
    old = from_json(
        Transcription, b'{"duration":1,"language":"en","engine":"e","model":"m","words":[],"notes":[]}'
    )
    well = heard_well(old, [])
    assert well.in_words == "0% of the words heard faintly, 0% of the talk overlapped"
    assert not well.listen_to_all


def test_the_record_keeps_the_figures() -> None:
    """Sealed and read again."""
    assert from_json(Transcription, to_json(heard(0.9))) == heard(0.9)


@given(st.floats(0.001, 30.0))
def test_noise_is_the_same_at_any_gain(gain: float) -> None:
    """And a louder floor is nearer to the talk."""
    rng = np.random.default_rng(1)
    talk = rng.normal(0, 0.2, 80_000).astype(np.float32) * (np.arange(80_000) // 16_000 % 2)
    quiet, loud = (talk + rng.normal(0, floor, 80_000).astype(np.float32) for floor in (0.002, 0.05))
    first, second = noise_db(Audio(quiet)), noise_db(Audio(loud))
    assert first is not None
    assert second is not None
    assert first > 35 > 20 > second
    changed = noise_db(Audio((quiet * np.float32(gain)).astype(np.float32)))
    assert changed is not None
    assert abs(changed - first) < 1.0
    assert noise_db(Audio(quiet[:8000])) is None


def test_the_level_told_is_the_recorders_own() -> None:
    """A faint recording is brought to level before it is heard; the figure says how it was."""
    samples = (np.random.default_rng(2).normal(0, 0.005, 48_000) * 32767).astype(np.int16)
    file = io.BytesIO()
    wavfile.write(file, 16_000, samples)
    audio = Stages(Engines(Choices())).decode(file.getvalue(), name="a.wav")
    assert audio.level_dbfs is not None
    assert -47 < audio.level_dbfs < -44
    assert float(np.abs(audio.samples).mean()) > 0.03
