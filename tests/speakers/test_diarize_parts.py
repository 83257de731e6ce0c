"""Filterbank, counting of voices and RTTM, each by itself."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline.errors import SettingsError
from pipeline.records import Turn
from pipeline.speakers import rttm
from pipeline.speakers.diarization.clustering import find_voices
from pipeline.speakers.diarization.fbank import FilterbankKind, compute_fbank

# kaldi-native-fbank 1.23.0 of the chirp below (for wespeaker 1.22.3, Hamming window, samples times 32768): every 16th band
# of three frames.
KALDI: dict[FilterbankKind, dict[int, list[float]]] = {
    "3d-speaker": {
        0: [-8.2232, -11.5608, -15.9424, -15.9424, -15.9424],
        20: [-9.0346, -6.0995, -15.9424, -15.9424, -15.9424],
        47: [-8.5719, 0.2360, -13.5597, -11.4606, -15.9424],
    },
    "wespeaker": {
        0: [14.3643, 12.0382, 10.2198, 9.5671, 9.1797],
        20: [13.8257, 12.9654, 11.6344, 10.7299, 10.2853],
        47: [13.7879, 20.8316, 13.4443, 13.9257, 12.2594],
    },
}


@pytest.mark.parametrize("kind", KALDI)
def test_the_filterbank_is_kaldis(kind: FilterbankKind) -> None:
    """Features equal the reference to 1e-3, and come one a 10 ms of whole 25 ms frames."""
    t = np.arange(8000) / 16_000
    chirp = 0.3 * np.sin(2 * np.pi * (200 + 400 * t) * t) + 0.05 * np.sin(2 * np.pi * 3000 * t) * (t > 0.25)
    features = compute_fbank(chirp.astype(np.float32), kind)
    assert features.shape == (48, 80)
    for frame, wanted in KALDI[kind].items():
        assert features[frame, ::16] == pytest.approx(wanted, abs=1e-3)


def test_the_filterbank_of_next_to_nothing_is_empty() -> None:
    """Less than one frame of sound has no features."""
    assert compute_fbank(np.zeros(399, dtype=np.float32)).shape == (0, 80)


def voices_apart(
    counts: list[int], alike: float, within: float = 0.6, seed: int = 0
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Phrases of made-up people whose voices have the cosine similarity `alike`; a phrase has `within` with its own kind."""
    rng = np.random.default_rng(seed)
    basis = np.linalg.qr(rng.normal(size=(192, len(counts) + 1)))[0].T
    people = np.sqrt(alike) * basis[0] + np.sqrt(1 - alike) * basis[1:]
    rows = []
    for person, count in zip(people, counts, strict=True):
        noise = rng.normal(size=(count, 192))
        noise /= np.linalg.norm(noise, axis=1, keepdims=True)
        rows.append(np.sqrt(within) * person + np.sqrt(1 - within) * noise)
    vectors = np.concatenate(rows)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors.astype(np.float32), np.full(len(vectors), 3.0)


@pytest.mark.parametrize("people", range(1, 9))
def test_people_are_counted(people: int) -> None:
    """One to eight people who talk unequally much are counted right."""
    vectors, seconds = voices_apart([4 + 7 * n for n in range(people)], alike=0.3)
    assert len(find_voices(vectors, seconds)) == people


def test_a_stray_second_is_no_voice_of_its_own() -> None:
    """One odd piece of little speech joins the voice it is nearest to."""
    vectors, seconds = voices_apart([30, 20, 1], alike=0.2)
    seconds[-1] = 1.2
    assert len(find_voices(vectors, seconds)) == 2


def test_a_quiet_person_keeps_a_voice() -> None:
    """Six seconds of somebody unlike all others are a speaker."""
    vectors, seconds = voices_apart([60, 40, 2], alike=0.05)
    assert len(find_voices(vectors, seconds)) == 3


def test_like_voices_in_clear_sound_stay_two() -> None:
    """What is said of closeness is measured against how close a voice is to itself: 0.47 is near for noisy phrases only."""
    clear, seconds = voices_apart([25, 25], alike=0.59, within=0.8)
    assert len(find_voices(clear, seconds)) == 2
    noisy, seconds = voices_apart([25, 25], alike=0.9, within=0.52)
    assert len(find_voices(noisy, seconds)) == 1


