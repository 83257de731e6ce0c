"""Speech is packed into windows without losing or doubling a moment, and times map back exactly."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.records import Audio
from pipeline.transcribe.vad import FRAME_S, Region, find_speech
from pipeline.transcribe.windows import WINDOW_S, Window, pack

LENGTH_S = 300.0


@st.composite
def speech(draw: st.DrawFn) -> list[Region]:
    """Up to twenty stretches of speech within five minutes, some far longer than a window."""
    regions, at = [], 0.0
    for _ in range(draw(st.integers(0, 20))):
        at += draw(st.floats(0.25, 20.0))
        end = at + draw(st.floats(0.1, 90.0))
        if end > LENGTH_S:
            break
        regions.append(Region(at, end))
        at = end
    return regions


def _packed(regions: list[Region]) -> list[Window]:
    return pack(regions, np.full(int(LENGTH_S / FRAME_S) + 1, 0.9, np.float32), LENGTH_S)


@given(speech())
def test_every_moment_of_speech_is_in_exactly_one_window(regions: list[Region]) -> None:
    """Nothing is dropped or heard twice at a window's border."""
    pieces = [piece for window in _packed(regions) for piece in window.pieces]
    for region in regions:
        inside = [(max(p.start, region.start), min(p.end, region.end)) for p in pieces]
        assert sum(max(0.0, end - start) for start, end in inside) == pytest.approx(region.length, abs=1e-6)
    assert all(a.end <= b.start + 1e-9 for a, b in itertools.pairwise(pieces))


@given(speech())
def test_no_window_is_longer_than_whisper_hears(regions: list[Region]) -> None:
    """What lies beyond 30 s would be cut off unheard."""
    assert all(window.length <= WINDOW_S + 1e-6 for window in _packed(regions))


@given(speech(), st.floats(0.0, 1.0))
def test_a_windows_times_map_back_in_order(regions: list[Region], share: float) -> None:
    """A later moment in the window is a later moment of the recording, inside one of its pieces."""
    for window in _packed(regions):
        early, late = window.real_time(share * window.length / 2), window.real_time(share * window.length)
        assert window.start <= early <= late <= window.end
        assert any(p.start - 1e-6 <= late <= p.end + 1e-6 for p in window.pieces)


def test_an_end_on_a_joint_belongs_to_the_piece_before_it() -> None:
    """A word that ends where a pause was taken out does not reach over the pause."""
    window = Window((Region(1.0, 3.0), Region(10.0, 12.0)))
    assert window.real_time(2.0, ending=True) == 3.0
    assert window.real_time(2.0) == 10.0
    assert window.real_time(3.0) == 11.0


def test_a_windows_sound_is_its_pieces() -> None:
    """Samples are taken from the right places."""
    audio = Audio(np.arange(16_000 * 4, dtype=np.float32))
    samples = Window((Region(0.0, 1.0), Region(3.0, 3.5))).samples(audio)
    assert len(samples) == 24_000
    assert samples[16_000] == 48_000


def test_endless_speech_is_cut_where_it_is_least_like_speech() -> None:
    """A dip in the probabilities decides, not the clock."""
    probabilities = np.full(2000, 0.9, np.float32)
    probabilities[700:706] = 0.4  # 22.4 s
    first = pack([Region(0.0, 60.0)], probabilities, 64.0)[0]
    assert first.end == pytest.approx(22.5, abs=0.1)


@given(st.lists(st.floats(0.0, 1.0, width=32), max_size=400))
def test_speech_regions_are_ordered_and_within_the_sound(values: list[float]) -> None:
    """Whatever the network says, regions have a length, do not touch and end with the sound."""
    regions = find_speech(np.array(values, np.float32))
    edges = [edge for region in regions for edge in (region.start, region.end)]
    assert edges == sorted(edges)
    assert all(0 <= edge <= len(values) * FRAME_S + 1e-6 for edge in edges)
    assert all(region.length >= 0.09 for region in regions)


def test_a_windows_own_time_is_the_way_back() -> None:
    """Each moment of a piece comes back from the recording's time; a moment in a cut pause is the joint's."""
    window = Window((Region(10.0, 12.0), Region(20.0, 23.0)))
    for own in (0.0, 1.5, 2.5, 5.0):
        assert window.own_time(window.real_time(own)) == pytest.approx(own)
    assert window.own_time(15.0) == pytest.approx(2.0)