def test_the_number_given_decides_doubtful_cases_only() -> None:
    """Likely-the-same voices are parted, and doubtful ones joined, by the number given; clear ones are neither."""
    doubtful, seconds = voices_apart([25, 25], alike=0.72)
    assert (len(find_voices(doubtful, seconds)), len(find_voices(doubtful, seconds, 2))) == (1, 2)
    unlike, seconds = voices_apart([25, 25], alike=0.68)
    assert (len(find_voices(unlike, seconds)), len(find_voices(unlike, seconds, 1))) == (2, 1)
    assert (len(find_voices(unlike, seconds, at_most=1)), len(find_voices(doubtful, seconds, at_most=2))) == (
        1,
        1,
    )
    clear, seconds = voices_apart([25, 25], alike=0.3)
    assert [len(find_voices(clear, seconds, at_most=n)) for n in (1, 2, 6)] == [2, 2, 2]
    assert [len(find_voices(clear, seconds, n)) for n in (1, 2, 3, 6)] == [2, 2, 2, 2]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0.3, 6.0), max_size=30), st.integers(0, 99), st.none() | st.integers(1, 9))
def test_voices_are_unit_vectors_and_no_more_than_phrases(
    lengths: list[float], seed: int, hint: int | None
) -> None:
    """Whatever comes in, between one voice and one a phrase comes out, each of length 1."""
    vectors = np.random.default_rng(seed).normal(size=(len(lengths), 192)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    voices = find_voices(vectors, np.array(lengths), hint)
    assert min(1, len(lengths)) <= len(voices) <= len(lengths)
    assert np.linalg.norm(voices, axis=1) == pytest.approx(np.ones(len(voices)))


turn_lists = st.lists(
    st.builds(
        lambda start, length, who: Turn(start / 1000, (start + length) / 1000, f"S{who}"),
        st.integers(0, 10**7),
        st.integers(1, 10**6),
        st.integers(1, 9),
    )
)


@settings(max_examples=40, deadline=None)
@given(turn_lists)
def test_rttm_reads_back_what_it_wrote(tmp_path_factory: pytest.TempPathFactory, turns: list[Turn]) -> None:
    """Turns survive writing and reading to a millisecond, whatever the file is called."""
    path = tmp_path_factory.mktemp("rttm") / "a b.rttm"
    rttm.write(path, "week one", tuple(turns))
    back = rttm.read(path)
    ordered = sorted(turns, key=lambda t: (t.start, t.end, t.speaker))
    assert [t.speaker for t in back] == [t.speaker for t in ordered]
    assert [t.start for t in back] == pytest.approx([t.start for t in ordered], abs=2e-3)
    assert [t.end for t in back] == pytest.approx([t.end for t in ordered], abs=2e-3)


@pytest.mark.parametrize(
    "line", ["SPEAKER a 1 0.0", "SPEAKER a 1 x 2.0 <NA> <NA> S1 <NA> <NA>", "SPEAKER a 1 3 0 - - S1"]
)
def test_a_broken_rttm_line_is_named(tmp_path: Path, line: str) -> None:
    """The error says which line, not what stands in it."""
    path = tmp_path / "x.rttm"
    path.write_text("SPKR-INFO ignored\n" + line + "\n")
    with pytest.raises(SettingsError, match="line 2"):
        rttm.read(path)


def test_an_rttm_that_is_not_there_is_an_error_of_ours(tmp_path: Path) -> None:
    """A missing file gives a message, not a traceback."""
    with pytest.raises(SettingsError, match="cannot be read"):
        rttm.read(tmp_path / "none.rttm")


def test_voiceprints_do_not_depend_on_how_many_pieces_there_are() -> None:
    """Few go through the network at once, to save memory; each gets its own print, of length 1."""
    from pipeline.speakers.diarization.embedding import embed

    class Spread:
        """A network that answers with its piece's spread, band by band."""

        filterbank: FilterbankKind = "3d-speaker"
        numbers = 80

        def run(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
            assert len(batch) <= 8
            return batch.std(axis=1)

    features = np.random.default_rng(4).standard_normal((4000, 80)).astype(np.float32)
    pieces = [np.arange(first, first + 150) for first in range(0, 3700, 100)]
    together = embed(Spread(), features, pieces)
    alone = np.concatenate([embed(Spread(), features, [piece]) for piece in pieces])
    np.testing.assert_allclose(together, alone, rtol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1.0, rtol=1e-5)
